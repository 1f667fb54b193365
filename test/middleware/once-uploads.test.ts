import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { redirect } from '../../lib/sealform.js'
import { type Part, uploadApp } from '../setup/upload-app.js'

async function onceApp(t: TestContext) {
  const runs: string[] = []
  const app = await uploadApp(t, {
    define: (actions) =>
      actions.define('upload', {
        once: true,
        files: { picture: { required: true } },
        input: z.object({
          title: z.string().min(1, 'Enter a title'),
          picture: z.instanceof(File).optional(),
        }),
        async run({ input }) {
          await wait(100)
          runs.push(`${input.title} ${await input.picture?.text()}`)
          return redirect('/thanks')
        },
      }),
  })
  return { ...app, runs }
}

const picture: Part = { name: 'picture', filename: 'a.png', type: 'image/png', content: 'pixels' }

describe('a one-time action with files', () => {
  it('runs once for a double click on a corrected form whose file is kept, at the same time or later', async (t) => {
    const app = await onceApp(t)
    const first = await app.submit(['title', ''], picture)
    assert.equal(first.status, 422)
    const corrected: Part[] = [...app.hidden(first.body), ['title', 'Sun']]
    const answers = await Promise.all([app.send(corrected), app.send(corrected), app.send(corrected)])
    const late = await app.send(corrected)
    assert.deepEqual(
      [...answers, late].map(({ status }) => status),
      [303, 303, 303, 303],
    )
    assert.deepEqual(app.runs, ['Sun pixels'])
    assert.deepEqual(await app.emptied(), [])
    assert.deepEqual(app.errors, [])
  })

  it('leaves no file of the copies', async (t) => {
    const app = await onceApp(t)
    const parts: Part[] = [...app.hidden((await app.page()).body), ['title', 'Sun'], picture]
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.send(parts)))
    assert.ok(answers.every(({ status }) => status === 303))
    assert.deepEqual(app.runs, ['Sun pixels'])
    assert.deepEqual(await app.emptied(), [])
  })
})
