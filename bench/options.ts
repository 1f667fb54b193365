import { parseArgs } from 'node:util'
import { type App, apps } from './apps.js'
import { type Scenario, scenarios } from './scenarios.js'

/** What is measured besides requests. */
export const extras = ['seals', 'uploads', 'start', 'latency', 'growth', 'browser', 'next'] as const
export type Extra = (typeof extras)[number]

export const usage = `npm run bench                          everything, about twenty minutes; writes bench/results.md
npm run bench -- --short               a quick look; fails only far below a target
npm run bench -- --only redirect       one of ${[...scenarios, ...extras].join(', ')}
npm run bench -- --only redirect --write    the same, and puts it into bench/results.md
npm run bench -- --apps a,s            some of ${apps.map(({ id }) => id).join(', ')}; one may come twice
npm run bench -- --profile redirect    where the CPU time of (s) and (a) goes, or of --apps`

export interface Options {
  readonly short: boolean
  readonly only: Scenario | Extra | undefined
  /** Puts what `only` names into the results. */
  readonly write: boolean
  readonly profile: Scenario | undefined
  readonly apps: readonly string[] | undefined
}

/** The options, or what is wrong with them. */
export function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        short: { type: 'boolean', default: false },
        only: { type: 'string' },
        write: { type: 'boolean', default: false },
        profile: { type: 'string' },
        apps: { type: 'string' },
      },
    })
    const ids = values.apps?.split(',')
    const stranger = ids?.find((id) => !apps.some((app) => app.id === id))
    if (stranger !== undefined) return `There is no app "${stranger}".`
    if (values.write && values.only === undefined) return 'Say with --only what to write.'
    return {
      short: values.short,
      write: values.write,
      only: oneOf([...scenarios, ...extras], values.only),
      profile: oneOf(scenarios, values.profile),
      apps: ids,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function oneOf<Name extends string>(names: readonly Name[], name: string | undefined): Name | undefined {
  const found = names.find((one) => one === name)
  if (name !== undefined && !found) throw new Error(`There is no "${name}". Say one of ${names.join(', ')}.`)
  return found
}

/** The apps in the given order; one that comes again gets a name of its own. */
export function pick(ids: readonly string[]): App[] {
  return ids.flatMap((id, i) => {
    const app = apps.find((one) => one.id === id)
    const before = ids.slice(0, i).filter((other) => other === id).length
    return app ? [before === 0 ? app : { ...app, id: `${id}${'′'.repeat(before)}` }] : []
  })
}
