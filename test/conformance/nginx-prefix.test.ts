import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flash, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { freePort } from '../setup/free-port.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { startNginx } from '../setup/nginx.js'
import { requestsTo } from '../setup/requests-to.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, page, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`relative redirects below a prefix on ${framework.name}`, () => cases(framework))
}

/** What an action redirects to, and where the browser then is. The page of the form is `/app/lists/3?tab=1`. */
const targets = [
  ['edit', '/app/lists/edit'],
  ['../new', '/app/new'],
  ['./', '/app/lists/'],
  ['?tab=2', '/app/lists/3?tab=2'],
  ['?', '/app/lists/3?'],
  ['#done', '/app/lists/3?tab=1#done'],
  ['Ümläut & more', '/app/lists/%C3%9Cml%C3%A4ut%20&%20more'],
] as const

function cases(framework: Framework): void {
  it('lead below it behind nginx, which removes the prefix', async (t) => {
    const site = await openSite(t, framework, prefixed)
    const port = await freePort()
    const nginx = await startNginx(
      `server {
        listen 127.0.0.1:${port};
        location /app/ { proxy_pass http://127.0.0.1:${site.port}/; proxy_set_header Host $http_host; }
      }`,
      port,
    )
    t.after(() => nginx.close())
    await lead(`http://127.0.0.1:${port}`)
    assert.equal(site.runs.length, 2 * targets.length)
  })

  it('lead below it where code in front removes the prefix from the URL', async (t) => {
    const site = await openSite(t, framework, {
      ...prefixed,
      async before(req) {
        req.url = req.url?.replace(/^\/app/, '') ?? '/'
      },
    })
    await lead(`http://127.0.0.1:${site.port}`)
  })

  it('are refused when they lead to a host from some page', async (t) => {
    for (const to of ['..//evil.example', 'x/..//evil.example', './/evil.example', '\\evil.example']) {
      const site = await openSite(t, framework, { run: () => redirect(to) })
      const answer = await site.submit()
      assert.deepEqual([answer.status, answer.headers.location], [400, undefined], to)
    }
  })
}

const prefixed: SiteOptions = {
  pages: {
    '/lists/3': (view, act) => ({ html: page(view, act) }),
    '/lists/edit': (view) => ({ html: html`<p>edit ${String(view.forms.flash)}</p>` }),
  },
  run({ formData }) {
    const to = String(formData.get('text'))
    return formData.get('flash') ? flash('Saved', to) : redirect(to)
  },
}

/** Sends a form for each target, and goes where the answer leads. */
async function lead(origin: string): Promise<void> {
  const request = requestsTo(origin)
  const url = `${origin}/app/lists/3?tab=1`
  const { fields } = formIn((await request.get('/app/lists/3?tab=1')).text, 'act')
  for (const [to, expected] of targets) {
    for (const flashed of [{}, { flash: 'yes' }]) {
      const answer = await request
        .post('/app/lists/3?tab=1')
        .redirects(0)
        .set(fromSamePage)
        .send(urlencoded(fields, { text: to, ...flashed }))
      assert.equal(answer.status, 303, to)
      const { location = '' } = answer.headers
      assert.equal(new URL(location, url).href, `${origin}${expected}`)
      if (to !== 'edit' || !('flash' in flashed)) continue
      const cookie = String(answer.headers['set-cookie']).split(';', 1)[0]!
      const next = await request.get(new URL(location, url).pathname).set('Cookie', cookie)
      assert.equal(next.text, '<p>edit Saved</p>')
    }
  }
}
