import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flash, invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`targets that are no region on ${framework.name}`, () => cases(framework))
}

const pages: NonNullable<SiteOptions['pages']> = {
  '/page': (view, act) => {
    const form = view.form(act)
    const news = () => html`<p id="news">${String(view.forms.flash ?? '')}</p>`
    return {
      html: html`<!doctype html><title>Page</title>${view.region('news', news, { always: true })}
        ${view.region('box', html`<div id="box"><form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form></div>`)}`,
    }
  },
}

function cases(framework: Framework): void {
  it('makes htmx replace the region around a form that is its own target', async (t) => {
    for (const run of [() => invalid({ text: 'Not that' }), () => flash('Added', '/page')]) {
      const site = await openSite(t, framework, { run, pages })
      for (const asking of [
        { 'HX-Request': 'true', 'HX-Target': 'act' },
        { 'HX-Request': 'true', 'HX-Target': 'form#act', 'HX-Source': 'form#act' },
      ]) {
        const { text, headers } = await site.submit({}, { headers: asking })
        const { 'hx-retarget': target, 'hx-reswap': swap, 'hx-reselect': select } = headers
        assert.deepEqual([target, swap, select], ['#box', 'outerHTML', '#box'])
        assert.match(
          text,
          /^<div data-sealform-region id="box">.*<p hx-swap-oob="true" data-sealform-region id="news">/s,
        )
      }
      const region = await site.submit({}, { headers: { 'HX-Request': 'true', 'HX-Target': 'box' } })
      assert.equal(region.headers['hx-reswap'], undefined)
    }
  })

  it('gives Unpoly the whole page after a redirect to it, where its target may lack the form', async (t) => {
    const site = await openSite(t, framework, { run: () => flash('Added', '/page'), pages })
    const unpoly = (target: string) =>
      site.submit({}, { headers: { 'X-Up-Version': '3.14.3', 'X-Up-Target': target, 'X-Up-Mode': 'root' } })
    const rows = await unpoly('.rows')
    assert.deepEqual([rows.status, rows.headers['x-up-target']], [200, 'body'])
    assert.match(rows.text, /^<!doctype html>.*Added.*name="sealform"/s)
    assert.equal((await unpoly('main')).status, 303)
  })

  it('sends a new overlay the one region that it takes', async (t) => {
    const site = await openSite(t, framework, { run: () => flash('Added', '/page'), pages })
    const overlay = {
      'X-Up-Version': '3.14.3',
      'X-Up-Target': '#box',
      'X-Up-Mode': 'modal',
      'X-Up-Origin-Mode': 'root',
    }
    const answers = [
      await site.request.get('/page').set(overlay),
      await site.submit({}, { headers: overlay }),
    ]
    for (const { status, text, headers } of answers) {
      assert.deepEqual([status, headers['x-up-target']], [200, undefined])
      assert.match(text, /<div data-sealform-region id="box">/)
      assert.doesNotMatch(text, /id="news"/)
    }
    // The message is in no part that was sent, so it waits.
    assert.doesNotMatch(String(answers[1]!.headers['set-cookie']), /Max-Age=0/)
    const within = await site.submit({}, { headers: { ...overlay, 'X-Up-Origin-Mode': 'modal' } })
    assert.equal(within.headers['x-up-target'], '#box, #news:maybe')
  })

  it('puts a page that an overlay cannot place where the form was', async (t) => {
    let shown = false
    const site = await openSite(t, framework, {
      run: () => invalid({ text: 'Not that' }),
      pages: {
        '/page': (view, act, others) => {
          if (shown) throw new Error('broken')
          shown = true
          return pages['/page']!(view, act, others)
        },
      },
    })
    const { status, text, headers } = await site.submit(
      {},
      {
        headers: {
          'X-Up-Version': '3.14.3',
          'X-Up-Target': '#box',
          'X-Up-Fail-Target': '#act',
          'X-Up-Mode': 'modal',
          'X-Up-Fail-Mode': 'modal',
          'X-Up-Origin-Mode': 'modal',
        },
      },
    )
    assert.deepEqual([status, headers['x-up-target']], [422, undefined])
    assert.match(text, /<div id="act">.*Not that.*value="typed"/s)
  })
}
