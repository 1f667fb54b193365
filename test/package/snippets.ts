import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { codeBlocks } from '../docs/code-blocks.js'
import { type Program, programPages } from '../docs/programs.js'
import { type Requests, start, startTogether } from '../docs/start.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { hasNodes, installNodes, nodeOf } from '../setup/nodes.js'
import { provesInFull } from '../setup/proofs.js'
import { tarball } from './installed.js'
import { link, ownCopy, ownRange } from './own-packages.js'
import { npmFlags, root, temporaryFolder } from './packed.js'
import { run } from './run.js'

const pages = programPages()
const programs = pages.flatMap((page) => page.programs)

/** The Node that runs TypeScript as it is, which Node does from 22.18 on. */
const nodeForTypes =
  'typescript' in process.features && process.features.typescript ? process.execPath : nodeOf('24.21.0')

/** Undefined where this system has no such Node. */
function nodeFor({ file }: Program): string | undefined {
  if (!file.endsWith('.ts') || nodeForTypes === process.execPath) return process.execPath
  return hasNodes ? nodeForTypes : undefined
}

describe('a program that is pasted from the README or the guide', { concurrency: 4 }, () => {
  const { path: folder, remove } = temporaryFolder()
  after(remove)
  const place = ({ page, file }: Program) => join(folder, page, file)
  const stops: (() => Promise<void>)[] = []
  after(async () => {
    await Promise.all(stops.map((stop) => stop()))
  })
  /** Those that the full proofs do not start one by one, by their paths. */
  const running = new Map<string, Requests>()

  // One folder for all pages, made as the README says, with what all of them tell to install.
  before(async () => {
    const [begin = '', install = ''] = commandsOf('README.md')
    assert.deepEqual([begin, install], ['npm init -y && npm pkg set type=module', 'npm install sealform koa'])
    await run('bash', ['-c', begin], { cwd: folder })
    const packages = new Set(pages.flatMap(({ installed }) => [...installed]))
    packages.delete('sealform')
    const wanted = [...packages].map(withRange)
    // npm installs what the README names. The rest may be links.
    const toInstall = wanted.filter(([name, range]) => name === 'koa' || ownCopy(name, range) === undefined)
    const named = toInstall.map(([name, range]) => `${name}@${range}`)
    await run('npm', ['install', ...npmFlags, tarball().tarball, ...named], { cwd: folder })
    for (const one of wanted) if (!toInstall.includes(one)) link(folder, ...one)
    for (const { page, files } of pages) {
      for (const [file, text] of files) {
        mkdirSync(dirname(join(folder, page, file)), { recursive: true })
        writeFileSync(join(folder, page, file), text)
      }
    }
    if (nodeForTypes !== process.execPath && hasNodes) await installNodes(['24.21.0'])
    if (provesInFull) return
    for (const node of new Set(programs.flatMap((program) => nodeFor(program) ?? []))) {
      const paths = programs.filter((program) => nodeFor(program) === node).map(place)
      const started = await startTogether(paths, (stop) => stops.push(stop), node)
      for (const [path, requests] of started) running.set(path, requests)
    }
  })

  it('imports only packages that its page tells to install', () => {
    const missing = pages.flatMap(({ page, imported, installed }) => {
      const names = new Set([...installed].map((name) => name.replace(/(?<=.)@.*/, '')))
      return [...imported].filter((name) => !names.has(name)).map((name) => `${page}: ${name}`)
    })
    assert.deepEqual(missing, [])
  })

  for (const program of programs) {
    const node = nodeFor(program)
    if (node === undefined) continue
    it(`answers: ${program.file} of ${program.page}`, async (t) => {
      const path = place(program)
      const request = running.get(path) ?? (await start(path, (stop) => t.after(stop), node))
      const { status } = await request.get('/').redirects(0)
      assert.ok(status < 500, `${status}`)
    })
  }

  it('greets, in the ten lines of the README', async (t) => {
    const request = await start(join(folder, 'README', 'app.js'), (stop) => t.after(stop))
    const page = await request.get('/').expect(200).expect('Content-Type', /html/)
    assert.doesNotMatch(page.text, /undefined/)
    const { fields } = formIn(page.text, 'greet')
    const send = (name: string) => request.post('/').set(fromSamePage).send(urlencoded(fields, { name }))
    const empty = await send('').expect(422)
    assert.match(empty.text, /<title>Error: Hello.*id="greet-name-issue">Enter your name</s)
    const greeted = await send('Ada <3').expect(303).expect('Location', '/')
    const cookie = [greeted.headers['set-cookie']].flat().map((line) => String(line).split(';', 1)[0])
    const next = await request.get('/').set('Cookie', cookie.join('; ')).expect(200)
    assert.match(next.text, /Hello, Ada &lt;3!/)
    await request
      .post('/')
      .set({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })
      .send(urlencoded(fields, { name: 'Evil' }))
      .expect(403)
  })

  it('keeps a guest book, on the first page of the guide', async (t) => {
    const request = await start(join(folder, 'getting-started', 'app.js'), (stop) => t.after(stop))
    const page = await request.get('/').expect(200)
    const send = (fields: Record<string, string>, typed: Record<string, string>) =>
      request.post('/').set(fromSamePage).send(urlencoded(fields, typed))
    const sign = formIn(page.text, 'guestbook.sign').fields
    const refused = await send(sign, { name: '', text: 'Lovely <place>' }).expect(422)
    assert.match(refused.text, /<a href="#guestbook\.sign-name">Enter your name<\/a>/)
    assert.match(refused.text, /Lovely &lt;place&gt;<\/textarea>/)
    await send(sign, { name: 'Ann', text: 'Lovely <place>' }).expect(303)

    const signed = await request.get('/')
    assert.match(signed.text, /<li>Ann: Lovely &lt;place&gt;/)
    const id = /<form id="(guestbook\.remove[^"]*)"/.exec(signed.text)?.[1] ?? ''
    await send(formIn(signed.text, id).fields, {}).expect(303)
    assert.doesNotMatch((await request.get('/')).text, /Ann/)

    const old = await request.post('/').set(fromSamePage).send('sealform=x&name=Bob&text=Kept').expect(400)
    assert.match(old.text, /Kept/)
  })
})

/** A package that a page names, such as `lru-cache@11`, and its version: our own, where the page leaves it open. */
function withRange(named: string): [name: string, range: string] {
  const [, name = '', range] = /^(.[^@]*)(?:@(.+))?$/.exec(named) ?? []
  return [name, range ?? ownRange(name)]
}

/** The lines of the first commands on a page. */
function commandsOf(page: string): string[] {
  const block = codeBlocks(join(root, page)).find(({ language }) => language === 'sh')
  return block?.code.split('\n') ?? []
}
