import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage } from '../setup/koa-app.js'
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

  it('refuses a copy with another file, whatever differs in it, and gives the same file the outcome', async (t) => {
    const app = await onceApp(t)
    const hidden = app.hidden((await app.page()).body)
    const send = (...parts: Part[]) => app.send([...hidden, ...parts])
    assert.equal((await send(['title', 'Sun'], picture)).status, 303)
    const others: Part[][] = [
      [['title', 'Sun'], { ...picture, content: 'pixelS' }],
      [['title', 'Sun'], { ...picture, filename: 'b.png' }],
      [['title', 'Sun'], { ...picture, type: 'image/gif' }],
      [picture, ['title', 'Sun']],
      [['title', 'Moon'], picture],
      [['title', 'Sun']],
      [['title', ''], picture],
    ]
    for (const parts of others) {
      const answer = await send(...parts)
      assert.equal(answer.status, 409, JSON.stringify(parts))
      assert.match(answer.body, /was sent before with other input/)
    }
    assert.equal((await send(['title', 'Sun'], picture)).status, 303)
    assert.deepEqual(app.runs, ['Sun pixels'])
    assert.deepEqual(await app.emptied(), [])
  })

  it('tells a copy of a corrected form by its kept file, which is gone by then', async (t) => {
    const app = await onceApp(t)
    const first = await app.submit(['title', ''], picture)
    const corrected: Part[] = [...app.hidden(first.body), ['title', 'Sun']]
    assert.equal((await app.send(corrected)).status, 303)
    assert.deepEqual(await app.emptied(), [])
    assert.equal((await app.send(corrected)).status, 303)
    const withoutFile = corrected.filter(
      (part) => !Array.isArray(part) || !part[0].startsWith('sealform.kept'),
    )
    assert.equal(withoutFile.length, corrected.length - 1)
    assert.equal((await app.send(withoutFile)).status, 409)
    const chosenAgain = await app.send([...withoutFile, picture])
    assert.equal(chosenAgain.status, 409)
    assert.deepEqual(app.runs, ['Sun pixels'])
  })

  it('tells a copy by the bytes that onFile received, not by what it made of them', async (t) => {
    const received: string[] = []
    const runs: unknown[] = []
    const app = await uploadApp(t, {
      define: (actions) =>
        actions.define('upload', {
          once: true,
          files: { picture: {} },
          async onFile(_file, stream) {
            let text = ''
            for await (const piece of stream) text += piece
            // The store of objects does not take the same picture twice.
            if (received.includes(text)) throw new Error('There is such an object.')
            received.push(text)
            return `object-${received.length}`
          },
          async run({ formData }) {
            runs.push(formData.get('picture'))
            return redirect('/thanks')
          },
        }),
    })
    const hidden = app.hidden((await app.page()).body)
    const send = (content: string) => app.send([...hidden, ['title', 'Sun'], { ...picture, content }])
    assert.equal((await send('pixels')).status, 303)
    assert.equal((await send('pixels')).status, 303)
    assert.equal((await send('others')).status, 409)
    assert.deepEqual(runs, ['object-1'])
  })

  it('tells copies apart by their files for a one-time button, too, on a form that is not one-time', async () => {
    const paid: string[] = []
    const { request } = createTestApp(({ actions, router }) => {
      const save = actions.define('save', { files: { picture: {} }, run: async () => redirect('/saved') })
      const pay = actions.define('pay', {
        once: true,
        async run({ formData }) {
          const file = formData.get('picture')
          paid.push(file instanceof File ? await file.text() : 'none')
          return redirect('/paid')
        },
      })
      router.get('/cart', (ctx) => {
        const form = ctx.form(save)
        ctx.body = html`<form ${form.attributes}>${form.fields}<button ${form.submit(pay)}>Pay</button></form>`
      })
    })
    const page = (await request.get('/cart')).text
    const { fields } = formIn(page, 'save')
    const pay = /name="sealform\.submit" value="([\w-]+)"/.exec(page)?.[1] ?? ''
    const send = async (content: string) => {
      let post = request.post('/cart').set(fromSamePage).redirects(0)
      for (const [name, value] of Object.entries(fields)) post = post.field(name, value)
      return post.attach('picture', Buffer.from(content), 'a.png').field('sealform.submit', pay)
    }
    assert.equal((await send('pixels')).status, 303)
    assert.equal((await send('pixelS')).status, 409)
    assert.equal((await send('pixels')).status, 303)
    assert.deepEqual(paid, ['pixels'])
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
