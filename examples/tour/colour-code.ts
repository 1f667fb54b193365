import { html, type SafeHtml } from 'sealform/html'

/** The kinds of words that are shown in a colour of their own. */
const kinds = [
  ['comment', /\/\/.*|\/\*[\s\S]*?\*\//y],
  ['string', /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y],
  ['string', /(?<=[(,=]\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y],
  [
    'keyword',
    /\b(?:as|async|await|break|case|catch|class|const|continue|default|delete|else|export|extends|finally|for|from|function|if|import|in|instanceof|interface|let|new|of|readonly|return|satisfies|switch|throw|try|type|typeof|while)\b(?!:)/y,
  ],
  ['number', /\b(?:\d[\d_.]*|true|false|null|undefined)\b/y],
  ['name', /\b[A-Za-z_]\w*(?=[(`])/y],
  ['word', /[A-Za-z_]\w*/y],
] as const

/** The text of a template up to its end or to the next expression. */
const templateText = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))+/y

/**
 * Puts the words of TypeScript into elements with a class, since the policy of the tour allows no styles in elements. What it does
 * not know stays as it is.
 */
export function colourCode(code: string): SafeHtml {
  const parts: (SafeHtml | string)[] = []
  /** For each template that is open, the number of open braces in its expression; -1 while its text is read. */
  const templates: number[] = []
  const at = (pattern: RegExp, position: number) => {
    pattern.lastIndex = position
    return pattern.exec(code)?.[0] ?? ''
  }
  for (let i = 0; i < code.length; ) {
    const inText = templates.at(-1) === -1
    const [kind, text] = inText ? ['string', at(templateText, i)] : wordAt(i)
    if (text !== '') {
      parts.push(kind === 'word' ? text : html`<span class="code-${kind}">${text}</span>`)
      i += text.length
    } else if (inText && code.startsWith('${', i)) {
      templates[templates.length - 1] = 0
      parts.push('${')
      i += 2
    } else {
      const sign = code[i++] ?? ''
      note(sign)
      parts.push(sign)
    }
  }
  return html`${parts}`

  function wordAt(position: number): [kind: string, text: string] {
    for (const [kind, pattern] of kinds) {
      const text = at(pattern, position)
      if (text !== '') return [kind, text]
    }
    return ['word', '']
  }

  /** Follows templates and the braces of their expressions. */
  function note(sign: string): void {
    const open = templates.at(-1)
    if (sign === '`') {
      if (open === -1) templates.pop()
      else templates.push(-1)
    } else if (open !== undefined && sign === '{') templates[templates.length - 1] = open + 1
    else if (open !== undefined && sign === '}') templates[templates.length - 1] = open - 1
  }
}
