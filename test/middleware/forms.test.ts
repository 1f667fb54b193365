import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { invalid, redirect, type Submission } from '../../lib/sealform.js'
import { type TestPage, visit } from '../../lib/testing/testing.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

function signupApp() {
  return createTestApp(({ actions, router }) => {
    const signup = actions.define('signup', async () =>
      invalid({ email: ['Taken', 'Try another'], topics: 'Choose one' }),
    )
    router.get('/signup', (ctx) => {
      const form = ctx.form(signup)
      ctx.body = html`${form.summary()}<form ${form.attributes}>${form.fields}
        <input ${form.input('email', { type: 'email', 'aria-describedby': 'hint' })}>${form.issue('email')}
        ${form.textarea('bio', { rows: 3 })}
        <input ${form.input('day', { type: 'date' })}>
        <input ${form.input('ref', { type: 'hidden', value: 'none' })}>
        <input ${form.input('password', { type: 'password' })}><input ${form.input('_trap')}>
        <input ${form.input('door', { type: 'password' })}>
        <input ${form.input('plan', { type: 'radio', value: 'free', checked: true })}><input ${form.input('plan', { type: 'radio', value: 'pro' })}>
        <input ${form.input('topics', { type: 'checkbox', value: 'news', checked: true })}><input ${form.input('topics', { type: 'checkbox', value: 'tips' })}>${form.issue('topics')}
        ${form.select('country', ['de', { value: 'fr', label: 'France' }])}
        ${form.select('langs', ['en', 'fr', 'de'], { multiple: true, value: 'en' })}
        <input ${form.input('tag')}><input ${form.input('tag')}>
        <p>${form.value('email')}|${form.values('langs').join(',')}|${String(form.checked('topics', 'tips'))}</p><button>Sign up</button></form>`
    })
  })
}

describe('a form that is shown again', () => {
  it('has the value of every kind of control, and of no secret', async () => {
    const { app } = signupApp()
    const page = await visit(app, '/signup')
    const form = page.form('signup')
    assert.deepEqual(
      [form.value('plan'), form.values('topics'), form.values('langs')],
      ['free', ['news'], ['en']],
    )
    form.fill({
      email: 'a@b.c',
      bio: '\nfirst line empty',
      day: '2026-11-20',
      password: 'hunter2',
      door: 'hunter3',
      _trap: 'bot',
      plan: 'pro',
      topics: ['tips'],
      country: 'fr',
      langs: ['fr', 'de'],
      tag: ['one', 'two'],
    })
    const answer = await form.submit()
    assert.equal(answer.status, 422)
    const given = answer.form('signup')
    const secrets = ['sealform', 'password', '_trap', 'sealform.secret.door']
    assert.deepEqual(
      given.entries().filter(([name]) => !secrets.includes(name)),
      form.entries().filter(([name]) => !secrets.includes(name)),
    )
    assert.deepEqual([given.value('password'), given.value('_trap'), given.value('door')], ['', '', ''])
    assert.match(
      answer.html,
      /id="signup-email" name="email" type="email" aria-describedby="signup-email-issue hint" value="a@b.c" aria-invalid="true"/,
    )
    assert.match(answer.html, /id="signup-email-issue">Taken<br>Try another</)
    assert.match(
      answer.html,
      /<textarea id="signup-bio" name="bio" rows="3">\n\r\nfirst line empty<\/textarea>/,
    )
    assert.doesNotMatch(answer.html, /hunter|bot/)
    assert.match(answer.html, /id="signup-plan-pro" name="plan" type="radio" value="pro" checked/)
    assert.match(answer.html, /value="news" aria-invalid/)
    assert.match(answer.html, /id="signup-tag" name="tag" value="one"/)
    assert.match(answer.html, /id="signup-tag-2" name="tag" value="two"/)
    assert.ok(answer.has('a@b.c|fr,de|true'))
    assert.equal(answer.link('Taken').url, `${answer.url}#signup-email`)
  })

  it('ticks nothing when nothing was ticked', async () => {
    const { app } = signupApp()
    const form = (await visit(app, '/signup')).form('signup').uncheck('topics', 'news').fill({ langs: [] })
    const given = (await form.submit()).form('signup')
    assert.deepEqual([given.values('topics'), given.values('langs')], [[], []])
  })
})

describe('several forms on a page', () => {
  function listApp(items: string[]) {
    const runs: string[] = []
    const parts = createTestApp(({ actions, router }) => {
      const rename = actions.define('rename', async ({ formData }, id: string) => {
        runs.push(`${id}=${formData.get('name')}`)
        return invalid({ name: 'No' })
      })
      const add = actions.define('add', async () => redirect('/'))
      router.get('/list', (ctx) => {
        ctx.body = html`${items.map((id) => {
          const form = ctx.form(rename.bind(null, id), ctx.query.keyed ? { key: id } : {})
          return html`<form ${form.attributes}>${form.fields}<input ${form.input('name', { value: id })}>${form.issue('name')}</form>`
        })}${[ctx.form(add)].map((form) => html`<form ${form.attributes}>${form.fields}<input ${form.input('name')}></form>`)}`
      })
    })
    return { ...parts, runs, items }
  }

  it('have different ids, and only the submitted one shows the outcome', async () => {
    const { app, runs } = listApp(['a', 'b', 'c'])
    const page = await visit(app, '/list')
    const answer = await page.form('rename-2').fill({ name: 'B!' }).submit()
    assert.equal(answer.status, 422)
    assert.deepEqual(runs, ['b=B!'])
    assert.deepEqual(namesIn(answer), ['a', 'B!', 'c', ''])
    assert.equal(answer.elements('[aria-invalid]').length, 1)
    assert.match(answer.form('rename-2').html, /aria-invalid/)
  })

  it('show the input at the same item after the list changed', async () => {
    const { app, items } = listApp(['a', 'b', 'c'])
    const page = await visit(app, '/list')
    items.shift()
    const answer = await page.form('rename-2').fill({ name: 'B!' }).submit()
    assert.deepEqual(namesIn(answer), ['B!', 'c', ''])
    assert.match(answer.form('rename').html, /aria-invalid/)
  })

  it('show the input at the same item after its form expired and the list changed', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const runs: string[] = []
    const items = ['a', 'b', 'c']
    const { request } = createTestApp(({ actions, router }) => {
      const rename = actions.define('rename', {
        ttl: 1,
        run: async (_submission, id: string) => void runs.push(id),
      })
      router.get('/list', (ctx) => {
        ctx.body = html`${items.map((id) => {
          const form = ctx.form(rename.bind(null, id))
          return html`<form ${form.attributes}>${form.fields}<input ${form.input('name', { value: id })}></form>`
        })}`
      })
    })
    const { fields } = formIn((await request.get('/list')).text, 'rename-2')
    items.shift()
    t.mock.timers.tick(1100)
    const answer = await request
      .post('/list')
      .set(fromSamePage)
      .send(urlencoded(fields, { name: 'B!' }))
      .expect(409)
    assert.match(formIn(answer.text, 'rename').html, /value="B!"/)
    assert.match(formIn(answer.text, 'rename-2').html, /value="c"/)
    assert.deepEqual(runs, [])
  })

  it('are told apart by their key', async () => {
    const { app } = listApp(['a', 'b c', 'd'])
    const page = await visit(app, '/list?keyed=1')
    const answer = await page.form('rename', 'b c').fill({ name: 'B!' }).submit()
    assert.equal(answer.form('rename', 'b c').value('name'), 'B!')
  })
})

describe('state that a form carries', () => {
  function counterApp() {
    return createTestApp(({ actions, router }) => {
      const count = actions.define(
        'count',
        async ({ previous, formData }: Submission<undefined, { n: number }>) => {
          if (formData.get('by') === 'x') return invalid({ by: 'Not a number' })
          return { n: (previous?.n ?? 0) + Number(formData.get('by')) }
        },
      )
      router.get('/counter', (ctx) => {
        const form = ctx.form(count, { initial: { n: 10 } })
        ctx.body = html`<b>${form.state?.n}</b><form ${form.attributes}>${form.fields}<input ${form.input('by')}></form>`
      })
    })
  }

  it('goes from submission to submission without a session', async () => {
    const { app } = counterApp()
    let page = await visit(app, '/counter')
    assert.deepEqual(page.texts('b'), ['10'])
    for (const expected of ['11', '12', '13']) {
      page = await page.form('count').fill({ by: 1 }).submit()
      assert.equal(page.status, 200)
      assert.deepEqual(page.texts('b'), [expected])
      assert.equal(page.headers['set-cookie'], undefined)
    }
  })

  it('stays as it was when the submission is invalid', async () => {
    const { app } = counterApp()
    const first = await visit(app, '/counter')
    const second = await first.form('count').fill({ by: 5 }).submit()
    const third = await second.form('count').fill({ by: 'x' }).submit()
    assert.equal(third.status, 422)
    assert.deepEqual(third.texts('b'), ['15'])
    const fourth = await third.form('count').fill({ by: 1 }).submit()
    assert.deepEqual(fourth.texts('b'), ['16'])
  })

  it('is refused with 400 in the form of another item', async () => {
    const { request } = createTestApp(({ actions, router }) => {
      const rate = actions.define(
        'rate',
        async ({ previous }, id: string) => `${id} after ${String(previous)}`,
      )
      router.get('/items', (ctx) => {
        ctx.body = html`${['a', 'b'].map((id) => {
          const form = ctx.form(rate.bind(null, id), { key: id, initial: `state of ${id}` })
          return html`<form ${form.attributes}>${form.fields}${form.state}</form>`
        })}`
      })
    })
    const page = await request.get('/items')
    const a = formIn(page.text, 'rate-a').fields
    const b = formIn(page.text, 'rate-b').fields
    const swapped = { ...a, 'sealform.state': b['sealform.state'] ?? '' }
    await request.post('/items').set(fromSamePage).send(urlencoded(swapped)).expect(400)
    const answer = await request.post('/items').set(fromSamePage).send(urlencoded(a)).expect(200)
    assert.match(answer.text, /a after state of a/)
  })

  it('is not lost when the form has expired', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { request } = createTestApp(({ actions, router }) => {
      const count = actions.define('count', {
        ttl: 1,
        run: async ({ previous }: Submission<undefined, { n: number }>) => ({ n: (previous?.n ?? 0) + 1 }),
      })
      router.get('/counter', (ctx) => {
        const form = ctx.form(count, { initial: { n: 10 } })
        ctx.body = html`<b>${form.state?.n}</b><form ${form.attributes}>${form.fields}</form>`
      })
    })
    const first = await request.get('/counter')
    const second = await request
      .post('/counter')
      .set(fromSamePage)
      .send(urlencoded(formIn(first.text, 'count').fields))
      .expect(200)
    t.mock.timers.tick(1100)
    const third = await request
      .post('/counter')
      .set(fromSamePage)
      .send(urlencoded(formIn(second.text, 'count').fields))
      .expect(409)
    assert.match(third.text, /<b>11<\/b>/)
  })

  it('is refused with 400 when it was changed, or is the seal of the action', async () => {
    const { request } = counterApp()
    const { fields } = formIn((await request.get('/counter')).text, 'count')
    for (const state of ['', 'x', tamper(fields['sealform.state'] ?? ''), fields.sealform ?? '']) {
      await request
        .post('/counter')
        .set(fromSamePage)
        .send(urlencoded({ ...fields, 'sealform.state': state }, { by: '1' }))
        .expect(400)
    }
  })
})

describe('a region', () => {
  function regionApp() {
    return createTestApp(({ actions, router }) => {
      const act = actions.define('act', async ({ formData }) =>
        formData.get('ok') ? { ok: true } : invalid({ ok: 'Tick it' }),
      )
      router.get('/page', (ctx) => {
        const form = ctx.form(act)
        ctx.body = html`<header>whole page</header>${ctx.region('box', html`<div id="box"><form ${form.attributes}>${form.fields}${form.issue('ok')}</form></div>`)}`
      })
      router.get('/wrong', (ctx) => {
        ctx.body = ctx.region('box', '<div id="other"></div>')
      })
    })
  }

  it('is sent alone to a client that requests it, with the status of the outcome', async () => {
    const { request } = regionApp()
    const page = await request.get('/page')
    assert.match(page.headers.vary ?? '', /Sealform-Region/)
    const { fields } = formIn(page.text, 'act')
    for (const [header, value] of [
      ['Sealform-Region', 'box'],
      ['Turbo-Frame', 'box'],
      ['HX-Target', 'box'],
      ['X-Up-Target', '#box'],
      ['HX-Target', 'div#box'],
    ] as const) {
      const answer = await request
        .post('/page')
        .set({ ...fromSamePage, [header]: value })
        .send(urlencoded(fields))
      // With the id alone it is htmx 2, which shows no answer of the 400s.
      const status = header === 'HX-Target' && value === 'box' ? [200, '422'] : [422, undefined]
      assert.deepEqual([answer.status, answer.headers['sealform-status']], status)
      assert.match(answer.text, /^<div data-sealform-region id="box">.*Tick it.*<\/div>$/s)
      assert.match(answer.headers.vary ?? '', new RegExp(header))
      assert.match(answer.headers['content-type'] ?? '', /^text\/html/)
      const got = await request.get('/page').set(header, value).expect(200)
      assert.match(got.text, /^<div data-sealform-region id="box">/)
    }
  })

  it('is replaced by the whole page when the page has no such region', async () => {
    const { request } = regionApp()
    const { fields } = formIn((await request.get('/page')).text, 'act')
    const answer = await request
      .post('/page')
      .set({ ...fromSamePage, 'Sealform-Region': 'nav' })
      .send(urlencoded(fields))
    assert.match(answer.text, /whole page/)
  })

  it('must be one element with that id', async () => {
    const { request, errors } = regionApp()
    await request.get('/wrong').expect(500)
    assert.match(String(errors[0]), /must be one element with id="box"/)
  })
})

describe('a page with a seal that is tied to a session', () => {
  it('is kept out of every cache', async () => {
    const { request } = createTestApp(
      ({ actions, router }) => {
        const act = actions.define('act', async () => {})
        router.get('/page', (ctx) => {
          ctx.set('Cache-Control', 'public, max-age=60')
          ctx.body = String(ctx.form(act).fields)
        })
      },
      { session: (ctx) => ctx.cookies.get('sid') },
    )
    assert.equal((await request.get('/page')).headers['cache-control'], 'public, max-age=60')
    const bound = await request.get('/page').set('Cookie', 'sid=1')
    assert.equal(bound.headers['cache-control'], 'private, no-store')
  })
})

/** Returns the value of the field "name" in each form. */
function namesIn(page: TestPage): (string | undefined)[] {
  return page.forms.map((form) => form.value('name'))
}

/** Changes a character in the middle, because some bits of the last one are unused. */
function tamper(token: string): string {
  const middle = Math.floor(token.length / 2)
  return `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`
}
