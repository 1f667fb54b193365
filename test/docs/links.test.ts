import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { guideGroups } from '../../build/site/guide-groups.js'
import { headingAnchor } from '../../build/site/heading-anchor.js'
import { root } from './project.js'

const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].map((name) => join(root, name)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name)),
]

/** Where files of the repository are shown. A link to there is checked by the file here. */
const repository = /^https:\/\/github\.com\/sealform\/sealform\/(?:blob|tree)\/main\/(.*)$/

interface Link {
  readonly page: string
  readonly target: string
  readonly file: string
  readonly heading: string | undefined
  /** Whether it leads to a file beside the page, and not to the repository. */
  readonly beside: boolean
}

const links = pages.flatMap((page) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => linkOf(page, target)),
)

describe('a link in the documents', () => {
  it('leads to an existing page or folder, and to an existing heading', () => {
    assert.ok(links.length > 100)
    for (const { page, target, file, heading } of links) {
      const where = `${relative(root, page)}: ${target}`
      assert.ok(existsSync(file), where)
      if (heading === undefined) continue
      assert.ok(statSync(file).isFile() && headingsOf(file).includes(heading), where)
    }
  })

  it('leads to a file of the package, on a page that is in the package', () => {
    const packed = packedFiles()
    const isPacked = (file: string) => packed.some((name) => name === file || name.startsWith(`${file}/`))
    let checked = 0
    for (const { page, target, file, beside } of links) {
      if (!beside || !isPacked(relative(root, page))) continue
      checked++
      assert.ok(isPacked(relative(root, file).replace(/\/$/, '')), `${relative(root, page)}: ${target}`)
    }
    assert.ok(checked > 100)
  })

  it('leads from the index, in one of six groups, to each page of the guide once', () => {
    const groups = guideGroups(join(root, 'docs', 'README.md'))
    assert.equal(groups.length, 6)
    const listed = groups.flatMap((group) => group.pages).map(({ path }) => path.replace('guide/', ''))
    assert.deepEqual(listed.sort(), readdirSync(join(root, 'docs', 'guide')).sort())
  })

  it('leads from the README to each group of the guide', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    for (const { name } of guideGroups(join(root, 'docs', 'README.md'))) {
      assert.ok(readme.includes(`(docs/README.md#${headingAnchor(name)})`), name)
    }
  })
})

describe('the page that an error names', () => {
  it('is there', () => {
    const named = sourcesIn('lib').flatMap((path) => [
      ...readFileSync(path, 'utf8').matchAll(/See (docs\/[\w/-]+\.md)/g),
    ])
    assert.ok(named.length > 5)
    for (const [, path = ''] of named) assert.ok(existsSync(join(root, path)), path)
  })
})

function linkOf(page: string, target: string): Link[] {
  const inRepository = repository.exec(target)?.[1]
  if (inRepository === undefined && /^[a-z]+:/.test(target)) return []
  const [path = '', heading] = (inRepository ?? target).split('#')
  const beside = inRepository === undefined
  const file = beside ? (path === '' ? page : join(dirname(page), path)) : join(root, path)
  return [{ page, target, file, heading, beside }]
}

function packedFiles(): string[] {
  const report = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(report)
  return files.map(({ path }) => path)
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name))
}

function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
}

/** Returns the anchors of a page, as GitHub generates them. */
function headingsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) => headingAnchor(text!))
}
