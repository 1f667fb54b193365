import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { readSelectors, selectorOf } from '../../../lib/answer/read-selectors.js'
import { patience } from '../../setup/patience.js'

describe('readSelectors()', () => {
  it('reads a list of ids', () => {
    assert.deepEqual(readSelectors('#a'), ['a'])
    assert.deepEqual(readSelectors('#a, #b-1,#c_2'), ['a', 'b-1', 'c_2'])
    assert.deepEqual(readSelectors('[id="todos.add"], #x'), ['todos.add', 'x'])
    assert.deepEqual(readSelectors(String.raw`#todos\.add`), ['todos.add'])
    assert.deepEqual(readSelectors(String.raw`[id="a, \"b\""]`), ['a, "b"'])
    assert.deepEqual(readSelectors(String.raw`#Auftr\e4 ge`), ['Aufträge'])
  })

  it('leaves out where an element goes', () => {
    assert.deepEqual(readSelectors('#a:before, #b:after, #c:content, #d:maybe'), ['a', 'b', 'c', 'd'])
  })

  it('reads none beside a selector that is not an id, unless that is optional', () => {
    for (const other of [
      '.list',
      ':main',
      'main',
      '#a .b',
      String.raw`#a\. b`,
      '#a > p',
      '#a.b',
      'ul#a',
      '#a:has(p)',
      '[id=a]',
      '#',
    ]) {
      assert.deepEqual(readSelectors(`#x, ${other}`), [], other)
    }
    assert.deepEqual(readSelectors('#x, .list:maybe'), ['x'])
    assert.deepEqual(readSelectors(''), [])
    assert.deepEqual(readSelectors(', ,'), [])
  })

  it('reads what selectorOf() has printed', () => {
    for (const id of ['a', 'todos.add', 'Aufträge', 'a"b\\c', '1', '日本', '😀x', 'é1']) {
      assert.deepEqual(readSelectors(selectorOf(id)), [id])
      assert.match(selectorOf(id), /^[\x20-\x7e]+$/)
    }
  })

  it('takes a broken or very long list in linear time', () => {
    const before = performance.now()
    for (const text of [
      '\\'.repeat(16_000),
      '#\\'.repeat(8000),
      '["'.repeat(8000),
      '#a'.repeat(8000),
      `#${'\\1 '.repeat(5000)}!`,
    ]) {
      readSelectors(text)
    }
    assert.ok(performance.now() - before < 1000)
    assert.deepEqual(readSelectors('#\\110000 '), ['\ufffd'])
  })

  it('tries no combinations of the digits in escapes', () => {
    for (const digits of ['\\aaaaaa', '\\a', '\\aaaaaaa', '\\aaaaa ', '\\z', '\\é', '\\1a']) {
      const text = `#${digits.repeat(2000)}!`
      // Unlike a timeout of the test, this one ends a regular expression.
      assert.equal(
        runInNewContext('read(text).length', { read: readSelectors, text }, { timeout: patience }),
        0,
      )
    }
  })
})
