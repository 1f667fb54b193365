import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { before, describe, it } from 'node:test'
import ejs from 'ejs'
import { Eta } from 'eta'
import Handlebars from 'handlebars'
import Koa from 'koa'
import nunjucks from 'nunjucks'
import pug from 'pug'
import { invalid, redirect, type Submittable } from '../../lib/sealform.js'
import type { FileStorage } from '../../lib/types.js'
import type { SealformContext, sealform } from '../../middleware/koa.js'
import { openStream } from '../setup/event-stream.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'
import { uploadApp } from '../setup/upload-app.js'
import { codeBlocks, modulesOf } from './code-blocks.js'
import { compile, root } from './project.js'
import { start } from './start.js'

const guide = join(root, 'docs', 'guide')
const pages = [join(root, 'README.md'), ...readdirSync(guide).map((name) => join(guide, name))]

/**
 * Matches modules that extend Koa's types. They get a program of their own, since the extension applies to a whole
 * program.
 */
const augments = /from 'sealform\/koa\/augment'|import 'sealform\/koa\/augment'|declare module/

describe('the code in README.md and the guide', () => {
  const plain = new Map<string, string>()
  const augmented = new Map<string, string>()
  const react = new Map<string, string>()
  const nest = new Map<string, string>()
  const preact = new Map<string, string>()
  for (const page of pages) {
    const modules = modulesOf(codeBlocks(page))
    const ofComponents = [...modules.keys()].some((name) => name.endsWith('.tsx'))
    const components = /^(preact|jsx)\.md$/.test(basename(page)) ? preact : react
    const ofNest = [...modules.values()].some((code) => code.includes("from '@nestjs/"))
    for (const [name, code] of modules) {
      const onServer = ofNest ? nest : augments.test(code) ? augmented : plain
      const program = ofComponents ? components : onServer
      program.set(join(basename(page, '.md'), name), code)
    }
  }
  let folders: { readonly plain: string; readonly augmented: string; readonly nest: string }
  let messages: string

  before(() => {
    const one = compile('guide', plain)
    const other = compile('guide-augmented', augmented)
    const decorated = compile('guide-nest', nest, {
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    })
    folders = { plain: one.folder, augmented: other.folder, nest: decorated.folder }
    const pages = compile('guide-react', react, { lib: ['ES2023', 'DOM'], jsx: 'react-jsx' })
    const preactPages = compile('guide-preact', preact, {
      lib: ['ES2023', 'DOM'],
      jsx: 'react-jsx',
      jsxImportSource: 'preact',
    })
    messages = one.output + other.output + pages.output + preactPages.output + decorated.output
  })

  it('compiles under strict settings', () => {
    assert.equal(messages, '')
    assert.ok(plain.size > 20)
    assert.ok(react.size > 3)
    assert.ok(nest.size > 1)
    assert.ok(preact.size > 3)
  })

  it('prints the same form in every template engine', async () => {
    const templates = new Map(
      codeBlocks(join(guide, 'templates.md')).map(({ language, code }) => [language, code]),
    )
    const template = (engine: string) => templates.get(engine) ?? assert.fail(`no template for ${engine}`)
    await import(join(folders.plain, 'templates', 'helpers.js'))
    const { request } = createTestApp(({ actions, router }) => {
      const add = actions.define('add', async () => invalid({ title: 'Enter a title' }))
      router.get('/:engine', (ctx) => {
        const form = ctx.form(add)
        const page = {
          ejs: () => ejs.render(template('ejs'), { form }),
          eta: () => new Eta().renderString(template('eta'), { form }),
          nunjucks: () => nunjucks.renderString(template('nunjucks'), { form }),
          pug: () => pug.render(template('pug'), { form }),
          handlebars: () => Handlebars.compile(template('handlebars'))({ form: form.toObject() }),
        }[ctx.params.engine ?? '']
        ctx.type = 'html'
        ctx.body = page?.()
      })
    })
    const shown = async (engine: string) => {
      const { text } = await request.get(`/${engine}`).expect(200)
      const answer = await request
        .post(`/${engine}`)
        .set(fromSamePage)
        .send(urlencoded(formIn(text, 'add').fields, { title: 'A "title"' }))
        .expect(422)
      return answer.text
        .replace(/value="[\w-]{80,}"/, 'value="seal"')
        .replace(/data-sealform-mark="[\w-]{16}"/, 'data-sealform-mark="mark"')
        .replace(/\s*(<|>)\s*/g, '$1')
    }
    const expected = await shown('ejs')
    assert.match(expected, /Enter a title.*required value="A &quot;title&quot;" aria-invalid/)
    for (const engine of ['eta', 'nunjucks', 'pug', 'handlebars']) {
      assert.equal(await shown(engine), expected, engine)
    }
  })

  it('keeps files in the storage from the page about where uploads lie', async (t) => {
    const { memoryStorage }: { readonly memoryStorage: () => FileStorage } = await import(
      join(folders.plain, 'upload-storage', 'memory-storage.js')
    )
    const storage = memoryStorage()
    let content = ''
    const app = await uploadApp(t, {
      storage: () => storage,
      define: (actions) =>
        actions.define('upload', {
          files: { picture: {} },
          async run({ formData }) {
            const picture = formData.get('picture')
            if (formData.get('title') === '') return invalid({ title: 'Enter a title' })
            if (picture instanceof File) content = await picture.text()
            return redirect('/')
          },
        }),
    })
    const first = await app.submit(['title', ''], { name: 'picture', filename: 'a.txt', content: 'hello' })
    assert.match(first.body, /a\.txt, 5 B, kept/)
    assert.equal((await app.send([...app.hidden(first.body), ['title', 'T']])).status, 303)
    assert.equal(content, 'hello')
    assert.equal(await storage.sweep(new Date(Date.now() + 1000)), 0)
  })

  it('limits the rate of one-time submissions as the page about them says, and lets the form be sent later', async () => {
    type Actions = Parameters<typeof sealform>[0]
    const page: { readonly actions: Actions; readonly order: Submittable } = await import(
      join(folders.plain, 'one-time', 'limit-rate.js')
    )
    const { sealform: mount }: { readonly sealform: typeof sealform } = await import('sealform/koa')
    const app = new Koa<Koa.DefaultState, SealformContext>()
    app.use(mount(page.actions, { onRefused: () => {} }))
    app.use((ctx) => {
      const form = ctx.form(page.order)
      ctx.type = 'html'
      ctx.body = `${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`
    })
    const request = requestsTo(app.callback())
    const fresh = async () => formIn((await request.get('/')).text, 'order').fields
    const send = (fields: Record<string, string>) =>
      request
        .post('/')
        .set(fromSamePage)
        .send(urlencoded(fields, { text: 'typed' }))
    const fields = await fresh()
    for (let i = 0; i < 20; i++) await send(i === 0 ? fields : await fresh()).expect(303)
    const limited = await send(await fresh()).expect(429)
    assert.match(limited.headers['retry-after'] ?? '', /^\d+$/)
    assert.match(limited.text, /Too many orders.*value="typed"/s)
    await send(fields).expect(429)
  })

  it('downloads the files of the page about CSV', async (t) => {
    const folder = join(folders.plain, 'csv-download')
    const koa = await start(join(folder, 'app.js'), (stop) => t.after(stop))
    const express = await start(join(folder, 'express-app.js'), (stop) => t.after(stop))
    const send = async (request: typeof koa, action: string, typed: Record<string, string>) =>
      request
        .post('/')
        .set(fromSamePage)
        .send(urlencoded(formIn((await request.get('/')).text, action).fields, typed))
    const orders = await send(koa, 'orders.export', { year: '2025' })
    assert.equal(orders.status, 200)
    assert.equal(orders.headers['content-disposition'], 'attachment; filename="orders-2025.csv"')
    assert.equal(orders.text, '"name","amount"\r\n"Ann","3"\r\n"Ben ""the cook""","5"\r\n')
    const formula = await send(koa, 'orders.export', { year: '2024' })
    assert.match(formula.text, /"'=HYPERLINK\(""https:\/\/evil\.example""\)","1"/)
    const numbers = await send(express, 'numbers.export', { count: '200000' })
    assert.equal(numbers.status, 200)
    assert.match(numbers.headers['content-disposition'] ?? '', /^attachment; filename="?numbers\.csv"?$/)
    assert.equal(numbers.text.split('\r\n').at(-2), '200000,40000000000')
    for (const wrong of [
      await send(koa, 'orders.export', { year: '1999' }),
      await send(express, 'numbers.export', { count: '1999999' }),
    ]) {
      assert.equal(wrong.status, 422)
      assert.equal(wrong.headers['content-disposition'], undefined)
      assert.match(wrong.text, /value="1999/)
    }
  })

  it('passes the tests on the page about testing', () => {
    const folder = join(folders.plain, 'testing')
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const files = ['todos.test.js', 'actions.test.js'].map((name) => join(folder, name))
    const { status, stdout } = spawnSync(process.execPath, ['--test', ...files], { encoding: 'utf8', env })
    assert.equal(status, 0, stdout)
    assert.match(stdout, /pass 5/)
  })

  it('runs the apps of the pages about NestJS and Fastify', async (t) => {
    for (const program of [
      join(folders.nest, 'nestjs', 'main.js'),
      join(folders.plain, 'fastify', 'app.js'),
    ]) {
      const request = await start(program, (stop) => t.after(stop))
      const send = async (title: string) =>
        request
          .post('/')
          .set(fromSamePage)
          .send(urlencoded(formIn((await request.get('/')).text, 'todos.add').fields, { title }))
      const empty = await send(' ')
      assert.equal(empty.status, 422)
      assert.match(empty.text, /<title>Error: Todos.*Enter a title/s)
      assert.equal((await send('Buy bread')).status, 303)
      assert.match((await request.get('/')).text, /<li>Buy milk<\/li><li>Buy bread<\/li>/)
    }
  })

  it('runs the app of the page about live regions, and tells an open page of a new row', async (t) => {
    const request = await start(join(folders.plain, 'live-regions', 'app.js'), (stop) => t.after(stop))
    const page = await request.get('/').expect(200)
    const [, mark] = /data-sealform-live="([^"]+)"/.exec(page.text) ?? assert.fail(page.text)
    const stream = await openStream(t, Number(new URL(request.get('/').url).port), `/sealform-live?${mark}`)
    const { fields } = formIn(page.text, 'todos.add')
    await request
      .post('/')
      .set(fromSamePage)
      .send(urlencoded(fields, { title: 'Milk' }))
      .expect(303)
    assert.match((await stream.received(1))[0]!, /^0:[\w-]{12}$/)
    const answer = await request.get('/').set({ 'Sealform-Region': 'todos', 'Sealform-Live': '1' })
    assert.match(answer.text, /<li>Milk<\/li>/)
    assert.doesNotMatch(answer.text, /<html/)
  })

  it('runs the app of the page about search forms', async (t) => {
    const request = await start(join(folders.plain, 'search-forms', 'app.js'), (stop) => t.after(stop))
    const first = await request.get('/').expect(200)
    assert.equal(first.text.match(/<li>/g)?.length, 3)
    const sent = await request.get('/?q=e&below=5&sort=&page=').redirects(0).expect(302)
    assert.equal(sent.headers.location, './?q=e&below=5')
    const found = await request.get('/?q=e&below=5').expect(200)
    assert.match(found.text, /<ul><li>Ceylon<\/li><\/ul>/)
    assert.match(found.text, /<a href="\.\/\?q=e&amp;below=5&amp;page=2">/)
    const wrong = await request.get('/?q=e&below=cheap').expect(200)
    assert.match(wrong.text, /<title>Error: Teas.*id="catalog-below-issue">Enter a number<.*value="cheap"/s)
  })
})
