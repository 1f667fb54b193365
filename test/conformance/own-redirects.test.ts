import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import type { Response } from 'express'
import type Koa from 'koa'
import { flash } from '../../lib/sealform.js'
import { type AnyContext, type Framework, frameworks } from './frameworks.js'
import { rawResponse } from './own-means.js'
import { openSite } from './site.js'

for (const framework of frameworks) {
  describe(`a redirect by the own means of ${framework.name}`, () => cases(framework))
}

function responseOf(context: AnyContext): ServerResponse {
  return (context as unknown as { readonly res: ServerResponse }).res
}

/** Redirects as the framework documents it. */
function redirectOn({ name }: Framework): (context: AnyContext, to: string) => void {
  if (name.startsWith('Koa')) return (context, to) => (context as Koa.Context).redirect(to)
  if (name.startsWith('Express')) return (context, to) => (responseOf(context) as Response).redirect(to)
  return (context, to) =>
    void responseOf(context).writeHead(302, { Location: to, 'Content-Type': 'text/plain' }).end(to)
}

/** Redirects on the raw response, with a status and in pieces. */
function redirectRaw(context: AnyContext, to: string, status = 303): void {
  const res = rawResponse(context)
  res.statusCode = status
  res.setHeader('Location', to)
  res.write('Go to ')
  res.end(to)
}

const ours = { 'Sealform-Region': 'box' }
const htmx = { 'HX-Request': 'true', 'HX-Target': 'box' }

function cases(framework: Framework): void {
  const redirect = redirectOn(framework)

  it('is told without the headers that describe a body', async (t) => {
    const described = ['content-disposition', 'content-range', 'etag', 'last-modified', 'trailer']
    const site = await openSite(t, framework, {
      run: ({ context, formData }) => {
        for (const name of described) responseOf(context).setHeader(name, 'x-sum')
        if (formData.get('text') === 'raw') redirectRaw(context, '/sign-in')
        else redirect(context, '/sign-in')
      },
    })
    for (const text of ['framework', 'raw']) {
      const answer = await site.submit({ text }, { headers: ours })
      assert.deepEqual([answer.status, answer.headers['sealform-location']], [204, '/sign-in'], text)
      assert.deepEqual(
        described.filter((name) => answer.headers[name] !== undefined),
        [],
        text,
      )
    }
  })

  it('is told to clients that would follow in silence, with the cookies of the submission', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ context, cookies, formData }) => {
        cookies.set('seen', 'yes')
        const to = String(formData.get('to'))
        if (formData.get('text') === 'raw') redirectRaw(context, to)
        else redirect(context, to)
      },
    })
    for (const text of ['framework', 'raw']) {
      for (const [headers, name] of [
        [ours, 'sealform-location'],
        [htmx, 'hx-redirect'],
      ] as const) {
        const answer = await site.submit({ text, to: '/sign-in?a=1' }, { headers })
        assert.deepEqual(
          [answer.status, answer.text, answer.headers[name]],
          [204, '', '/sign-in?a=1'],
          `${text} ${name}`,
        )
        assert.deepEqual(
          [answer.headers.location, answer.headers['content-type'], answer.headers['content-length']],
          [undefined, undefined, undefined],
        )
        assert.match(String(answer.headers['set-cookie']), /^seen=yes/)
        assert.equal(answer.headers['cache-control'], 'no-store')
      }
    }
    const here = await site.submit({ to: '/page#box' }, { headers: ours })
    assert.deepEqual([here.status, here.headers['sealform-location']], [204, '/page'])
    assert.deepEqual(await site.failed(0), [])
  })

  it('is told to call(), which shows no page, and leaves a waiting flash to the page that is opened', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ context, cookies, formData }) => {
        if (formData.get('text') === 'flash') return flash('Hello', '/next')
        cookies.set('seen', 'yes')
        if (formData.get('text') === 'raw') redirectRaw(context, '/next')
        else redirect(context, String(formData.get('to') ?? '/next'))
        return undefined
      },
      pages: { '/next': (view) => ({ html: String(view.forms.flash ?? 'nothing') }) },
    })
    const call = { Accept: 'application/vnd.sealform+json' }
    const [waiting] = String((await site.submit({ text: 'flash' })).headers['set-cookie']).split(';')
    for (const text of ['framework', 'raw']) {
      const answer = await site.submit({ text }, { headers: { ...call, Cookie: waiting! } })
      const { headers } = answer
      assert.deepEqual([answer.status, answer.text, headers['sealform-location']], [204, '', '/next'], text)
      assert.deepEqual([headers.location, headers['content-type']], [undefined, undefined])
      assert.deepEqual(
        [headers['set-cookie']].flat().map((line) => line?.split('=', 1)[0]),
        ['seen'],
      )
    }
    const next = await site.request.get('/next').set('Cookie', waiting!)
    assert.equal(next.text, 'Hello')
    const script = await site.submit({ to: 'javascript:alert(1)' }, { headers: call })
    assert.deepEqual([script.status, script.headers['sealform-location']], [302, undefined])
    // Others may follow from a form to data, as one does with plain JSON.
    const plain = await site.submit({}, { headers: { Accept: 'application/json' } })
    assert.deepEqual([plain.status, plain.headers.location], [302, '/next'])
  })

  it('is told where authorize sends a visitor to sign in', async (t) => {
    const site = await openSite(t, framework, {
      action: { authorize: async ({ context }) => redirect(context, '/sign-in') as undefined },
    })
    const answer = await site.submit({}, { headers: htmx })
    assert.deepEqual([answer.status, answer.headers['hx-redirect']], [204, '/sign-in'])
    const called = await site.submit({}, { headers: { Accept: 'application/vnd.sealform+json' } })
    assert.deepEqual([called.status, called.headers['sealform-location']], [204, '/sign-in'])
    assert.deepEqual(site.runs, [])
  })

  it('stays as it is for browsers, for clients that follow, and where only a browser may go', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ context, formData }) => {
        if (formData.get('text') === 'again') redirectRaw(context, '/elsewhere', 307)
        else redirect(context, String(formData.get('to')))
      },
    })
    for (const headers of [
      {},
      { 'HX-Request': 'true', 'HX-Boosted': 'true' },
      { 'Turbo-Frame': 'box' },
      { 'X-Up-Version': '3.14.3', 'X-Up-Target': '#box' },
      { 'X-Alpine-Request': 'true', 'X-Alpine-Target': 'box' },
    ]) {
      const answer = await site.submit({ to: '/sign-in' }, { headers: headers as Record<string, string> })
      assert.deepEqual([answer.status, answer.headers.location], [302, '/sign-in'], JSON.stringify(headers))
    }
    const script = await site.submit({ to: 'javascript:alert(1)' }, { headers: ours })
    assert.deepEqual([script.status, script.headers['sealform-location']], [302, undefined])
    const again = await site.submit({ text: 'again' }, { headers: ours })
    assert.deepEqual([again.status, again.headers.location], [307, '/elsewhere'])
  })
}
