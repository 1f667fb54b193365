import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { groups } from '../../examples/tour/page-list.js'
import { root } from './project.js'

const folder = join(root, 'docs', 'pictures')
const names = readdirSync(folder)
const tour = readFileSync(join(root, 'docs', 'tour.md'), 'utf8')

describe('the pictures of the tour', () => {
  it('show each page, under its group, with its text', () => {
    for (const { name, pages } of groups) {
      const section = tour.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? ''
      for (const page of pages) {
        const picture = `tour${page.path.replace('/', '-')}.webp`
        assert.ok(names.includes(picture), `${picture}: npm run docs:pictures`)
        assert.ok(section.includes(`### ${page.name}\n\n${page.text}\n\n![`), page.name)
        assert.ok(section.includes(`(pictures/${picture})`), picture)
      }
    }
  })

  it('weigh at most 60 kB each, and all of them are shown', () => {
    const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) =>
      join('docs', name),
    )
    const pages = [...docs.filter((name) => name.endsWith('.md')), 'README.md', join('site', 'index.md')]
    const shown = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('')
    assert.ok(names.length > 15)
    for (const name of names) {
      assert.ok(statSync(join(folder, name)).size <= 60_000, name)
      assert.ok(shown.includes(`pictures/${name}`), `${name} is shown nowhere`)
    }
  })
})
