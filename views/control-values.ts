import type { FormRecord } from '../lib/page.js'
import type { Attributes } from './attributes.js'

/** The values that controls show: what the visitor sent, or else what the page says. */
export interface ControlValues {
  first(name: string, fallback?: string): string
  all(name: string, fallback?: readonly string[]): readonly string[]
  checked(name: string, value?: string, fallback?: boolean): boolean
  /** For the nth control of a name; a disabled control was not sent, so it keeps the page's value. */
  nth(name: string, n: number, attributes: Attributes): Attributes[string]
}

/** Secrets are never given back: what a page rendered as a password, and names that start with `_`. */
export function controlValues({ given, definition }: FormRecord): ControlValues {
  const sent = (name: string): readonly string[] | undefined =>
    isSecret(name, definition.secrets) ? undefined : given?.get(name)
  return {
    first: (name, fallback = '') => sent(name)?.[0] ?? fallback,
    // Nothing ticked sends nothing, so once there is a submission the page's own choice no longer counts.
    all: (name, fallback = []) => sent(name) ?? (given ? [] : fallback),
    checked: (name, value = 'on', fallback = false) =>
      given ? (sent(name)?.includes(value) ?? false) : fallback,
    nth: (name, n, { value, disabled }) => {
      if (name.startsWith('_')) return given ? undefined : value
      return disabled ? value : (sent(name)?.[n] ?? value)
    },
  }
}

export function isSecret(name: string, secrets: ReadonlySet<string>): boolean {
  return name.startsWith('_') || secrets.has(name)
}
