import { readFileSync } from 'node:fs'
import { Converter, ReflectionKind } from 'typedoc'

// A plugin of TypeDoc, for what our docstrings say otherwise than it expects.

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
      // Each module is called by the name that programs import.
      module.name = names.get(module.name) ?? module.name
    }
    for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
      if (reflection.comment) joinDefaults(reflection.comment, optionalOf(reflection))
    }
  })
}

/**
 * Prints a default in a sentence: most of ours are words, and not code. A `@default` after an optional `@param` is about that
 * parameter; TypeDoc takes it for one of the function.
 *
 * @param {import('typedoc').Comment} comment
 * @param {ReadonlySet<string>} optional the names of the optional parameters
 */
function joinDefaults(comment, optional) {
  comment.blockTags = comment.blockTags.filter((tag, i, tags) => {
    if (tag.tag !== '@default') return true
    const before = tags[i - 1]
    const text = tag.content.map((part) => part.text.replace(/^```ts\n([\s\S]*)\n```$/, '$1')).join('')
    const shown = /^(?:'[^']*'|[\d_]+|true|false)$/.test(text) ? `\`${text}\`` : text
    if (before?.tag === '@param' && optional.has(before.name)) {
      const end = before.content.at(-1)?.text.trimEnd().endsWith('.') ? '' : '.'
      before.content.push({ kind: 'text', text: `${end} Default: ${shown}` })
    } else comment.summary.push({ kind: 'text', text: `\n\n**Default:** ${shown}` })
    return false
  })
}

/** @param {import('typedoc').Reflection} reflection */
function optionalOf(reflection) {
  const parameters = reflection.isSignature() ? (reflection.parameters ?? []) : []
  return new Set(parameters.filter(({ flags }) => flags.isOptional).map(({ name }) => name))
}
