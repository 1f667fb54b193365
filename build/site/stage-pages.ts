import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path/posix'
import { type GuideGroup, guideGroups } from './guide-groups.js'

// The site has pages at other places than the repository: errors/README.md is errors/index.md, and a source file is on GitHub.
// So the pages are copied, and their links are written anew.

/** Files of the repository that become pages under another name. Other files of `docs` keep theirs. */
const renamed: Readonly<Record<string, string>> = {
  'docs/README.md': 'guide/index.md',
  'docs/errors/README.md': 'errors/index.md',
  'CHANGELOG.md': 'changelog.md',
  'README.md': 'index.md',
}

/**
 * Copies the pages of the site into a folder, where the generator reads them.
 *
 * @param coloredPages the places of the pages whose code keeps its language, by which it is coloured. @default all
 */
export function stagePages(folder: string, repository: string, coloredPages?: readonly string[]): void {
  for (const page of markdownIn('docs').concat('CHANGELOG.md')) {
    const place = placeOf(page)
    const text = withSiteLinks(readFileSync(page, 'utf8'), page, repository)
    const isColored = coloredPages === undefined || coloredPages.includes(place)
    write(folder, place, isColored ? text : text.replace(/^( *```)\w+.*$/gm, '$1txt'))
  }
  write(folder, 'decisions/index.md', decisions())
  write(folder, 'index.md', frontPage(repository))
  cpSync('docs/pictures', join(folder, 'public', 'pictures'), { recursive: true })
  cpSync('examples/tour/public/seal.svg', join(folder, 'public', 'seal.svg'))
}

/** The front page: the frame of `site/index.md`, filled from the README and from the groups of the guide. */
function frontPage(repository: string): string {
  const readme = withSiteLinks(readFileSync('README.md', 'utf8'), 'README.md', repository)
  const parts: Readonly<Record<string, string>> = {
    lead: /^# .+\n\n([\s\S]+?)\n\n/.exec(readme)?.[1] ?? '',
    program: sectionOf(readme, 'Ten lines'),
    commands: sectionOf(readme, 'Two commands'),
    groups: groupsAsCards(guideGroups()),
  }
  return readFileSync('site/index.md', 'utf8').replace(/<!-- (\w+) -->/g, (_mark, name: string) => {
    const part = parts[name]
    if (!part) throw new Error(`site/index.md: README.md has no part "${name}".`)
    return part
  })
}

function sectionOf(text: string, heading: string): string {
  const [, section = ''] = text.split(new RegExp(`^## ${heading}$`, 'm'))
  return section.split(/^## /m, 1)[0]?.trim() ?? ''
}

/**
 * Writes the links of a page anew: to the page's place on the site, or to the file in the repository.
 *
 * @throws Error when there is no such file
 */
export function withSiteLinks(text: string, page: string, repository: string): string {
  const parts = text.split(/^(```[\s\S]*?^```$)/m)
  return parts.map((part, i) => (i % 2 === 1 ? part : part.replace(link, rewrite))).join('')

  function rewrite(whole: string, before: string, target: string): string {
    const [path = '', heading] = target.split('#')
    if (/^[a-z]+:/.test(target) || path === '') return whole
    const file = join(dirname(page), path).replace(/\/$/, '')
    if (!existsSync(file)) throw new Error(`${page}: ${target} leads nowhere.`)
    const anchor = heading === undefined ? '' : `#${heading}`
    const place = placeOnSite(file)
    const url = place === undefined ? onGitHub(file, repository) : pathBetween(placeOf(page), place)
    return `${before}(${url}${anchor})`
  }
}

const link = /(!?\[[^\]]*\])\(([^)\s]+)\)/g

function placeOnSite(file: string): string | undefined {
  if (file === 'docs/decisions') return 'decisions/index.md'
  if (file.startsWith('docs/pictures/')) return file.replace('docs', 'public')
  return file in renamed || (file.startsWith('docs/') && file.endsWith('.md')) ? placeOf(file) : undefined
}

/** The place of a page in the folder of the site. */
function placeOf(file: string): string {
  return renamed[file] ?? file.replace(/^docs\//, '')
}

function pathBetween(page: string, other: string): string {
  if (other.startsWith('public/')) return other.replace('public', '')
  const path = relative(dirname(page), other)
  return path.startsWith('.') ? path : `./${path}`
}

function onGitHub(file: string, repository: string): string {
  return `${repository}/${statSync(file).isDirectory() ? 'tree' : 'blob'}/main/${file}`
}

export function markdownIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name.replaceAll('\\', '/')))
    .filter((name) => name.endsWith('.md'))
    .sort()
}

/** The list of decisions, each by its heading. */
function decisions(): string {
  const items = markdownIn('docs/decisions').map(
    (path) => `- [${headingOf(path)}](./${path.split('/').at(-1)})`,
  )
  return `# Decisions\n\nThe reasons for the design: what the question was, what was chosen, and when to look again.\n\n${items.join('\n')}\n`
}

export function headingOf(path: string): string {
  return /^# (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? path
}

function groupsAsCards(groups: readonly GuideGroup[]): string {
  const cards = groups.map(({ name, pages }) => {
    const items = pages.map(({ title, path, about }) => `- [${title}](./${path}): ${about}`)
    return `<section>\n\n### ${name}\n\n${items.join('\n')}\n\n</section>`
  })
  return `<div class="groups">\n\n${cards.join('\n')}\n\n</div>`
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
