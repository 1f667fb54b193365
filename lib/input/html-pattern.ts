import type { Pattern } from './json-schema.js'

/**
 * What the `pattern` attribute says to the same effect as a schema's patterns, or `undefined` when nothing does.
 *
 * A schema's pattern may match anywhere and has flags; HTML's must match the whole value, and is compiled with the flag
 * `v` (HTML Standard, section 4.10.5.3.6), which has another syntax for classes and counts code points. Patterns with other
 * flags than `u` and `v`, and those that might count differently, are left out: the browser would refuse what the server takes.
 */
export function htmlPattern(patterns: readonly Pattern[]): string | undefined {
  const wholes = patterns.map(whole).filter((pattern) => pattern !== undefined)
  const [only, another] = wholes
  if (only === undefined) return undefined
  return another === undefined ? only : `${wholes.map((pattern) => `(?=(?:${pattern})$)`).join('')}${any}`
}

/** Whether the schema's pattern accepts this text; `undefined` when it cannot be compiled. */
export function matches({ source, flags }: Pattern, text: string): boolean | undefined {
  try {
    return new RegExp(source, flags).test(text)
  } catch {
    return undefined
  }
}

/** Not `[^]`, which V8 11 takes for nothing at all under the flag `v`. */
const any = '[\\s\\S]*'

function whole({ source, flags }: Pattern): string | undefined {
  if (flags !== '' && flags !== 'u' && flags !== 'v') return undefined
  const parts =
    flags === 'v' ? { text: source, alternatives: source.includes('|') } : toUnicodeSets(source, flags)
  if (!parts) return undefined
  const { text, alternatives } = parts
  // Where there are alternatives, an anchor may belong to one of them.
  const [, inner] = alternatives ? [] : (/^\^(.*[^\\]|)\$$/s.exec(text) ?? [])
  const pattern = inner ?? `${any}(?:${text})${any}`
  return compiles(pattern) ? pattern : undefined
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, 'v')
    return true
  } catch {
    return false
  }
}

/** ECMAScript 2025, section 22.2.1: what stands for itself only with a backslash in front. */
const syntax = new Set('^$\\.*+?()[]{}|/')
/** The same within a class under the flag `v`. */
const classSyntax = new Set('()[]{}/-\\|')
/** Within such a class these may have a backslash, and must not stand twice in a row without. */
const punctuation = new Set('&-!#%,:;<=>@`~^$*+.?')

/**
 * Writes a pattern for the flag `v`.
 *
 * @returns `undefined` when it means something else there. Without a flag that is what matches one unit of UTF-16, or
 *   half of a character, unless there may be any number of them.
 */
function toUnicodeSets(source: string, flags: '' | 'u'): { text: string; alternatives: boolean } | undefined {
  if (flags === '' && otherWithoutFlag.test(source.replaceAll('\\\\', ''))) return undefined
  let text = ''
  let alternatives = false
  let groups = 0
  for (let at = 0; at < source.length; ) {
    const character = source[at]!
    let wide = character === '.'
    if (character === '\\') {
      const escaped = readEscape(source, at, syntax)
      wide = /^\\[DSW]$/.test(escaped.text)
      text += escaped.text
      at = escaped.end
    } else if (character === '[') {
      const found = readClass(source, at)
      if (!found) return undefined
      wide = found.text.startsWith('[^') || /\\[DSW]/.test(found.text)
      text += found.text
      at = found.end
    } else {
      if (character === '(') groups += 1
      if (character === ')') groups -= 1
      if (character === '|' && groups === 0) alternatives = true
      text += character
      at += 1
    }
    if (wide && flags === '' && !/^[*+?]/.test(source.slice(at))) return undefined
  }
  return { text, alternatives }
}

/** Surrogates, by themselves or in a pair, and escapes that are none without a flag. */
const otherWithoutFlag = /[\ud800-\udfff]|\\(?:[pPkc]|u(?:\{|[dD][89a-fA-F]))/

/** Reads what begins with a backslash. One that changes nothing is left out where `v` knows no such escape. */
function readEscape(
  source: string,
  at: number,
  escapable: ReadonlySet<string>,
): { readonly text: string; readonly end: number } {
  const [braced] = /^\\(?:[pPu]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2})/.exec(source.slice(at, at + 64)) ?? []
  if (braced) return { text: braced, end: at + braced.length }
  const character = source[at + 1] ?? ''
  const kept = character === '' || /[A-Za-z0-9]/.test(character) || escapable.has(character)
  return { text: kept ? `\\${character}` : character, end: at + 2 }
}

const escapableInClass = new Set([...classSyntax, ...punctuation])

/** Reads a class and writes it for the flag `v`. */
function readClass(source: string, start: number): { text: string; end: number } | undefined {
  let at = start + 1
  let text = '['
  if (source[at] === '^') {
    text += '^'
    at += 1
  }
  /** Whether a `-` that comes now makes a range: after a single character that is not the end of one. */
  let mayBegin = false
  while (at < source.length && source[at] !== ']') {
    const character = source[at]!
    const isRange: boolean =
      character === '-' && mayBegin && !/^(?:\]|\\[dDsSwWpP])/.test(source.slice(at + 1, at + 3))
    if (isRange) {
      text += '-'
      at += 1
    }
    if (source[at] === '\\') {
      const escaped = readEscape(source, at, escapableInClass)
      text += escaped.text
      at = escaped.end
      mayBegin = !isRange && !/^\\[dDsSwWpP]/.test(escaped.text)
    } else if (at < source.length) {
      const own = source[at]!
      const special = classSyntax.has(own) || (punctuation.has(own) && source[at + 1] === own)
      text += special ? `\\${own}` : own
      at += 1
      mayBegin = !isRange
    }
  }
  // An empty class is rare, and not understood alike.
  const isEmpty = text === '[' || text === '[^'
  return at < source.length && !isEmpty ? { text: `${text}]`, end: at + 1 } : undefined
}
