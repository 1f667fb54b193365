import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readArguments, UsageError } from '../../create/read-arguments.js'

describe('the arguments of npm create sealform', () => {
  it('are a folder and a flag for each choice', () => {
    assert.deepEqual(readArguments(['shop', '--express', '--javascript', '--ejs']), {
      folder: 'shop',
      choices: { framework: 'express', language: 'javascript', pages: 'ejs' },
      flags: true,
      help: false,
    })
  })

  it('may be missing, and then everything is asked', () => {
    assert.deepEqual(readArguments([]), { folder: undefined, choices: {}, flags: false, help: false })
  })

  it('ask nothing with --yes, or with one flag', () => {
    assert.equal(readArguments(['--yes']).flags, true)
    assert.deepEqual(readArguments(['--ejs']).choices, { pages: 'ejs' })
  })

  it('are refused with the flags that exist', () => {
    assert.throws(
      () => readArguments(['--svelte']),
      says(/Unknown flag --svelte\. The flags are --koa, --express/),
    )
    assert.throws(() => readArguments(['--koa=5']), UsageError)
    assert.throws(() => readArguments(['--koa', '--express']), says(/Give one of --koa and --express\./))
    assert.throws(() => readArguments(['one', 'two']), says(/Give one folder: one or two\./))
  })
})

function says(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof UsageError && message.test(error.message)
}
