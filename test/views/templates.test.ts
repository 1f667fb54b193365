import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import { Eta } from 'eta'
import Handlebars, { type HelperOptions } from 'handlebars'
import nunjucks from 'nunjucks'
import pug from 'pug'
import { z } from 'zod'
import type { Submittable } from '../../lib/action/action.js'
import type { Form } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

interface Page {
  readonly form: Form
  readonly preview: Submittable
  readonly sizes: readonly string[]
}

const folder = fileURLToPath(new URL('../../../test/views/templates/', import.meta.url))

describe('a form in a template engine', () => {
  const expected = normalise(source('order.html'))

  it('is printed by the html tag with its issues, its input and the seal of a second action', async () => {
    assert.equal(await refusedPage(withTag), expected)
  })

  it('is the same in EJS', async () => {
    const template = ejs.compile(source('order.ejs'))
    assert.equal(await refusedPage((page) => template({ ...page })), expected)
  })

  it('is the same in Pug', async () => {
    const template = pug.compile(source('order.pug'))
    assert.equal(await refusedPage((page) => template({ ...page })), expected)
  })

  it('is the same in Nunjucks with autoescape', async () => {
    const environment = new nunjucks.Environment(null, { autoescape: true })
    const template = nunjucks.compile(source('order.njk'), environment)
    assert.equal(await refusedPage((page) => template.render(page)), expected)
  })

  it('is the same in Eta', async () => {
    const eta = new Eta()
    const template = source('order.eta')
    assert.equal(await refusedPage((page) => eta.renderString(template, page)), expected)
  })

  it('is the same in Handlebars, with helpers for the calls that take attributes', async () => {
    const handlebars = Handlebars.create()
    handlebars.registerHelper({
      input: (form: Form, name: string, { hash }: HelperOptions) => form.input(name, hash),
      textarea: (form: Form, name: string, { hash }: HelperOptions) => form.textarea(name, hash),
      select: (form: Form, name: string, options: string[], { hash }: HelperOptions) =>
        form.select(name, options, hash),
      submit: (form: Form, action: Submittable, { hash }: HelperOptions) => form.submit(action, hash),
    })
    const template = handlebars.compile(source('order.hbs'))
    assert.equal(
      await refusedPage(({ form, ...page }) => template({ ...page, form: form.toObject() })),
      expected,
    )
  })
})

function withTag({ form, preview, sizes }: Page): string {
  return html`<!doctype html>
    <title>${form.titlePrefix}Order</title>
    ${form.summary()}
    <form ${form.attributes}>
      ${form.fields}
      <label for="${form.id}-name">Name</label>
      <input ${form.input('name', { required: true })}>
      ${form.issue('name')}
      <label for="${form.id}-email">E-mail</label>
      <input ${form.input('email', { type: 'email' })}>
      ${form.issue('email')}
      <label for="${form.id}-note">Note</label>
      ${form.textarea('note', { rows: 3 })}
      <label for="${form.id}-size">Size</label>
      ${form.select('size', sizes)}
      <label><input ${form.input('gift', { type: 'checkbox' })}> Gift</label>
      <button>Order</button>
      <button ${form.submit(preview)}>Preview</button>
    </form>
    <p>For ${form.value('name')}</p>
    ${form.issues.length > 0 && html`<ul>${form.issues.map(({ name, message }) => html`<li>${name}: ${message}</li>`)}</ul>`}`.toString()
}

/** The page that a visitor gets for an order with a wrong e-mail address, normalised. */
async function refusedPage(render: (page: Page) => string): Promise<string> {
  const { request } = createTestApp(({ actions, router }) => {
    const add = actions.define('orders.add', {
      input: z.object({ email: z.email('No "e-mail" <address>') }),
      run: () => {},
    })
    const preview = actions.define('orders.preview', () => {})
    router.get('/', (ctx) => {
      ctx.type = 'html'
      ctx.body = render({ form: ctx.form(add), preview, sizes: ['small', 'large'] })
    })
  })
  const page = await request.get('/').expect(200)
  const order = {
    name: 'Ann <b> & Co',
    email: '"><script>',
    note: `</textarea> it's\n\n  on two lines`,
    size: 'large',
    gift: 'on',
  }
  const refused = await request
    .post('/')
    .set(fromSamePage)
    .send(urlencoded(formIn(page.text, 'orders.add').fields, order))
    .expect(422)
  return normalise(refused.text)
}

/** Removes what differs between equal pages: seals, white space around tags, notations. */
function normalise(page: string): string {
  return page
    .replace(/(name="sealform(?:\.submit)?" value=")[\w-]+/g, '$1SEAL')
    .replace(/ data-sealform-mark="[\w-]{16}"/g, ' data-sealform-mark="MARK"')
    .replace(/\s*(<[^>]*>)\s*/g, '$1\n')
    .replaceAll('&#34;', '&quot;')
    .replace('<!DOCTYPE', '<!doctype')
}

function source(name: string): string {
  return readFileSync(folder + name, 'utf8')
}
