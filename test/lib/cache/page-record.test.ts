import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasOthers, pageKey, pathOfUrl, readKeptPage, writeKeptPage } from '../../../lib/cache/page-record.js'
import { pathTag, tagsOfPath } from '../../../lib/cache/tags.js'

const named = (names: readonly string[]) => (url: string) =>
  pageKey({ protocol: 'https', host: 'a.example', url }, names, [])
const key = named(['x', 'y', '__proto__'])

describe('a kept page', () => {
  it('is restored byte by byte, with its headers, vary and lifetime', () => {
    for (const body of ['', '<p>ü\n\n{"a":1}</p>', '\n', '\ud83d\ude00', Buffer.from([0, 255, 10, 128])]) {
      const page = {
        body,
        headers: [
          ['link', ['<a>', '<b>']],
          ['x-count', 5],
        ] as const,
        vary: ['Accept'],
        freshUntil: 5,
      }
      const read = readKeptPage(writeKeptPage(page))
      assert.deepEqual(read, page)
    }
    const bare = { body: Buffer.from('ü'), headers: [], vary: [], freshUntil: undefined }
    assert.deepEqual(readKeptPage(writeKeptPage(bare)), { ...bare, body: 'ü' })
  })

  it('is undefined when the record has another format', () => {
    for (const text of ['', '\n', 'a\nb', '{}\na', 'null\na', '[]\na', '{"headers":1,"vary":[]}\na']) {
      assert.equal(readKeptPage(text), undefined, text)
    }
  })
})

describe('the key of a page', () => {
  it('ignores only the order of different names in a query', () => {
    assert.equal(key('/a?x=1&y=2'), key('/a?y=2&x=1'))
    assert.equal(key('/a?&x=1&&y=2&'), key('/a?y=2&x=1'))
    const apart = [
      '/a',
      '/a/',
      '/A',
      '/%61',
      '/a?',
      '/a?x',
      '/a?x=',
      '/a?x=1',
      '/a?x=%31',
      '/a?x=1&x=2',
      '/a?x=2&x=1',
      '/a?%78=2&x=1',
      '/a?x=1?y=2',
      '/a%3Fx=1',
      '//a',
      '/a?__proto__=1',
    ]
    assert.equal(new Set(apart.map(key)).size, apart.length - 1, '"/a" and "/a?" are one')
    assert.equal(key('/a?%78=1&x=2'), key('/a?%78=1&x=2'))
    assert.notEqual(key('/a?%78=1&x=2'), key('/a?x=2&%78=1'))
  })
})

describe('parameters of the query that the page has not named', () => {
  it('do not count', () => {
    const none = named([])
    for (const url of ['/a?x=1', '/a?x=2&y', '/a?', '/a?&&']) assert.equal(none(url), none('/a'), url)
    const page = named(['page'])
    assert.equal(page('/a?utm_source=x&page=2&z'), page('/a?page=2'))
    for (const url of ['/a?PAGE=2', '/a?pages=2', '/a?xpage=2', '/a? page=2', '/a?x[page]=2', '/a?page%00=2'])
      assert.equal(page(url), page('/a'), url)
  })

  it('are found in a URL', () => {
    for (const url of [
      '/a',
      '/a?',
      '/a?&',
      '/a?page=2',
      '/a?page=2&page=3',
      '/a?%70age=2',
      '/a?page',
      '/a?page[]=2',
    ])
      assert.equal(hasOthers(url, ['page']), false, url)
    for (const url of ['/a?x', '/a?page=2&x=1', '/a?=1', '/a?pages=2', '/a?Page=2', '/a??page=2'])
      assert.equal(hasOthers(url, ['page']), true, url)
    assert.equal(hasOthers('/a?page=2', []), true)
  })

  it('are named as any parser may write them, so that none of them is kept as another page', () => {
    const page = named(['page'])
    for (const url of [
      '/a?page[]=2',
      '/a?page[0]=2',
      '/a?page[x][y]=2',
      '/a?[page]=2',
      '/a?page%5B%5D=2',
      '/a?%5Bpage%5D=2',
    ]) {
      assert.notEqual(page(url), page('/a'), url)
    }
    assert.notEqual(page('/a?page=1&page[]=2'), page('/a?page[]=2&page=1'))
    assert.notEqual(named(['filter[a]'])('/a?filter[a]=1'), named(['filter[a]'])('/a'))
  })
})

describe('the tags of a path', () => {
  it('are the path and each tree that contains it', () => {
    assert.deepEqual(tagsOfPath('/'), ['p:/', 's:/'])
    assert.deepEqual(tagsOfPath('/a/b'), ['p:/a/b', 's:/', 's:/a', 's:/a/b'])
    assert.ok(tagsOfPath('/x'.repeat(4000)).length <= 32)
  })

  it('are found by the path that is revalidated, in any spelling', () => {
    for (const path of ['/a/b', '/a/b/', '//a//b', '/A/b', '/%61/b', '/a/b?x=1', '/a/b#x']) {
      assert.equal(pathTag(path), 'p:/a/b', path)
      assert.equal(tagsOfPath(pathOfUrl(path.replace('#', '?')))[0], 'p:/a/b', path)
    }
    assert.equal(pathTag('/*'), 's:/')
    assert.equal(pathTag('/a/*'), 's:/a')
    assert.equal(pathTag('/a/*?x'), 's:/a')
    assert.equal(pathTag('/a*'), 'p:/a*')
    assert.equal(pathTag('/ü'), pathTag('/%C3%BC'))
    for (const path of ['/%', '/%ff', '/\ud800']) assert.equal(tagsOfPath(path)[0], pathTag(path))
  })

  it('come from the path when the request line has a whole URL', () => {
    assert.equal(pathOfUrl('http://a.example/b?c'), '/b')
    assert.equal(pathOfUrl('http://a.example'), '/')
    assert.equal(pathOfUrl('*'), '*')
  })

  it('refuse a value that is not a path', () => {
    for (const path of ['', 'news', 'https://a.example/', '?a', undefined, 5]) {
      assert.throws(() => pathTag(path), { code: 'ERR_OPTION_INVALID', message: /must be one of this app/ })
    }
  })
})
