import { type Build, type Library, nameOf } from '../react/site.js'
import { provesInFull } from '../setup/proofs.js'

export const preact: Library = { folder: 'preact', packages: ['preact'] }

const few: readonly Build[] = [
  { framework: 'koa', release: '', mode: 'development' },
  { framework: 'node', release: '10', mode: 'production' },
]

/** The builds that the tests run on: two that differ in everything, or all of them. */
export const builds: readonly Build[] = provesInFull
  ? (['koa', 'express', 'node'] as const).flatMap((framework) =>
      (['', '10'] as const).flatMap((release) =>
        (['development', 'production'] as const).map((mode) => ({ framework, release, mode })),
      ),
    )
  : few

export { nameOf }
