import type { MarkdownRenderer } from 'vitepress'

/** Changes what VitePress makes of Markdown. */
export function adaptMarkdown(md: MarkdownRenderer): void {
  keepBraces(md)
  nameFiles(md)
  plainEmptyHeads(md)
}

/** Text is text: braces in a sentence or a word of code are no code of Vue. */
function keepBraces({ renderer: { rules } }: MarkdownRenderer): void {
  for (const name of ['text', 'code_inline'] as const) {
    const print = rules[name]
    rules[name] = (...args) => (print?.(...args) ?? '').replaceAll('{{', '&#123;&#123;')
  }
}

/** Prints the name of the file that stands after the language, as in "ts app.ts". */
function nameFiles({ renderer: { rules } }: MarkdownRenderer): void {
  const print = rules.fence
  rules.fence = (tokens, i, ...rest) => {
    const [, file] = /^\w+ ([\w./-]+\.\w+)$/.exec(tokens[i]?.info ?? '') ?? []
    const code = print?.(tokens, i, ...rest) ?? ''
    return file === undefined ? code : `<p class="file-name"><code>${file}</code></p>${code}`
  }
}

/** An empty head of a column heads nothing, so it becomes an ordinary cell. */
function plainEmptyHeads(md: MarkdownRenderer): void {
  md.core.ruler.push('plain-empty-heads', ({ tokens }) => {
    for (const [i, token] of tokens.entries()) {
      if (token.type !== 'th_open' || tokens[i + 1]?.content !== '') continue
      token.tag = 'td'
      const end = tokens[i + 2]
      if (end) end.tag = 'td'
    }
  })
}
