import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileIn } from '../../../lib/answer/own-file.js'

const csv = { status: 200, type: 'text/csv; charset=utf-8', disposition: '' }

describe('a file in an own answer', () => {
  it('is an attachment of any type, and what is no HTML', () => {
    assert.deepEqual(fileIn(csv), { name: 'download', attached: false })
    assert.deepEqual(fileIn({ ...csv, disposition: 'inline; filename=a.csv' }), {
      name: 'a.csv',
      attached: false,
    })
    const page = { ...csv, type: 'text/html; charset=utf-8' }
    assert.deepEqual(fileIn({ ...page, disposition: 'Attachment;filename="a.html"' }), {
      name: 'a.html',
      attached: true,
    })
    assert.equal(fileIn(page), undefined)
    assert.equal(fileIn({ ...page, disposition: 'inline; filename="attachment.html"' }), undefined)
    assert.equal(fileIn({ ...csv, type: 'application/xhtml+xml' }), undefined)
    assert.equal(fileIn({ ...csv, type: '' }), undefined)
    assert.deepEqual(fileIn({ ...csv, type: '', disposition: 'attachment' }), {
      name: 'download',
      attached: true,
    })
  })

  it('is none where there is no content, or the answer tells of a failure', () => {
    for (const status of [204, 205, 302, 400, 404, 500]) assert.equal(fileIn({ ...csv, status }), undefined)
    assert.deepEqual(fileIn({ ...csv, status: 201 })?.name, 'download')
  })

  it('has the name that the header gives, in each of its spellings', () => {
    const name = (disposition: string) => fileIn({ ...csv, disposition })?.name
    assert.equal(name('attachment; filename=a.csv'), 'a.csv')
    assert.equal(name('attachment; filename="a; b.csv"'), 'a; b.csv')
    assert.equal(name('attachment; filename="a \\"b\\" \\\\.csv"'), 'a "b" \\.csv')
    assert.equal(name(`attachment; filename="?.csv"; filename*=UTF-8''%E6%97%A5%20%E2%82%AC.csv`), '日 €.csv')
    assert.equal(name(`attachment; filename*=utf-8'en'a.csv; filename=b.csv`), 'a.csv')
    assert.equal(name(`attachment; filename="b.csv"; filename*=UTF-8''%E0%A4%A`), 'b.csv')
    assert.equal(name('attachment; filename=""'), 'download')
  })
})
