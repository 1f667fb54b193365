import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { invalid, redirect } from '../../lib/sealform.js'
import { until } from '../setup/patience.js'
import { type Part, type UploadApp, type UploadAppOptions, uploadApp } from '../setup/upload-app.js'

/** An app whose action requires a title, and records what it finds when there is one. */
async function strictApp(
  t: TestContext,
  options: Partial<UploadAppOptions> = {},
): Promise<UploadApp & { readonly found: string[][] }> {
  const found: string[][] = []
  const app = await uploadApp(t, {
    define(actions) {
      const files = { picture: { types: ['image/*'], required: true }, attachments: { maxFiles: 2 } }
      actions.define('other', { files, run: () => invalid({ title: 'Never' }) })
      return actions.define('upload', {
        files,
        async run({ formData }) {
          if (formData.get('title') === '') return invalid({ title: 'Enter a title' })
          if (formData.get('title') === 'throw') throw new Error('thrown by the action')
          const run = []
          for (const [name, value] of formData) {
            run.push(
              typeof value === 'string' ? `${name}=${value}` : `${name}: ${value.name} ${await value.text()}`,
            )
          }
          found.push(run)
          return redirect('/thanks')
        },
      })
    },
    ...options,
  })
  return { ...app, found }
}

const picture: Part = {
  name: 'picture',
  filename: 'avatar.png',
  type: 'image/png',
  content: 'x'.repeat(120_000),
}
const attachment = (name: string): Part => ({ name: 'attachments', filename: name, content: name })
const short = (run: readonly string[] | undefined) => run?.map((line) => line.slice(0, 30))

describe('kept files', () => {
  it('come back in the corrected submission without being chosen again', async (t) => {
    const app = await strictApp(t)
    const first = await app.submit(['title', ''], picture, attachment('a.txt'))
    assert.equal(first.status, 422)
    assert.match(first.body, /avatar\.png, 120 kB, kept/)
    assert.match(first.body, /a\.txt, 5 B, kept/)
    assert.match(first.body, /Enter a title/)
    assert.doesNotMatch(first.body, /name="picture"[^>]* required/)
    assert.match(first.body, /name="picture"[^>]* aria-describedby="upload-picture-kept"/)
    assert.equal(app.stored().length, 2)

    const second = await app.send([...app.hidden(first.body), ['title', ''], attachment('b.txt')])
    assert.equal(second.status, 422)
    assert.match(second.body, /b\.txt, 5 B, kept/)
    assert.equal(app.stored().length, 3)

    const third = await app.send([...app.hidden(second.body), ['title', 'Now']])
    assert.equal(third.status, 303)
    assert.deepEqual(short(app.found[0]), [
      'picture: avatar.png xxxxxxxxxx',
      'attachments: a.txt a.txt',
      'attachments: b.txt b.txt',
      'title=Now',
    ])
    assert.deepEqual(await app.emptied(), [])
  })

  it('stay when a file field has an issue of its own', async (t) => {
    const app = await strictApp(t)
    const wrong: Part = { name: 'picture', filename: 'a.txt', content: 'text' }
    const first = await app.submit(['title', 'T'], wrong, attachment('a.txt'))
    assert.equal(first.status, 422)
    assert.equal(app.stored().length, 1)
    assert.equal((await app.send([...app.hidden(first.body), ['title', 'T'], picture])).status, 303)
    assert.deepEqual(short(app.found[0])?.[0], 'attachments: a.txt a.txt')
    assert.deepEqual(await app.emptied(), [])
  })

  it('are listed once, where the page prints them', async (t) => {
    const app = await strictApp(t, { page: 'places-kept' })
    const { body } = await app.submit(['title', ''], picture, attachment('a.txt'))
    assert.match(
      body,
      /<div id="placed"><ul class="sealform-kept" id="upload-picture-kept"><li>avatar\.png, 120 kB, kept/,
    )
    assert.equal(body.split('avatar.png, 120 kB, kept').length, 2)
    assert.equal(body.split('a.txt, 5 B, kept').length, 2)
  })

  it('have their names printed as text, whatever the name', async (t) => {
    const app = await strictApp(t)
    const { body } = await app.submit(['title', ''], {
      name: 'picture',
      filename: '<script>%22&.png',
      type: 'image/png',
      content: 'x',
    })
    assert.match(body, /&lt;script&gt;/)
    assert.doesNotMatch(body, /<script>/)
  })

  it('are removed when the visitor asks for it, and are then required again', async (t) => {
    const app = await strictApp(t)
    const first = await app.submit(['title', ''], picture, attachment('a.txt'))
    const mark = /name="sealform\.drop\.picture" value="([^"]+)"/.exec(first.body)?.[1] ?? ''
    const second = await app.send([
      ...app.hidden(first.body),
      ['sealform.drop.picture', mark],
      ['title', 'T'],
    ])
    assert.equal(second.status, 422)
    assert.match(second.body, /id="upload-picture-issue">Choose a file\./)
    assert.doesNotMatch(second.body, /avatar\.png/)
    await until(() => app.stored().length <= 1)
    assert.equal(app.stored().length, 1)
    assert.equal((await app.send([...app.hidden(second.body), ['title', 'T'], picture])).status, 303)
    assert.deepEqual(await app.emptied(), [])
  })

  it('are replaced by a new choice where the field holds one file', async (t) => {
    const app = await strictApp(t)
    const first = await app.submit(['title', ''], picture)
    const other: Part = { name: 'picture', filename: 'new.png', type: 'image/png', content: 'new' }
    const second = await app.send([...app.hidden(first.body), ['title', ''], other])
    assert.match(second.body, /new\.png, 3 B, kept/)
    assert.doesNotMatch(second.body, /avatar\.png/)
    assert.equal((await app.send([...app.hidden(second.body), ['title', 'T']])).status, 303)
    assert.deepEqual(app.found, [['picture: new.png new', 'title=T']])
    assert.deepEqual(await app.emptied(), [])
  })

  it('count towards maxFiles together with new ones, exactly', async (t) => {
    const app = await strictApp(t)
    const first = await app.submit(['title', ''], picture, attachment('1'), attachment('2'))
    const second = await app.send([...app.hidden(first.body), ['title', 'T'], attachment('3')])
    assert.equal(second.status, 422)
    assert.match(second.body, /id="upload-attachments-issue">Choose at most 2 files\./)
    const mark = /name="sealform\.drop\.attachments" value="([^"]+)"/.exec(second.body)?.[1] ?? ''
    const third = await app.send([
      ...app.hidden(second.body),
      ['sealform.drop.attachments', mark],
      ['title', 'T'],
    ])
    assert.equal(third.status, 303)
    assert.equal(app.found[0]?.length, 4)
    assert.deepEqual(await app.emptied(), [])
  })

  it('are refused in another action, field or session, forged or twice', async (t) => {
    const app = await strictApp(t)
    const page = await app.page('/', 'user=ann')
    const send = (parts: readonly Part[], cookie = 'user=ann') => app.send(parts, { cookie })
    const first = await send([...app.hidden(page.body), ['title', ''], picture, attachment('a')])
    const hidden = app.hidden(first.body) as readonly (readonly [string, string])[]
    const kept = hidden.filter(([name]) => name.startsWith('sealform.kept.'))
    const rest = hidden.filter(([name]) => !name.startsWith('sealform.kept.'))
    assert.equal(kept.length, 2)
    const [reference, other] = kept.map(([, value]) => value)
    assert.ok(reference && other)

    const swapped: Part[] = [
      ['sealform.kept.picture', other],
      ['sealform.kept.attachments', reference],
    ]
    for (const references of [
      swapped,
      [['sealform.kept.picture', `${reference.slice(0, -2)}AA`]],
      [['sealform.kept.picture', rest[0]![1]]],
      [['sealform.kept.picture', '']],
    ] as Part[][]) {
      const refused = await send([...rest, ...references, ['title', 'T']])
      assert.equal(refused.status, 422)
      assert.match(refused.body, /Your file is no longer here/)
    }
    const bob = await app.page('/', 'user=bob')
    const stolen = await send([...app.hidden(bob.body), ...kept, ['title', 'T']], 'user=bob')
    assert.equal(stolen.status, 422)
    assert.equal((await send([...rest, ['sealform.kept.title', reference], ['title', 'T']])).status, 422)
    assert.equal(app.found.length, 0)

    assert.equal((await send([...rest, ...kept, ...kept, ['title', 'T']])).status, 303)
    assert.equal(app.found[0]?.length, 3)
  })

  it('expire, and the form says so', async (t) => {
    const app = await strictApp(t, { keep: 1 })
    const first = await app.submit(['title', ''], picture)
    await new Promise((resolve) => setTimeout(resolve, 2100))
    const second = await app.send([...app.hidden(first.body), ['title', 'T']])
    assert.equal(second.status, 422)
    assert.match(second.body, /Your file is no longer here/)
    assert.deepEqual(app.found, [])
  })

  it('are reported as gone when another process removed them', async (t) => {
    const app = await strictApp(t)
    const first = await app.submit(['title', ''], picture)
    const { rmSync } = await import('node:fs')
    rmSync(`${app.directory}/${app.stored()[0]}`)
    const second = await app.send([...app.hidden(first.body), ['title', 'T']])
    assert.equal(second.status, 422)
    assert.match(second.body, /Your file is no longer here/)
  })

  it('survive a refusal and a failure, unlike those that were just sent', async (t) => {
    const app = await strictApp(t)
    const first = await app.submit(['title', ''], picture)
    const hidden = app.hidden(first.body)
    const long = await app.send([...hidden, ['title', 'x'.repeat(300_000)], attachment('a')])
    assert.equal(long.status, 413)
    assert.match(long.body, /avatar\.png, 120 kB, kept/)
    const thrown = await app.send([...app.hidden(long.body), ['title', 'throw'], attachment('a')])
    assert.equal(thrown.status, 500)
    assert.match(thrown.body, /avatar\.png, 120 kB, kept/)
    assert.doesNotMatch(thrown.body, /a, 1 B, kept/)
    assert.equal((await app.send([...app.hidden(thrown.body), ['title', 'T']])).status, 303)
    assert.deepEqual(await app.emptied(), [])
  })

  it('survive the expiry of the form that named them', async (t) => {
    const app = await strictApp(t, { ttl: 60 })
    const first = await app.submit(['title', ''], picture)
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 120_000 })
    const late = await app.send([...app.hidden(first.body), ['title', 'T']])
    assert.equal(late.status, 409)
    assert.match(late.body, /avatar\.png, 120 kB, kept/)
    assert.equal((await app.send([...app.hidden(late.body), ['title', 'T']])).status, 303)
    assert.deepEqual(await app.emptied(), [])
  })

  it('are kept by the built-in page', async (t) => {
    const app = await strictApp(t, { page: 'missing' })
    const first = await app.submit(['title', ''], picture)
    assert.equal(first.status, 422)
    assert.match(first.body, /avatar\.png, 120 kB, kept/)
    assert.match(first.body, /enctype="multipart\/form-data"/)
    const fields = [...first.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
    const hidden = fields.map(([, name, value]) => [name!, value!] as const)
    assert.equal((await app.send([...hidden, ['title', 'T']])).status, 303)
    assert.equal(short(app.found[0])?.[0], 'picture: avatar.png xxxxxxxxxx')
    assert.deepEqual(await app.emptied(), [])
  })

  it('are refused by an action without file fields', async (t) => {
    const app = await uploadApp(t, { define: (actions) => actions.define('upload', () => redirect('/')) })
    assert.equal((await app.submit(['sealform.kept.picture', 'x'])).status, 400)
  })
})
