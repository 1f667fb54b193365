import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { createTour } from '../../examples/tour/app.js'
import { directoryStorage } from '../../lib/sealform.js'
import { scratch } from '../setup/file-storage.js'
import { formIn, fromSamePage, listen, testKey } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { pngPicture } from '../setup/sample-files.js'

const MiB = 1024 * 1024
const png = file('avatar.png', pngPicture(), 'image/png')

test('upload: accepts a picture and three attachments, and leaves nothing in the storage', async (t) => {
  const { send, gallery, emptied } = await visitTour(t)
  const attachments = ['a', 'b', 'c'].map((name) => file(`${name}.txt`, name))
  const arrived = await send('upload', { title: 'Hello & <b>', picture: png, attachments })
  assert.equal(arrived.status, 303)
  assert.equal(arrived.location, '/gallery')
  const html = await gallery()
  assert.match(html, /<h2>Hello &amp; &lt;b&gt;<\/h2>/)
  assert.match(html, /avatar\.png<\/a>, 120,278 bytes/)
  assert.match(html, /<li>a\.txt, 1 byte<\/li>/)
  assert.match(html, /<li>c\.txt, 1 byte<\/li>/)
  assert.deepEqual(await emptied(), [])
})

test('upload: accepts a picture of exactly 5 MiB, and refuses one byte more', async (t) => {
  const { send, gallery, emptied } = await visitTour(t)
  for (const [size, status] of [
    [5 * MiB - 1, 303],
    [5 * MiB, 303],
    [5 * MiB + 1, 413],
  ] as const) {
    const picture = file('large.png', Buffer.alloc(size), 'image/png')
    const answer = await send('upload', { title: `Size ${size}`, picture })
    assert.equal(answer.status, status, `${size}`)
    if (status === 413) assert.match(answer.html, /name="title"[^>]* value="Size 5242881"/)
  }
  assert.doesNotMatch(await gallery(), /Size 5242881/)
  assert.deepEqual(await emptied(), [])
})

test('upload: accepts three attachments of exactly 10 MiB, and refuses a larger one and a fourth', async (t) => {
  const { send, emptied } = await visitTour(t)
  const whole = file('a.bin', Buffer.alloc(10 * MiB))
  const larger = file('a.bin', Buffer.alloc(10 * MiB + 1))
  const small = file('small', 'x')
  const sendWith = (...attachments: File[]) => send('upload', { title: 'Title', picture: png, attachments })
  assert.equal((await sendWith()).status, 303)
  assert.equal((await sendWith(whole, whole, whole)).status, 303)
  const tooLarge = await sendWith(larger)
  assert.equal(tooLarge.status, 413)
  assert.match(tooLarge.html, /id="upload-attachments-issue">This file is too large/)
  const tooMany = await sendWith(small, small, small, small)
  assert.equal(tooMany.status, 413)
  assert.match(tooMany.html, /id="upload-attachments-issue">Choose at most 3 files/)
  assert.match(tooMany.html, /value="Title"/)
  assert.deepEqual(await emptied(), [])
})

test('upload: keeps the files after an empty title and one of 101 characters', async (t) => {
  const { send, stored, gallery } = await visitTour(t)
  for (const title of ['', ' ', 'x'.repeat(101)]) {
    const refused = await send('upload', { title, picture: png })
    assert.equal(refused.status, 422)
    assert.match(refused.html, /avatar\.png, 120 kB, kept/)
  }
  assert.equal(stored().length, 3)
  assert.match(await gallery(), /Nothing has arrived yet/)
  assert.equal((await send('upload', { title: 'x'.repeat(100), picture: png })).status, 303)
})

test('upload: serves a picture with its type, to be shown', async (t) => {
  const { send, get } = await visitTour(t)
  await send('upload', { title: 'T', picture: file('ünï “code”.gif', pngPicture(), 'image/gif') })
  const { status, headers, body } = await get('/gallery/1')
  assert.equal(status, 200)
  assert.equal(headers.get('content-type'), 'image/png')
  assert.match(String(headers.get('content-disposition')), /^inline; filename="[^\r\n]*"; filename\*=UTF-8''/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('content-security-policy'), "default-src 'none'; sandbox")
  assert.ok(body.equals(pngPicture()))
})

test('upload: offers a file that only claims to be a picture for download, without a type', async (t) => {
  const { send, get, gallery } = await visitTour(t)
  const pretenders = [
    file('a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'image/svg+xml'),
    file('b.png', '<!doctype html><script>alert(1)</script>', 'image/png'),
    file('c.html', `GIF8<script>alert(1)</script>`, 'image/gif'),
    file('d.jpg', '', 'image/jpeg'),
  ]
  for (const [i, picture] of pretenders.entries()) {
    assert.equal((await send('upload', { title: 'T', picture })).status, 303)
    const { headers } = await get(`/gallery/${i + 1}`)
    assert.equal(headers.get('content-type'), 'application/octet-stream', picture.name)
    assert.match(String(headers.get('content-disposition')), /^attachment; /)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }
  assert.doesNotMatch(await gallery(), /<img src="\/gallery/)
})

test('upload: limits the gallery to twelve, and drops the oldest', async (t) => {
  const { send, get, gallery } = await visitTour(t)
  for (let i = 1; i <= 12; i++) await send('upload', { title: `Number ${i}`, picture: png })
  assert.match(await gallery(), /Number 1</)
  assert.equal((await get('/gallery/1')).status, 200)
  await send('upload', { title: 'Number 13', picture: png })
  const titles = Array.from((await gallery()).matchAll(/<h2>Number (\d+)<\/h2>/g), ([, number]) => number)
  assert.deepEqual(titles, ['13', '12', '11', '10', '9', '8', '7', '6', '5', '4', '3', '2'])
  for (const id of ['1', '0', '14', '2.0', 'x', '__proto__']) {
    assert.equal((await get(`/gallery/${id}`)).status, 404, id)
  }
})

test('large: shows name, size and SHA-256, and stores nothing', async (t) => {
  const { send, stored } = await visitTour(t)
  for (const content of [Buffer.alloc(3 * MiB, 'large'), Buffer.alloc(1), Buffer.alloc(0)]) {
    const answer = await send('large', { file: file('any <thing>', content) })
    assert.equal(answer.status, 200)
    const facts = Array.from(answer.html.matchAll(/<dd>(?:<code>)?([^<]*)/g), ([, fact]) => fact)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const size = content.length === 1 ? '1 byte' : `${content.length.toLocaleString('en')} bytes`
    assert.deepEqual(facts, ['any &lt;thing&gt;', size, sha256])
  }
  assert.deepEqual(stored(), [])
})

test('large: refuses a text in place of the file, and an empty form', async (t) => {
  const { send } = await visitTour(t)
  const forged = await send('large', { file: JSON.stringify({ name: 'x', size: 1, sha256: 'forged' }) })
  assert.equal(forged.status, 415)
  assert.doesNotMatch(forged.html, /<dd>/)
  const empty = await send('large', {})
  assert.equal(empty.status, 422)
  assert.match(empty.html, /id="large-file-issue">Choose a file/)
})

test('large: refuses two gigabytes by their declared size', async (t) => {
  const { port, get } = await visitTour(t)
  const { fields } = formIn((await get('/large')).body.toString(), 'large')
  const head = Object.entries(fields)
    .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('')
  const status = await new Promise((resolve, reject) => {
    const headers = {
      ...fromSamePage,
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': 2 * 1024 * MiB,
    }
    const sending = request({ port, host: '127.0.0.1', path: '/large', method: 'POST', headers })
    sending.once('response', (answer) => {
      resolve(answer.statusCode)
      sending.destroy()
    })
    sending.once('error', reject)
    sending.write(`${head}--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`)
  })
  assert.equal(status, 413)
})

type Fields = Readonly<Record<string, string | File | readonly File[]>>

async function visitTour(t: TestContext) {
  const directory = scratch(t)
  const uploads = { storage: directoryStorage({ directory }) }
  const tour = createTour({ keys: testKey, uploads, onRefused: () => {} })
  const port = await listen(createServer(tour.callback()), (close) => t.after(close))
  const url = `http://127.0.0.1:${port}`
  const stored = () => readdirSync(directory)
  return { port, stored, emptied, get, send, gallery }

  async function emptied(): Promise<string[]> {
    await until(() => stored().length === 0)
    return stored()
  }

  function get(path: string) {
    return fetchFully(url + path)
  }

  async function gallery(): Promise<string> {
    return (await get('/gallery')).body.toString()
  }

  /** Loads the page of the same name and sends its form with these fields. */
  async function send(name: string, fields: Fields) {
    const form = formIn((await get(`/${name}`)).body.toString(), name)
    const body = new FormData()
    for (const [key, value] of Object.entries(form.fields)) body.append(key, value)
    for (const [key, values] of Object.entries(fields)) {
      for (const value of [values].flat()) body.append(key, value)
    }
    const sent = { method: 'POST', headers: fromSamePage, body, redirect: 'manual' } as const
    const { status, headers, body: answer } = await fetchFully(`${url}/${name}`, sent)
    return { status, location: headers.get('location'), html: answer.toString() }
  }
}

async function fetchFully(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init)
  const body = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, body }
}

function file(name: string, content: string | Buffer, type = 'application/octet-stream'): File {
  return new File([content], name, { type })
}
