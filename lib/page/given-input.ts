import { isSecret, type SecretFields, withSent } from '../action/secrets.js'
import type { SubmittedForm } from './submitted-form.js'

/** What a form shows again of what was sent, by field name. A secret field has a name here and no values. */
export type GivenInput = ReadonlyMap<string, readonly string[]>

/** Returns the secret fields of a submission. While its action is unknown, those of all actions count. */
export function secretsOf(
  { definition, secretNames }: Pick<SubmittedForm, 'definition' | 'secretNames'>,
  registry: SecretFields,
): SecretFields {
  return withSent(definition ?? registry, secretNames)
}

/** Groups the fields of a submission by name, without the values of secrets. */
export function groupInput(entries: SubmittedForm['entries'], owner: SecretFields): GivenInput {
  const groups = new Map<string, string[]>()
  for (const [name, value] of entries) {
    const group = groups.get(name)
    // The first field of a name decides for all of them: a group without a value is a secret's.
    if (!group) groups.set(name, isSecret(owner, name) ? [] : [value])
    else if (group.length > 0) group.push(value)
  }
  return groups
}

/** Input that knows which of it no control has asked for. */
export class WatchedInput extends Map<string, readonly string[]> {
  readonly #asked = new Set<string>()

  /** Whether there is text that the form has no place for. */
  get lost(): boolean {
    for (const [name, values] of this) {
      if (!this.#asked.has(name) && values.some((value) => value !== '')) return true
    }
    return false
  }

  override get(name: string): readonly string[] | undefined {
    this.#asked.add(name)
    return super.get(name)
  }
}
