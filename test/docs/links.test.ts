import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { root } from './project.js'

const pages = [
  ...['README.md', 'CHANGELOG.md'].map((name) => join(root, name)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name)),
]

describe('a link in the documents', () => {
  it('leads to an existing page or folder, and to an existing heading', () => {
    let links = 0
    for (const page of pages) {
      for (const [, target = ''] of proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue
        links++
        const [path = '', heading] = target.split('#')
        const file = path === '' ? page : join(dirname(page), path)
        const where = `${relative(root, page)}: ${target}`
        assert.ok(existsSync(file), where)
        if (heading === undefined) continue
        assert.ok(statSync(file).isFile() && headingsOf(file).includes(heading), where)
      }
    }
    assert.ok(links > 100)
  })

  it('leads from the README, step by step, to each page of the guide', () => {
    const reached = new Set([join(root, 'README.md')])
    for (const page of reached) {
      for (const [, target = ''] of proseOf(page).matchAll(/\]\(([^)\s#]+\.md)[^)\s]*\)/g)) {
        if (!/^https?:/.test(target)) reached.add(join(dirname(page), target))
      }
    }
    for (const name of readdirSync(join(root, 'docs', 'guide'))) {
      assert.ok(reached.has(join(root, 'docs', 'guide', name)), name)
    }
  })
})

function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
}

/** Returns the anchors of a page, as GitHub generates them. */
function headingsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
