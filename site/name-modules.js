import { readFileSync } from 'node:fs'
import { Converter, ReflectionKind } from 'typedoc'

// A plugin of TypeDoc. It calls each module by the name that programs import: `sealform/koa`, not `middleware/koa`.

const { exports: exported } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** From `middleware/koa` to `sealform/koa`, as package.json names them. */
const names = new Map(
  Object.entries(exported).flatMap(([path, { types }]) =>
    types === undefined
      ? []
      : [[types.replace('./dist/', '').replace('.d.ts', ''), path.replace('.', 'sealform')]],
  ),
)

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = names.get(module.name) ?? module.name
    }
  })
}
