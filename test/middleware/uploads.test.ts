import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { type FileOptions, invalid, redirect } from '../../lib/sealform.js'
import { scratch } from '../setup/file-storage.js'
import { testKey } from '../setup/koa-app.js'
import { type Part, type UploadApp, type UploadAppOptions, uploadApp } from '../setup/upload-app.js'

interface Found {
  readonly name: string
  readonly value: string
  readonly file?: { readonly name: string; readonly type: string; readonly size: number }
}

/** An app whose action records what it finds in formData. */
async function noting(
  t: TestContext,
  files: Record<string, FileOptions>,
  options: Partial<UploadAppOptions> = {},
): Promise<UploadApp & { readonly found: Found[][] }> {
  const found: Found[][] = []
  const app = await uploadApp(t, {
    define: (actions) =>
      actions.define('upload', {
        files,
        async run({ formData }) {
          const run: Found[] = []
          for (const [name, value] of formData) {
            if (typeof value === 'string') run.push({ name, value })
            else {
              const { name: said, type, size } = value
              run.push({ name, value: await value.text(), file: { name: said, type, size } })
            }
          }
          found.push(run)
          return redirect('/thanks')
        },
      }),
    ...options,
  })
  return { ...app, found }
}

const picture = (content: string | Buffer, type = 'image/png', filename = 'a.png'): Part => ({
  name: 'picture',
  filename,
  type,
  content,
})
const attachment = (content: string | Buffer, filename = 'a.txt'): Part => ({
  name: 'attachments',
  filename,
  content,
})
const title: Part = ['title', 'Hello']

describe('declared files', () => {
  it('prints the form as multipart, and its inputs as the action declares them', async (t) => {
    const app = await noting(t, {
      picture: { types: ['image/*', '.PDF'], required: true },
      attachments: { maxFiles: 3 },
    })
    const { body } = await app.page()
    assert.match(
      body,
      /<form id="upload" method="post" enctype="multipart\/form-data" accept-charset="utf-8">/,
    )
    assert.match(
      body,
      /<input id="upload-picture" name="picture" accept="image\/\*,.pdf" type="file" required>/,
    )
    assert.match(body, /<input id="upload-attachments" name="attachments" multiple type="file">/)
    assert.match(body, /<input id="upload-title" name="title">/)
  })

  it('gives the action real files between the text fields, in the order of the form', async (t) => {
    const app = await noting(t, { picture: {}, attachments: { maxFiles: 3 } })
    const answer = await app.submit(
      ['before', '1'],
      picture('PNG'),
      ['between', '2'],
      attachment('one'),
      attachment('', 'empty.txt'),
      ['after', '3'],
      ['after', '4'],
    )
    assert.equal(answer.status, 303)
    assert.deepEqual(app.found, [
      [
        { name: 'before', value: '1' },
        { name: 'picture', value: 'PNG', file: { name: 'a.png', type: 'image/png', size: 3 } },
        { name: 'between', value: '2' },
        { name: 'attachments', value: 'one', file: { name: 'a.txt', type: 'text/plain', size: 3 } },
        { name: 'attachments', value: '', file: { name: 'empty.txt', type: 'text/plain', size: 0 } },
        { name: 'after', value: '3' },
        { name: 'after', value: '4' },
      ],
    ])
    assert.deepEqual(await app.emptied(), [])
  })

  it('leaves out a file that was not chosen', async (t) => {
    const app = await noting(t, { picture: {} })
    const unchosen = picture('', 'application/octet-stream', '')
    assert.equal((await app.submit(title, unchosen)).status, 303)
    assert.deepEqual(app.found, [[{ name: 'title', value: 'Hello' }]])
  })

  it('asks for a required file that was not chosen', async (t) => {
    const app = await noting(t, { picture: { required: true } })
    for (const parts of [[title], [title, picture('', 'application/octet-stream', '')]]) {
      const { status, body } = await app.submit(...parts)
      assert.equal(status, 422)
      assert.match(body, /id="upload-picture-issue">Choose a file\./)
      assert.match(body, /name="title" value="Hello"/)
    }
    assert.deepEqual(app.found, [])
    assert.equal((await app.submit(title, picture('x'))).status, 303)
  })

  it('takes a file of exactly maxSize and refuses one byte more, in one piece or many', async (t) => {
    for (const size of [1000, 300_000]) {
      const app = await noting(t, { picture: { maxSize: size } })
      for (const [length, status] of [
        [size - 1, 303],
        [size, 303],
        [size + 1, 413],
        [size + 1000, 413],
      ] as const) {
        const { body, ...answer } = await app.submit(title, picture(Buffer.alloc(length, '\r\n-')), [
          'after',
          'B',
        ])
        assert.equal(answer.status, status, `${length}`)
        if (status === 413) {
          assert.match(body, /id="upload-picture-issue">This file is too large/)
          assert.match(body, /name="title" value="Hello"/)
        }
        assert.deepEqual(await app.emptied(), [])
      }
      assert.equal(app.found.length, 2)
    }
  })

  it('takes exactly maxFiles and refuses one more', async (t) => {
    const app = await noting(t, { attachments: { maxFiles: 3 } })
    for (const [count, status] of [
      [2, 303],
      [3, 303],
      [4, 413],
    ] as const) {
      const files = Array.from({ length: count }, (_, i) => attachment(`${i}`))
      const { body, ...answer } = await app.submit(title, ...files)
      assert.equal(answer.status, status, `${count}`)
      if (status === 413) assert.match(body, /Choose at most 3 files\./)
    }
    assert.deepEqual(
      app.found.map((run) => run.length),
      [3, 4],
    )
    assert.deepEqual(await app.emptied(), [])
  })

  it('limits the text of a form with files to limits.body, whatever the size of the files', async (t) => {
    const app = await noting(t, { picture: { maxSize: 100_000 } }, { limits: { body: 2000 } })
    const hidden = app.hidden((await app.page()).body)
    const frame = (length: number) => [...hidden, ['text', 'x'.repeat(length)] as const]
    const { multipartBody } = await import('../setup/upload-app.js')
    const text = multipartBody(...frame(0), picture('')).length
    for (const [length, status] of [
      [2000 - text - 1, 303],
      [2000 - text, 303],
      [2000 - text + 1, 413],
    ] as const) {
      for (const content of ['', 'x'.repeat(100_000)]) {
        const answer = await app.send([...frame(length), picture(content)])
        assert.equal(answer.status, status, `${length} and ${content.length}`)
      }
    }
  })

  it('refuses a file in a field that takes none, and text where a file belongs', async (t) => {
    const app = await noting(t, { picture: {} })
    const stray = await app.submit(title, { name: 'other', filename: 'x', content: 'x' })
    assert.equal(stray.status, 413)
    assert.match(stray.body, /does not accept a file in that place/)
    assert.equal((await app.submit(title, ['picture', 'a.png'])).status, 415)
    assert.equal((await app.submit(title, ['picture', ''])).status, 303)
    assert.deepEqual(app.found, [[{ name: 'title', value: 'Hello' }]])
  })

  it('names the accepted types at the field, and keeps the text', async (t) => {
    const app = await noting(t, { picture: { types: ['image/*', '.pdf'] } })
    const { status, body } = await app.submit(picture('x', 'text/html', 'x.html'), title)
    assert.equal(status, 422)
    assert.match(
      body,
      /id="upload-picture-issue">We cannot accept this type of file here\..* image\/\*, \.pdf\./,
    )
    assert.match(body, /name="title" value="Hello"/)
    assert.equal((await app.submit(picture('x', 'image/webp'))).status, 303)
    assert.equal((await app.submit(picture('x', 'application/x', 'X.PDF'))).status, 303)
    assert.equal(app.found.length, 2)
    assert.deepEqual(await app.emptied(), [])
  })

  it('refuses content of another type with sniff, in storage as in onFile', async (t) => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')
    const rule = { types: ['image/png'], sniff: true, maxSize: 100_000 }
    const seen: number[] = []
    const apps = [
      await noting(t, { picture: rule }),
      await uploadApp(t, {
        define: (actions) =>
          actions.define('upload', {
            files: { picture: rule },
            async onFile(_file, stream) {
              let size = 0
              for await (const piece of stream) size += piece.length
              seen.push(size)
            },
            run: () => redirect('/thanks'),
          }),
      }),
    ]
    for (const app of apps) {
      for (const [content, status] of [
        [Buffer.concat([png, Buffer.alloc(50_000)]), 303],
        [Buffer.concat([Buffer.from('<!doctype html>'), Buffer.alloc(50_000, 'x')]), 422],
        [Buffer.from('x'), 422],
      ] as const) {
        const answer = await app.submit(title, picture(content))
        assert.equal(answer.status, status)
        if (status === 422)
          assert.match(answer.body, /upload-picture-issue">We cannot accept this type of file/)
        assert.deepEqual(await app.emptied(), [])
      }
    }
    assert.deepEqual(seen, [png.length + 50_000])
  })

  it('gives the action a safe name and the type that the sender claims', async (t) => {
    const app = await noting(t, { picture: {} })
    await app.submit(picture('x', 'IMAGE/PNG; a=b', '..\\..\\etc/\u202epass%0Awd.png'))
    assert.deepEqual(app.found[0]?.[0]?.file, { name: 'passwd.png', type: 'image/png', size: 1 })
  })

  it('validates files together with the fields', async (t) => {
    let given: unknown
    const app = await uploadApp(t, {
      define: (actions) =>
        actions.define('upload', {
          files: { picture: {}, attachments: { maxFiles: 2 } },
          input: z.object({
            title: z.string().min(1, 'Enter a title'),
            picture: z.file().min(3, 'Too small'),
            attachments: z.array(z.file()),
          }),
          async run({ input }) {
            given = [await input.picture.text(), input.attachments.length]
          },
        }),
    })
    const small = await app.submit(['title', ''], picture('x'), attachment('1'), attachment('2'))
    assert.equal(small.status, 422)
    assert.match(small.body, /Enter a title/)
    assert.match(small.body, /Too small/)
    assert.equal((await app.submit(title, picture('xyz'), attachment('1'), attachment('2'))).status, 200)
    assert.deepEqual(given, ['xyz', 2])
  })

  it('keeps the files that the action persists, and no others', async (t) => {
    const target = join(scratch(t), 'kept.txt')
    const app = await uploadApp(t, {
      define: (actions) =>
        actions.define('upload', {
          files: { picture: {} },
          async run({ formData }) {
            const file = formData.get('picture')
            if (file instanceof File) await file.persist(target)
          },
        }),
    })
    assert.equal((await app.submit(picture('content'))).status, 200)
    assert.equal(readFileSync(target, 'utf8'), 'content')
    assert.deepEqual(await app.emptied(), [])
  })

  it('takes no file without a declaration, and writes nothing', async (t) => {
    const app = await noting(t, {})
    assert.equal((await app.submit(title, picture('x'))).status, 413)
    assert.deepEqual(app.found, [])
    assert.deepEqual(app.stored(), [])
  })

  it('refuses misspelt and impossible options when the action is defined', async (t) => {
    const app = await noting(t, {})
    assert.ok(app)
    const { createActions } = await import('../../lib/sealform.js')
    const define = (options: object) => () =>
      createActions({ keys: testKey }).define('a', {
        run: () => invalid(''),
        ...options,
      })
    for (const options of [
      { files: { a: { maxsize: 1 } } },
      { files: { a: { maxFiles: 0 } } },
      { files: { sealform: {} } },
      { onFile() {} },
      { files: { a: {} }, onFile: 'x' },
    ]) {
      assert.throws(define(options), { code: 'ERR_OPTION_INVALID' })
    }
  })
})
