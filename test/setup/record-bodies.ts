/**
 * Records the bodies that a real Chromium sends for forms that are hard to parse: `node
 * dist/test/setup/record-bodies.js`. Writes `test/vectors/bodies/*.bin` and `index.json`. The expected entries are
 * those of `FormData` in the page, with line breaks as the HTML standard sends them.
 */
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import { chromium as program, requireProgram } from './programs.js'

const executablePath = requireProgram(program)
const folder = new URL('../../../test/vectors/bodies/', import.meta.url)
const seal = '<input type="hidden" name="sealform" value="AbC-_09">'

const forms: { name: string; html: string; script?: string; image?: boolean }[] = [
  {
    name: 'plain',
    html: `${seal}<input name="title" value="Buy milk"><input name="note" value=""><input name="list" value="1">`,
  },
  {
    name: 'own-fields',
    html: `${seal}<input type="hidden" name="sealform.form" value="todos.add"><input type="hidden" name="sealform.state" value="S-_9">
      <input name="title" value="x"><button name="sealform.submit" value="Other_1">go</button>`,
  },
  {
    name: 'punctuation',
    html: seal,
    script: `add('a"b', 'c"d'); add("it's", "&=+#;%"); add('back\\\\slash', 'C:\\\\temp\\\\'); add('per%cent', '100% %41 %'); add('a+b c', ' +  '); add('semi;colon', 'a;b=c'); add('tab\\tname', 'tab\\tvalue')`,
  },
  {
    name: 'line-breaks',
    html: seal,
    script: `add('lf\\nname', 'one'); add('crlf\\r\\nname', 'two'); area('text', 'first\\nsecond\\n\\nfourth\\n'); area('start', '\\n\\nx'); hidden('hidden', 'a\\nb\\rc\\r\\nd')`,
  },
  {
    name: 'unicode',
    html: seal,
    script: `add('Größe', 'Ærø – “quoted”'); add('名前', '山田太郎'); add('emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 😀'); add('😀', '1'); add('rtl', 'שלום \\u202e x'); add('bom', '\\ufeffbom'); add('nul', 'a\\u0000b'); add('combining', 'e\\u0301'); hidden('lone', 'x\\ud800y')`,
  },
  {
    name: 'same-names',
    html: `${seal}<input type="checkbox" name="topics" value="a" checked><input type="checkbox" name="topics" value="b"><input type="checkbox" name="topics" value="c" checked>
      <select name="many" multiple><option selected>x<option>y<option selected>z</select><input name="topics" value="last"><input type="radio" name="plan" value="pro" checked>`,
  },
  {
    name: 'prototype-names',
    html: seal,
    script: `add('constructor', '1'); add('toString', '2'); add('a[b]', '3'); add('a.b', '4'); add('then', '5'); add('hasOwnProperty', '6')`,
  },
  {
    name: 'image-button',
    html: `${seal}<input name="title" value="x"><input type="image" name="sealform.submit.Im_-9" alt="go" width="40" height="40">`,
    image: true,
  },
  {
    name: 'empty-file',
    html: `${seal}<input name="before" value="1"><input type="file" name="upload"><input name="after" value="2">`,
  },
  {
    name: 'long-text',
    html: seal,
    script: `area('text', ('Zeile äöü 😀 \\n').repeat(700)); add('after', 'end')`,
  },
  {
    name: 'text-like-a-body',
    html: seal,
    script: `area('text', '------WebKitFormBoundary\\r\\nContent-Disposition: form-data; name="sealform"\\r\\n\\r\\nforged\\r\\n--'); add('text2', '&sealform=forged&x=y')`,
  },
]

const builders = `
  const form = document.forms[0]
  const put = (control, name, value) => { control.name = name; control.value = value; form.append(control) }
  const add = (name, value) => put(document.createElement('input'), name, value)
  const area = (name, value) => put(document.createElement('textarea'), name, value)
  const hidden = (name, value) => { const control = document.createElement('input'); control.type = 'hidden'; put(control, name, value) }
`

let received: { type: string; body: Buffer } | undefined
let page = ''
const server = createServer(async (req, res) => {
  if (req.method === 'POST') {
    const pieces: Buffer[] = []
    for await (const piece of req) pieces.push(piece)
    received = { type: req.headers['content-type'] ?? '', body: Buffer.concat(pieces) }
    res.end('ok')
    return
  }
  res.setHeader('Content-Type', 'text/html; charset=utf-8')
  res.end(page)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
await mkdir(folder, { recursive: true })
const index: unknown[] = []
try {
  for (const form of forms) {
    for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data']) {
      page = `<!doctype html><meta charset="utf-8"><form method="post" enctype="${enctype}">${form.html}</form>`
      const tab = await browser.newPage()
      await tab.goto(`http://127.0.0.1:${port}/`)
      if (form.script) await tab.evaluate(`{${builders}; ${form.script}}`)
      const entries = await tab.evaluate<[string, string][]>(`(() => {
        const form = document.forms[0]
        const button = form.querySelector('button')
        return [...new FormData(form, button ?? undefined)].map(([name, value]) => [name, typeof value === 'string' ? value : { file: value.name, size: value.size }])
      })()`)
      received = undefined
      const navigated = tab.waitForEvent('framenavigated')
      if (form.image) await tab.click('input[type=image]', { position: { x: 7, y: 9 } })
      else
        await tab.evaluate(
          `(() => { const form = document.forms[0]; form.requestSubmit(form.querySelector('button') ?? undefined) })()`,
        )
      await navigated
      await tab.close()
      const sent = received as { type: string; body: Buffer } | undefined
      if (!sent) throw new Error(`${form.name}: nothing was sent`)
      const file = `${form.name}.${enctype.startsWith('multipart') ? 'multipart' : 'urlencoded'}.bin`
      await writeFile(new URL(file, folder), sent.body)
      index.push({ file, contentType: sent.type, entries })
    }
  }
  await writeFile(
    new URL('index.json', folder),
    `{ "browser": "Chromium ${browser.version()}", "bodies": [\n${index.map((body) => JSON.stringify(body)).join(',\n')}\n] }\n`,
  )
} finally {
  await browser.close()
  server.close()
}
