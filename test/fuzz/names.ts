import assert from 'node:assert/strict'
import { nestFields } from '../../lib/input/nested-fields.js'
import { Refused } from '../../lib/outcome/outcome.js'
import type { Numbers } from '../setup/mutations.js'
import { holding, type Property, pick } from './property.js'

const keys = [
  'a',
  'b',
  'items',
  '0',
  '1',
  '99999999999',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'ä',
  '',
]
const joints = ['.', '[', ']', '[]', '..', '[0]', '["a"]', '\0', ' ']
const known = Object.getOwnPropertyNames(Object.prototype).join()

/** Names become keys of objects without a prototype, and of nothing else. */
export const names: Property = {
  name: 'names of fields become plain objects, and change no prototype',
  share: 5,
  check(next) {
    const entries = Array.from({ length: 1 + next(5) }, (_, i) => [nameOf(next), String(i)] as const)
    return holding(entries, () => {
      const fields = nestFields(entries, next(9))
      assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), known)
      assert.equal(({} as Record<string, unknown>).polluted, undefined)
      if (fields instanceof Refused) return fields.reason
      const found: string[] = []
      collect(fields.values, found)
      assert.deepEqual(found.sort(), entries.map(([, value]) => value).sort())
      return 'nested'
    })
  },
}

/** Collects all values, and asserts that every object has no prototype and every array no holes. */
function collect(node: unknown, found: string[]): void {
  if (typeof node === 'string') found.push(node)
  else if (Array.isArray(node)) {
    assert.equal(Object.keys(node).length, node.length)
    for (const each of node) collect(each, found)
  } else {
    assert.equal(Object.getPrototypeOf(node), null)
    for (const each of Object.values(node as object)) collect(each, found)
  }
}

/** Mostly a path, such as `items[0].a`, and sometimes any pieces of one. */
function nameOf(next: Numbers): string {
  const steps = Array.from({ length: next(4) }, () =>
    next(12) === 0
      ? pick(next, joints)
      : pick(next, ['.a', '.b', '[0]', '[1]', '[99999999999]', `.${pick(next, keys)}`]),
  )
  return [
    pick(next, keys.slice(0, next(6) === 0 ? keys.length : 3)),
    ...steps,
    next(8) === 0 ? '[]' : '',
  ].join('')
}
