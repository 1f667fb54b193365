import assert from 'node:assert/strict'
import { describe, it, mock, type TestContext } from 'node:test'
import { forbidden, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of frameworks) {
  describe(`what a developer is told on ${framework.name}`, () => cases(framework))
}

/** Collects the lines that name an action, which must differ from case to case: each line is written once in a process. */
function linesAbout(t: TestContext, action: string): string[] {
  const lines: string[] = []
  const spy = mock.method(console, 'warn', (line: unknown) => {
    if (String(line).includes(`"${action}"`)) lines.push(String(line))
  })
  t.after(() => spy.mock.restore())
  return lines
}

let made = 0

interface PageOptions {
  readonly path?: boolean
  readonly development?: boolean
  readonly authorize?: () => unknown
}

function cases(framework: Framework): void {
  /** A page at /a with the form of a new action, and a page at /b without it. */
  async function openPages(
    t: TestContext,
    run: () => unknown,
    print: 'whole' | 'without fields' = 'whole',
    { path = true, development = true, authorize }: PageOptions = {},
  ) {
    const name = `advice-${++made}`
    const lines = linesAbout(t, name)
    const site = await openSite(t, framework, {
      actions: { development },
      define: (actions) => ({ lost: actions.define(name, { path, run, ...(authorize && { authorize }) }) }),
      pages: {
        '/a': (view, _act, { lost }) => {
          const form = view.form(lost!)
          return {
            html: html`<!doctype html><form ${form.attributes}>${print === 'whole' && form.fields}<button>Go</button></form>`,
          }
        },
        '/b': () => ({ html: html`<!doctype html><p>Nothing here</p>` }),
      },
    })
    const { text } = await site.request.get('/a')
    const send = (to: string) =>
      site.request
        .post(to)
        .set({ ...fromSamePage, Referer: `http://127.0.0.1:${site.port}/a?secret=1` })
        .send(urlencoded(formIn(text, name).fields))
    return { name, lines, send, site }
  }

  it('is a form whose tag is printed without its hidden fields, once', async (t) => {
    const { name, lines, site } = await openPages(t, () => undefined, 'without fields')
    await site.request.get('/a')
    await until(() => lines.length > 0)
    assert.deepEqual(lines, [
      `sealform: the page /a has printed form.attributes of "${name}" and not form.fields, so nothing that is sent from this form reaches the action. Print form.fields directly after the form tag.`,
    ])
  })

  it('is a form that was sent by GET because its tag lacks its attributes, once', async (t) => {
    const path = `/by-get-${++made}`
    const lines: string[] = []
    const spy = mock.method(console, 'warn', (line: unknown) => lines.push(String(line)))
    t.after(() => spy.mock.restore())
    const name = `advice-${++made}`
    const site = await openSite(t, framework, {
      actions: { development: true },
      define: (actions) => ({ unsent: actions.define(name, () => undefined) }),
      pages: {
        [path]: (view, _act, { unsent }) => {
          const form = view.form(unsent!)
          return { html: html`<form id="${form.id}">${form.fields}</form>` }
        },
      },
    })
    const { text } = await site.request.get(path)
    const sent = urlencoded(formIn(text, name).fields)
    assert.deepEqual(lines, [])
    await site.request.get(`${path}?${sent}`)
    await site.request.get(`${path}?page=2&${sent}`)
    await until(() => lines.length > 0)
    assert.deepEqual(lines, [
      `sealform: a form of the page ${path} was sent by GET, with its seal in the URL, so no action ran. Print form.attributes in the form tag, which says method="post". A template engine must print it raw, as EJS does by <%- %>.`,
    ])
  })

  it('is a page that does not make the form that was sent, and where it was sent from', async (t) => {
    const { name, lines, send } = await openPages(t, () => invalid('No'), 'whole', { path: false })
    assert.equal((await send('/b')).status, 422)
    assert.equal((await send('/b')).status, 422)
    assert.deepEqual(lines, [
      `sealform: GET /b was run to show what is wrong with a submission and did not make the form of "${name}" that was sent, so the visitor got the built-in page. The form was sent from /a: leave out "action" in its form tag, so that it posts to its own page.`,
    ])
  })

  it('is a form that posts to a page which has not printed it', async (t) => {
    const { name, lines, send } = await openPages(t, () => redirect('/a'))
    assert.equal((await send('/b')).status, 403)
    assert.match(
      lines.join('\n'),
      new RegExp(`the form of "${name}" on /a posts to /b, and its seal is good only`),
    )
    assert.doesNotMatch(lines.join('\n'), /secret/)
  })

  it('is an outcome that was made and not returned, with its line', async (t) => {
    const { name, lines, send } = await openPages(t, async () => {
      await Promise.resolve()
      invalid('Too short')
    })
    assert.equal((await send('/a')).status, 200)
    assert.equal(lines.length, 1)
    assert.match(
      lines[0]!,
      new RegExp(
        `^sealform: "${name}" called invalid\\(\\) at file:.*/advice\\.test\\.js:\\d+:\\d+ and returned nothing`,
      ),
    )
  })

  it('is a refusal that authorize has made and not returned, so that the action runs', async (t) => {
    const authorize = async () => {
      await Promise.resolve()
      forbidden()
    }
    const { name, lines, send } = await openPages(t, () => redirect('/b'), 'whole', { authorize })
    assert.equal((await send('/a')).status, 303)
    assert.equal(lines.length, 1)
    assert.match(
      lines[0]!,
      new RegExp(
        `^sealform: authorize\\(\\) of "${name}" called forbidden\\(\\) at file:.*/advice\\.test\\.js:\\d+:\\d+ and returned nothing, which admits`,
      ),
    )
  })

  it('is nothing when authorize returns its refusal, and nothing in production', async (t) => {
    const refusing = await openPages(t, () => redirect('/b'), 'whole', { authorize: () => forbidden() })
    const refused = await refusing.send('/a')
    assert.equal(refused.status, 403)
    const authorize = () => {
      forbidden()
    }
    const quiet = await openPages(t, () => redirect('/b'), 'whole', { development: false, authorize })
    assert.equal((await quiet.send('/a')).status, 303)
    assert.deepEqual(
      [refusing.lines, quiet.lines].map((lines) => lines.filter((line) => line.includes('returned nothing'))),
      [[], []],
    )
  })

  it('is nothing when outcomes are returned or thrown, and nothing in production', async (t) => {
    const returned = await openPages(t, async () => invalid('No'))
    assert.equal((await returned.send('/a')).status, 422)
    const thrown = await openPages(t, () => {
      throw invalid('No')
    })
    assert.equal((await thrown.send('/a')).status, 422)
    const lost = () => {
      invalid('No')
    }
    const quiet = await openPages(t, lost, 'whole', { development: false })
    assert.equal((await quiet.send('/a')).status, 200)
    assert.deepEqual([returned.lines, thrown.lines, quiet.lines], [[], [], []])
  })
}
