import { readFileSync } from 'node:fs'

/** A code block of a page. */
export interface CodeBlock {
  readonly language: string
  /** The text after the language on the fence, such as `app.ts`. */
  readonly note: string
  readonly code: string
  /** The first line of the code in the page, from 1. */
  readonly line: number
  /** Whether it stands in a comment, for the compiler only. */
  readonly hidden: boolean
}

/**
 * Reads the fenced code blocks of a Markdown page. Code that readers do not need, such as the declaration of a
 * database, stands in a comment that begins with `<!-- ts`. It counts as a block too.
 */
export function codeBlocks(path: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: Omit<CodeBlock, 'code'> | undefined
  let lines: string[] = []
  for (const [i, text] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (!open) {
      const [, mark, language = '', note = ''] = /^(```|<!-- (?=ts\b))(\w*) ?(.*)$/.exec(text) ?? []
      if (mark !== undefined) open = { language, note, line: i + 2, hidden: mark !== '```' }
      lines = []
    } else if (text === (open.hidden ? '-->' : '```')) {
      blocks.push({ ...open, code: lines.join('\n') })
      open = undefined
    } else lines.push(text)
  }
  if (open) throw new Error(`${path}:${open.line - 1}: this block is not closed.`)
  return blocks
}

/**
 * Joins the TypeScript of a page into modules. A block continues the module before it, unless its fence
 * names a file, it is hidden, or it begins with an import and does not follow a hidden block. Code keeps its line
 * numbers, so that the compiler's messages refer to lines of the page.
 */
export function modulesOf(blocks: readonly CodeBlock[]): ReadonlyMap<string, string> {
  const modules = new Map<string, string>()
  let current = ''
  let prepared = false
  for (const { language, note, code, line, hidden } of blocks) {
    if (language !== 'ts' && language !== 'tsx') continue
    const begins = hidden || note !== '' || current === '' || (code.startsWith('import ') && !prepared)
    if (begins) current = note || `line-${line}.${language}`
    prepared = hidden
    const before = modules.get(current) ?? ''
    const padding = '\n'.repeat(line - 1 - (before.match(/\n/g)?.length ?? 0))
    modules.set(current, `${before}${padding}${code}\n`)
  }
  return modules
}
