import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import { browserInput, browserOutput } from '../../build/for-browsers.js'
import { root } from '../docs/project.js'

/** Bytes of the file, without React. */
const most = 2560

/** Bytes of what is made for React: without the reader of values, which stands for devalue, and without the writer of fields. */
const mostForReact = 1500

/** Bytes with the writer of fields, with which an action is called from a handler. */
const mostWithWriter = 1810

const script = readFileSync(join(root, 'dist', 'bundle', 'react.js'), 'utf8')
const sizeOf = (text: string) => gzipSync(text, { level: 9 }).length

/** Builds the file as the package has it, but for the modules of ours that it imports. */
async function sizeWithout(...modules: readonly string[]): Promise<number> {
  const { output } = await build({
    ...browserInput,
    cwd: root,
    input: 'client/react/react.ts',
    external: (id) => browserInput.external.test(id) || modules.some((name) => id.endsWith(`/${name}.js`)),
    output: { ...browserOutput, format: 'esm' },
    write: false,
  })
  const code = output[0].code
  for (const name of modules) assert.ok(code.includes(`/${name}.js"`), `${name} is imported`)
  return sizeOf(code)
}

describe('the file sealform/react', () => {
  it(`has at most ${most} bytes when it is compressed, without React`, (t) => {
    const length = sizeOf(script.replace(/\n\/\/# sourceMappingURL=.*\n?$/, ''))
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= most, `${length} bytes`)
  })

  it(`has at most ${mostForReact} of them for React, without the reader of values and the writer of fields`, async (t) => {
    const length = await sizeWithout('read-values', 'write-fields')
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= mostForReact, `${length} bytes`)
  })

  it(`has at most ${mostWithWriter} of them without the reader of values alone`, async (t) => {
    const length = await sizeWithout('read-values')
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= mostWithWriter, `${length} bytes`)
  })

  it('imports React alone, and makes no code of text', () => {
    const imported = [...script.matchAll(/from"([^"]+)"/g)].map(([, name]) => name)
    assert.deepEqual(imported, ['react', 'react-dom/client'])
    assert.doesNotMatch(script, /\beval\b|new Function|innerHTML|document\.write/)
  })

  it('has a file for servers that imports nothing', () => {
    const server = readFileSync(join(root, 'dist', 'bundle', 'react-on-server.js'), 'utf8')
    assert.doesNotMatch(server, /\bfrom\b/)
  })
})
