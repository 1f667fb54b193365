/**
 * Reads the ids in a list of CSS selectors as Unpoly sends it: `#todos, [id="todos.add"]:maybe`. Returns none when one of the
 * selectors is not that of an id, since the whole page is then needed to find it. Optional ones are left out with that.
 */
export function readSelectors(selectors: string): readonly string[] {
  const ids: string[] = []
  for (const selector of listSelectors(selectors)) {
    const id = idIn(selector)
    if (id !== undefined) ids.push(id)
    else if (!/:maybe$/.test(selector)) return []
  }
  return ids
}

/** Prints the selector of an id. A header holds ASCII only, and CSS can write any other letter as its number. */
export function selectorOf(id: string): string {
  if (/^[a-z][a-z0-9_-]*$/i.test(id)) return `#${id}`
  const text = id.replace(/["\\]|[^\x20-\x7e]/gu, (letter) => `\\${letter.codePointAt(0)!.toString(16)} `)
  return `[id="${text}"]`
}

/** Splits at commas that stand in no string. */
export function listSelectors(selectors: string): string[] {
  const parts = selectors.match(/(?:"(?:[^"\\]|\\.)*"|\\.|[^,"\\])+/gs) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** What Unpoly adds to say where the element goes, and that it may be missing. */
const suffix = '(?::(?:before|after|content|maybe))*$'
/**
 * An escape has up to six hexadecimal digits, or one other letter (CSS Syntax, section 4.3.7). The pattern must take each text in one way
 * only: the digits are letters of an id as well, and of each way that is left open a regular expression tries all combinations.
 */
const escaped = String.raw`\\(?:(?:[0-9a-f]{6}|[0-9a-f]{1,5}(?![0-9a-f])) ?|[^0-9a-f])`
const byHash = new RegExp(String.raw`^#((?:[\w-]|[^\x00-\x7f]|${escaped})+)${suffix}`, 'isu')
const byAttribute = new RegExp(String.raw`^\[id="((?:[^"\\]|\\.)*)"\]${suffix}`, 'su')

function idIn(selector: string): string | undefined {
  const text = byHash.exec(selector)?.[1] ?? byAttribute.exec(selector)?.[1]
  return text?.replace(/\\(?:([0-9a-f]{1,6}) ?|(.))/gisu, (_all, code: string | undefined, letter: string) =>
    code === undefined ? letter : letterOf(code),
  )
}

function letterOf(code: string): string {
  const point = Number.parseInt(code, 16)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
}
