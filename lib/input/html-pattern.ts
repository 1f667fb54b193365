import type { Pattern } from './json-schema.js'

/**
 * Gives the value of the `pattern` attribute that means the same as the patterns of a schema.
 *
 * Browsers compile the attribute as `^(?:…)$` with the flag `v` (HTML Standard, section 4.10.5.3.6). A pattern that
 * does not compile so, or that would mean something else, is left out: a browser must not refuse what the server takes.
 *
 * @returns `undefined` when no pattern is left
 */
export function htmlPattern(patterns: readonly Pattern[]): string | undefined {
  const wholes = patterns.filter(isSameUnderV).map(wholeValue).filter(compiles)
  const [only, another] = wholes
  if (another === undefined) return only
  return `${wholes.map((pattern) => `(?=(?:${pattern})$)`).join('')}${any}`
}

/**
 * Whether a pattern accepts a text.
 *
 * @returns `undefined` when it does not compile, or when that depends on flags that are not known
 */
export function matches({ source, flags }: Pattern, text: string): boolean | undefined {
  const verdicts = new Set<boolean>()
  for (const each of flags === undefined ? possibleFlags : [flags]) {
    try {
      verdicts.add(new RegExp(source, each).test(text))
    } catch {
      // These flags have another syntax.
    }
  }
  const [verdict] = verdicts
  return verdicts.size === 1 ? verdict : undefined
}

/** Those that can change whether a text of one line is accepted. */
const possibleFlags = ['', 'i', 'u', 'v']

/** Not `[^]`, which V8 11 takes for nothing at all under the flag `v`. */
const any = '[\\s\\S]*'

/** A schema's pattern may match anywhere, and that of HTML must match the whole value. */
function wholeValue({ source }: Pattern): string {
  // An anchor may belong to one of several alternatives.
  const [, inner] = hasAlternatives(source) ? [] : (/^\^(.*[^\\]|)\$$/s.exec(source) ?? [])
  return inner ?? `${any}(?:${source})${any}`
}

/** Whether it has alternatives outside of all groups. */
function hasAlternatives(source: string): boolean {
  let outline = outlineOf(source)
  for (;;) {
    const flatter = outline.replace(/\([^()]*\)/g, 'x')
    if (flatter === outline) return outline.includes('|')
    outline = flatter
  }
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, 'v')
    return true
  } catch {
    return false
  }
}

/** Surrogates, by themselves or in a pair, and escapes that only a flag gives their meaning. */
const otherWithoutFlag = /[\ud800-\udfff]|\\(?:[pPkc]|u(?:\{|[dD][89a-fA-F]))/

/** Whether a pattern that compiles under `v` accepts the same texts there as under its own flags. */
function isSameUnderV({ source, flags }: Pattern): boolean {
  if (flags === 'v') return true
  const outline = outlineOf(source)
  if ((flags !== '' && flags !== 'u') || outline.includes('[')) return false
  if (flags === 'u') return true
  // Without a flag, what matches any character matches half of one, too. That makes no difference where it may repeat.
  return !otherWithoutFlag.test(source.replaceAll('\\\\', '')) && !/\.(?!\*)/.test(outline)
}

const escapeOrClass = /\\.|\[((?:[^\]\\]|\\.)*)\]/gs

/** Set operations and classes in classes, which only `v` has, and `[^]`. */
const otherClass = /&&|--|\[|^\^$/

/**
 * A pattern in which one character stands for each escape and class: `.` for those that match all but some characters,
 * `[` for classes that mean something else under `v`, `x` for the others.
 */
function outlineOf(source: string): string {
  return source.replace(escapeOrClass, (token, content?: string) => {
    if (content !== undefined && otherClass.test(content.replace(/\\./gs, 'x'))) return '['
    return /^\[\^|\\[DSW]/.test(token) ? '.' : 'x'
  })
}
