import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Choices, describeChoices } from './choices.js'
import { manifestOf } from './manifest.js'
import { UsageError } from './read-arguments.js'

const template = fileURLToPath(new URL('../template/', import.meta.url))

/**
 * Writes an app into a folder.
 *
 * @throws UsageError when the folder holds something already. Then nothing is written.
 */
export function writeApp(folder: string, choices: Choices): void {
  const place = resolve(folder)
  if (isTaken(place)) throw new UsageError(`${folder} is not empty. Choose another folder.`)
  for (const [path, text] of Object.entries(filesOf(basename(place), choices))) {
    const file = join(place, path)
    mkdirSync(dirname(file), { recursive: true })
    // Only the owner reads the key.
    writeFileSync(file, text, { flag: 'wx', mode: path === '.env' ? 0o600 : 0o666 })
  }
}

function isTaken(place: string): boolean {
  try {
    return readdirSync(place).length > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new UsageError(`${place} is not a folder.`)
  }
}

/** The files of an app, each with its text, by the path from the app's folder. */
export function filesOf(folderName: string, choices: Choices): Readonly<Record<string, string>> {
  const { framework, language, pages } = choices
  const extension = language === 'typescript' ? 'ts' : 'js'
  const source = (path: string) => inLanguage(read(path), language)
  const manifest = manifestOf(folderName, choices)
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'README.md': readmeOf(manifest.name, choices),
    '.gitignore': read('gitignore'),
    '.env': environment(),
    [`src/actions.${extension}`]: source('src/actions.js'),
    [`src/env.${extension}`]: source('src/env.js'),
    [`src/app.${extension}`]: source(`src/app-${framework}-${pages}.js`),
    [`src/server.${extension}`]: source('src/server.js'),
    [`test/guestbook.test.${extension}`]: source('test/guestbook.test.js'),
    ...(pages === 'ejs'
      ? { 'views/guestbook.ejs': read('views/guestbook.ejs') }
      : { [`src/page.${extension}`]: source('src/page.js').replace('FRAMEWORK', framework) }),
    ...(language === 'typescript' ? { 'tsconfig.json': read('tsconfig.json') } : {}),
  }
}

function environment(): string {
  return `# Seals forms. All servers of the app need the same key, and nobody else may know it.
SEALFORM_KEYS=${randomBytes(32).toString('base64')}
# Shows advice for developers. Leave it out on a server.
NODE_ENV=development
`
}

/**
 * The templates are JavaScript. What TypeScript needs besides stands in comments that begin with a colon: `/*: number *\/`
 * after a name, or `//:` before a line.
 */
function inLanguage(text: string, language: Choices['language']): string {
  if (language === 'javascript') return text.replace(/^\/\/: .*\n/gm, '').replace(/ ?\/\*: .*? \*\//g, '')
  return text.replace(/^\/\/: /gm, '').replace(/ ?\/\*: (.*?) \*\//g, ': $1')
}

function readmeOf(name: string, choices: Choices): string {
  const extension = choices.language === 'typescript' ? 'ts' : 'js'
  return read('README.md')
    .replaceAll('NAME', name)
    .replaceAll('CHOICES', describeChoices(choices))
    .replaceAll('EXTENSION', extension)
    .replaceAll('PAGES', choices.pages === 'ejs' ? 'views/guestbook.ejs' : `src/page.${extension}`)
}

function read(path: string): string {
  return readFileSync(join(template, path), 'utf8')
}
