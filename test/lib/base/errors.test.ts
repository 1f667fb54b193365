import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { SealformError } from '../../../lib/base/errors.js'

const error = createError()
const firstLine = 'SealformError [ERR_KEY_MISSING]: There is no key.'

describe('a SealformError', () => {
  it('has its message and name without the code', () => {
    assert.equal(error.message, 'There is no key.')
    assert.equal(error.name, 'SealformError')
    assert.equal(error.code, 'ERR_KEY_MISSING')
  })

  it('shows its code in toString()', () => {
    assert.equal(String(error), firstLine)
  })

  it('shows its code in the first line of its stack, then the page to read, and then the function that created it', () => {
    const [first, second, third] = error.stack!.split('\n')
    assert.equal(first, firstLine)
    const page = /^ {4}read (.*)$/.exec(second!)?.[1]
    assert.ok(page?.endsWith('/docs/errors/key-missing.md') && existsSync(page), second)
    assert.match(third!, /^ +at createError \(.*errors\.test\.js/)
  })

  it('keeps all lines of its message before the page to read', () => {
    const long = new SealformError('ERR_OPTION_INVALID', 'One.\nTwo.')
    assert.match(
      long.stack!,
      /^SealformError \[ERR_OPTION_INVALID\]: One\.\nTwo\.\n {4}read .*\/option-invalid\.md\n {4}at /,
    )
  })

  it('shows its code where console.error() prints it', () => {
    assert.equal(inspect(error).split('\n')[0], firstLine)
  })

  it('shows its code and its cause where it is the cause of another error', () => {
    const outer = new Error('The app cannot start.', { cause: error })
    assert.match(inspect(outer), /\[cause\]: SealformError \[ERR_KEY_MISSING\]: There is no key\./)
    const withCause = new SealformError('ERR_KEY_MISSING', 'There is no key.', { cause: outer })
    assert.equal(withCause.cause, outer)
    assert.match(
      inspect(withCause),
      /^SealformError \[ERR_KEY_MISSING\][\s\S]*cause.*Error: The app cannot start\./,
    )
  })

  it('shows its code when it ends a process', () => {
    const module = new URL('../../../lib/base/errors.js', import.meta.url)
    const program = `const { SealformError } = await import(${JSON.stringify(module)}); throw new SealformError('ERR_KEY_MISSING', 'There is no key.')`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    })
    assert.equal(status, 1)
    assert.ok(stderr.split('\n').includes(firstLine), stderr)
  })
})

function createError(): SealformError {
  return new SealformError('ERR_KEY_MISSING', 'There is no key.')
}
