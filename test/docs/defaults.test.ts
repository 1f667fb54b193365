import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from './project.js'

interface Property {
  /** Such as `UploadOptions.keep`. */
  readonly name: string
  readonly type: string
  readonly optional: boolean
  readonly docstring: string
}

const properties = ['lib', 'middleware', 'views', 'client'].flatMap(sourcesIn).flatMap(propertiesIn)

/** Words by which a docstring says what a number counts. */
const units =
  /\b(?:bytes?|seconds?|milliseconds?|KiB|MiB|number of|count|most|least|entries|files|steps|status|pixels|10,000,000|\d+[–-]\d+)\b|'\d+ ?\w+'/i

/** They tell things apart, and count nothing. */
const marks = ['ActionOptions.version', 'FormOptions.key', 'StepsFormOptions.key', 'FieldOptions.value']

describe('the docstring of an option', () => {
  it('finds the options', () => {
    const names = properties.map(({ name }) => name)
    assert.ok(names.length > 100)
    for (const name of [
      'ActionsOptions.keys',
      'LimitOptions.body',
      'CacheOptions.memory',
      'CallOptions.signal',
    ]) {
      assert.ok(names.includes(name), name)
    }
  })

  it('says what the option does', () => {
    assert.deepEqual(
      properties.filter(({ docstring }) => docstring.replace(/@\w+[\s\S]*/, '').trim().length < 8),
      [],
    )
  })

  it('says what holds without the option', () => {
    const silent = properties.filter(({ optional, docstring }) => optional && !docstring.includes('@default'))
    assert.deepEqual(
      silent.map(({ name }) => name),
      [],
    )
  })

  it('says what a number means', () => {
    const bare = properties.filter(
      ({ name, type, docstring }) =>
        /\bnumber\b/.test(type) && !marks.includes(name) && !units.test(docstring),
    )
    assert.deepEqual(
      bare.map(({ name, docstring }) => `${name}: ${docstring}`),
      [],
    )
  })
})

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name))
}

/** Reads the properties of the exported interfaces whose name ends in `Options`, and of objects in them. */
function propertiesIn(path: string): Property[] {
  const source = readFileSync(path, 'utf8')
  const interfaces = source.matchAll(/^export interface (\w+Options)\b[^{]*\{\n([\s\S]*?)^\}$/gm)
  return [...interfaces].flatMap(([, owner = '', body = '']) => {
    const members = body.matchAll(
      /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^ +(?:readonly )?(\w+)(\??)(?:[:(<])(.*)$/gm,
    )
    return (
      [...members]
        // A line that ends in a comma is a parameter of a method.
        .filter(([line]) => !line.endsWith(',') && !/^\s*\*/.test(line))
        .map(([, docstring = '', name = '', optional, type = '']) => ({
          name: `${owner}.${name}`,
          type: type.split('//', 1)[0] ?? '',
          optional: optional === '?',
          docstring: docstring.replace(/^\s*\* ?/gm, '').trim(),
        }))
    )
  })
}
