import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import Handlebars, { type HelperOptions } from 'handlebars'
import type { Submittable } from '../../lib/action/action.js'
import { invalid, redirect } from '../../lib/sealform.js'
import type { Form } from '../../middleware/express.js'
import { type ExpressModule, expressApp, expresses, formPage } from '../setup/express-app.js'

for (const [name, express] of expresses) {
  describe(`routes on ${name}`, () => routes(express))
  describe(`view engines on ${name}`, () => views(express))
}

const refuse = () => invalid({ text: 'Not that' })

function routes(express: ExpressModule): void {
  it('shows outcomes through a router that is mounted at a path', async (t) => {
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.use(middleware)
        const inner = express.Router()
        inner.get('/items/:id', (req, res) => {
          res.send(formPage(req, act))
        })
        app.use('/shop', express.Router().use('/de', inner))
      },
    })
    const answer = await app.submit('/shop/de/items/7?page=2')
    assert.equal(answer.status, 422)
    assert.ok(
      answer.text.includes(
        '<p>GET /shop/de/items/7?page=2 /shop/de /items/7?page=2 {&quot;page&quot;:&quot;2&quot;}</p>',
      ),
    )
  })

  it('answers below the path that it is mounted at, and nothing else', async (t) => {
    const app = await expressApp(t, express, {
      run: refuse,
      actions: {},
      mount({ app, act, middleware }) {
        app.use('/shop', middleware)
        app.get('/shop/items', (req, res) => {
          res.send(formPage(req, act))
        })
        app.post('/other', (_req, res) => {
          res.send('not a submission')
        })
      },
    })
    const answer = await app.submit('/shop/items?a=1')
    assert.equal(answer.status, 422)
    assert.ok(
      answer.text.includes('<p>GET /shop/items?a=1  /shop/items?a=1 {&quot;a&quot;:&quot;1&quot;}</p>'),
    )
    const other = await app.request.post('/other').send('sealform=x')
    assert.equal(other.text, 'not a submission')
  })

  it('may be mounted in a router or in a nested app', async (t) => {
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        const router = express.Router()
        router.use(middleware)
        router.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        const inner = express()
        inner.use(middleware)
        inner.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
        app.use('/router', router)
        app.use('/app', inner)
      },
    })
    for (const place of ['router', 'app']) {
      const answer = await app.submit(`/${place}/form?a=1`)
      assert.equal(answer.status, 422)
      assert.ok(answer.text.includes(`<p>GET /${place}/form?a=1 /${place} /form?a=1`))
    }
  })

  it('binds a seal to the whole path, with the mount path', async (t) => {
    const app = await expressApp(t, express, {
      mount({ app, actions, middleware }) {
        const here = actions.define('here', { path: true, run: () => redirect('/done') })
        app.use(middleware)
        const router = express.Router().get('/form', (req, res) => {
          res.send(`<form id="act">${req.form(here).fields}</form>`)
        })
        app.use('/a', router)
        app.use('/b', router)
      },
    })
    assert.equal((await app.submit('/a/form')).status, 303)
    assert.equal((await app.submit('/b/form', {}, { from: '/a/form' })).status, 403)
  })

  it('passes POSTs without a seal to POST routes, and no submission', async (t) => {
    const seen: string[] = []
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.use(middleware)
        app.use((req, _res, next) => {
          seen.push(req.method)
          next()
        })
        app
          .route('/form')
          .get((req, res) => {
            res.send(formPage(req, act))
          })
          .post(express.urlencoded({ extended: false }), (req, res) => {
            res.json(req.body)
          })
      },
    })
    assert.equal((await app.submit('/form')).status, 422)
    const other = await app.request.post('/form').send('text=other')
    assert.deepEqual(other.body, { text: 'other' })
    assert.deepEqual(seen, ['GET', 'GET', 'POST'])
  })

  it('restores the method for middleware that runs after the page', async (t) => {
    const seen: unknown[] = []
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.use((req, res, next) => {
          res.on('finish', () => seen.push([req.method, req.headers['content-type'], res.statusCode]))
          next()
        })
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.send(formPage(req, act))
        })
      },
    })
    await app.submit('/form')
    assert.deepEqual(seen, [
      ['GET', undefined, 200],
      ['POST', 'application/x-www-form-urlencoded', 422],
    ])
  })
}

function views(express: ExpressModule): void {
  const templates = fileURLToPath(new URL('../../../test/views/templates/', import.meta.url))

  /** A page whose template gets its form from the handler. */
  async function assertShown(
    t: TestContext,
    template: string,
    forTemplate = (form: Form): Form => form,
  ): Promise<void> {
    const app = await expressApp(t, express, {
      run: () => invalid({ email: 'No "e-mail" <address>' }),
      mount({ app, act, middleware }) {
        app.set('views', templates)
        app.engine('hbs', renderHandlebars)
        app.use(middleware)
        app.get('/form', (req, res) => {
          res.render(template, { form: forTemplate(req.form(act)), preview: act, sizes: ['S', 'M'] })
        })
      },
    })
    const got = await app.request.get('/form')
    assert.equal(got.status, 200)
    assert.match(got.text, /<form id="act" method="post" accept-charset="utf-8">/)
    const answer = await app.submit('/form', { name: 'Ann <b> & Co' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /name="name" required value="Ann &lt;b&gt; &amp; Co"/)
    assert.match(answer.text, /No &quot;e-mail&quot; &lt;address&gt;/)
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  }

  it('print forms in EJS', (t) => assertShown(t, 'order.ejs'))
  it('print forms in Pug', (t) => assertShown(t, 'order.pug'))
  it('print forms in Handlebars', (t) => assertShown(t, 'order.hbs', (form) => form.toObject()))

  it('find form and region in every template', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sealform-test-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(
      join(folder, 'page.ejs'),
      `<% const own = form(act) %><p>page</p><%- region('box', '<form ' + own.attributes + '>' + own.fields + own.issue('text') + '</form>') %>`.replace(
        "region('box'",
        "region('act'",
      ),
    )
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        app.set('views', folder)
        app.use(middleware)
        app.get('/form', (_req, res) => {
          res.render('page.ejs', { act })
        })
      },
    })
    const answer = await app.submit('/form')
    assert.equal(answer.status, 422)
    assert.match(answer.text, /^<p>page<\/p><form data-sealform-region id="act".*Not that.*<\/form>$/s)
    const region = await app.request.get('/form').set('HX-Target', 'act')
    assert.match(region.text, /^<form data-sealform-region id="act".*<\/form>$/s)
  })

  it('may fail while they show an outcome', async (t) => {
    const app = await expressApp(t, express, {
      run: refuse,
      mount({ app, act, middleware }) {
        let shown = 0
        app.set('views', templates)
        app.use(middleware)
        app.get('/form', (req, res) => {
          if (shown++ === 0) res.send(formPage(req, act))
          else res.render('order.ejs')
        })
      },
    })
    const answer = await app.submit('/form')
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<li>Not that<\/li>[\s\S]*value="typed"/)
    assert.match(String(app.errors[0]?.error), /form/)
  })
}

/** Makes Handlebars a view engine of Express, with the helpers of the guide. */
function renderHandlebars(
  path: string,
  options: object,
  callback: (error: unknown, text?: string) => void,
): void {
  const handlebars = Handlebars.create()
  handlebars.registerHelper({
    input: (form: Form, name: string, { hash }: HelperOptions) => form.input(name, hash),
    textarea: (form: Form, name: string, { hash }: HelperOptions) => form.textarea(name, hash),
    select: (form: Form, name: string, sizes: string[], { hash }: HelperOptions) =>
      form.select(name, sizes, hash),
    submit: (form: Form, action: Submittable, { hash }: HelperOptions) => form.submit(action, hash),
  })
  try {
    callback(null, handlebars.compile(readFileSync(path, 'utf8'))(options))
  } catch (error) {
    callback(error)
  }
}
