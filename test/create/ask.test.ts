import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { ask } from '../../create/ask.js'
import { UsageError } from '../../create/read-arguments.js'

/** Answers each question with the next line, as a person does: after it was asked. */
function terminal(...lines: readonly string[]) {
  const input = new PassThrough()
  const output = new PassThrough()
  const left = [...lines]
  let asked = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    asked += text
    if (!text.endsWith('): ')) return
    const line = left.shift()
    if (line === undefined) input.end()
    else input.write(`${line}\n`)
  })
  return { input, output, asked: () => asked }
}

const byDefault = { framework: 'koa', language: 'typescript', pages: 'html' }

describe('the questions of npm create sealform', () => {
  it('take Enter for the default', async () => {
    assert.deepEqual(await ask(terminal('', '', '', ''), undefined), { folder: 'my-app', choices: byDefault })
  })

  it('take numbers, names and their beginnings', async () => {
    const { folder, choices } = await ask(terminal(' shop ', '2', 'JavaScript', 'e'), undefined)
    assert.equal(folder, 'shop')
    assert.deepEqual(choices, { framework: 'express', language: 'javascript', pages: 'ejs' })
  })

  it('do not ask for a folder that is known', async () => {
    const screen = terminal('koa', 'ts', 'typescript', '1')
    assert.deepEqual(await ask(screen, 'known'), { folder: 'known', choices: byDefault })
    assert.doesNotMatch(screen.asked(), /Folder/)
  })

  it('are asked again after an answer that is none', async () => {
    const screen = terminal('3', 'hapi', '2', '', '')
    assert.deepEqual((await ask(screen, 'x')).choices, { ...byDefault, framework: 'express' })
    assert.equal(screen.asked().match(/Type a number from 1 to 2, or press Enter for Koa\./g)?.length, 2)
  })

  it('stop when the input ends', async () => {
    await assert.rejects(ask(terminal('', '2'), undefined), (error: unknown) => {
      assert.ok(error instanceof UsageError)
      assert.equal(error.message, 'Stopped. Nothing was written.')
      return true
    })
  })
})
