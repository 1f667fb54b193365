/** What a new app is made of. */
export interface Choices {
  readonly framework: 'koa' | 'express'
  readonly language: 'typescript' | 'javascript'
  readonly pages: 'html' | 'ejs'
}

interface Choice<Value extends string> {
  /** What the question asks. */
  readonly about: string
  /** The possible values, with the words that people read. The first is the default. */
  readonly values: Readonly<Record<Value, string>>
}

/** Every choice, in the order in which it is asked. Each value is a flag as well. */
export const choices: { readonly [Name in keyof Choices]: Choice<Choices[Name]> } = {
  framework: { about: 'Framework', values: { koa: 'Koa', express: 'Express' } },
  language: { about: 'Language', values: { typescript: 'TypeScript', javascript: 'JavaScript' } },
  pages: { about: 'Pages', values: { html: 'html tag (no template engine)', ejs: 'EJS' } },
}

export const choiceNames = ['framework', 'language', 'pages'] as const satisfies (keyof Choices)[]

export const defaults: Choices = { framework: 'koa', language: 'typescript', pages: 'html' }

/** One line about the app, such as `Koa, TypeScript, EJS`. */
export function describeChoices({ framework, language, pages }: Choices): string {
  return [
    choices.framework.values[framework],
    choices.language.values[language],
    choices.pages.values[pages],
  ].join(', ')
}
