import { formatSize } from '../base/units.js'
import type { FileRule } from '../files/file-rules.js'
import type { Definition } from './action.js'
import type { Registry } from './registry.js'
import { oneTimeTtl } from './resolve-action.js'

/** An option of an action that differs from its default, as a developer reads it. */
export type ChangedOption = readonly [name: string, text: string]

/** Lists the options of an action that differ from the defaults of its registry. */
export function changedOptions(
  definition: Definition,
  { ttl, limits, hooks }: Pick<Registry, 'ttl' | 'limits' | 'hooks'>,
): readonly ChangedOption[] {
  const { store, files, version, path, forgotten, timeout, spam, stateOf, secrets } = definition
  const defaultTtl = store ? Math.min(ttl, oneTimeTtl) : ttl
  const given: readonly (readonly [name: string, text: string | undefined])[] = [
    ['input', definition.input && `a schema of ${definition.input['~standard'].vendor}`],
    ['authorize', called(definition.authorize)],
    ['files', files.size > 0 ? [...files.values()].map(describeFile).join('; ') : undefined],
    ['onFile', called(definition.onFile)],
    ['once', store ? 'true' : undefined],
    ['version', version],
    ['migrate', called(definition.migrate)],
    ['path', path ? undefined : 'false: a form is good on every path'],
    ['ttl', definition.ttl === defaultTtl ? undefined : seconds(definition.ttl)],
    ['timeout', timeout === undefined ? undefined : seconds(timeout)],
    ['minFillTime', spam.minFillTime > 0 ? seconds(spam.minFillTime) : undefined],
    ['onSpam', called(spam.onSpam)],
    ['history', forgotten ? 'forget' : undefined],
    ['secrets', secrets.size > 0 ? [...secrets].join(', ') : undefined],
    ['stateOf', stateOf?.name],
    ['limits', changedLimits(definition.limits, limits)],
    ['hooks', definition.hooks === hooks ? undefined : describeHooks(definition.hooks)],
  ]
  return given.filter((option): option is ChangedOption => option[1] !== undefined)
}

function called(option: unknown): string | undefined {
  return option === undefined ? undefined : 'a function'
}

function seconds(count: number): string {
  return `${count} s`
}

function describeFile({ field, maxSize, maxFiles, types, required }: FileRule): string {
  const count = maxFiles === 1 ? '' : `up to ${maxFiles} files, `
  const kinds = types.length > 0 ? `, ${types.join(' ')}` : ''
  return `${field} (${required ? 'required, ' : ''}${count}at most ${formatSize(maxSize)}${kinds})`
}

function changedLimits(own: Definition['limits'], base: Definition['limits']): string | undefined {
  const names = Object.keys(base) as (keyof typeof base)[]
  const changed = names.filter((name) => own[name] !== base[name])
  return changed.length > 0 ? changed.map((name) => `${name} ${own[name]}`).join(', ') : undefined
}

function describeHooks(hooks: Definition['hooks']): string {
  const named = Object.entries(hooks ?? {}).filter(([, list]) => list.length > 0)
  return named.map(([name]) => name).join(', ')
}
