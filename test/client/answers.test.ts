import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, gate, openSite, record, region, wholePage } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const focused = (page: Page) =>
  page.evaluate<string>('document.activeElement.id || document.activeElement.localName')
const announced = (page: Page) => page.locator('body > [role=status]:not([id])').textContent()
const summary = '<div id="summary" role="alert" tabindex="-1" autofocus>There is a problem</div>'

describe('an answer', () => {
  it('replaces its region, takes its title, and leaves the rest of the page alone', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: `<p id="rest">Rest</p>${region(form('<input name="title"><button>Add</button>'))}<input id="other">`,
      answer: ({ fields }) => ({
        html: `<title>Added</title>${region(`<p>${fields.title}</p>${form('<button>Add</button>')}`)}`,
      }),
    })
    await page.locator('#other').fill('typed')
    await page.evaluate(`document.querySelector('#rest').mark = 1`)
    await page.locator('[name=title]').fill('Milk')
    await page.getByRole('button').click()
    await page.getByText('Milk').waitFor()
    assert.equal(await page.title(), 'Added')
    assert.equal(await page.locator('#other').inputValue(), 'typed')
    assert.equal(await page.evaluate(`document.querySelector('#rest').mark`), 1)
    assert.equal(sent[0]?.headers['sealform-region'], 'region')
    assert.match(sent[0]?.headers['content-type'] ?? '', /^multipart\/form-data/)
  })

  it('may hold several regions: those asked for, and those that come with every answer', async (t) => {
    const regions = (text: string) => [
      region(text, 'list'),
      region(text, 'flash'),
      region(form('<button data-region="list count">Go</button>'), 'form'),
      `<b id="count" data-sealform-region>${text}</b>`,
    ]
    const { page, sent } = await openSite(t, browser, {
      body: regions('old').join(''),
      answer: () => ({ html: regions('new').join('') }),
    })
    await page.getByRole('button').click()
    await page.locator('#count', { hasText: 'new' }).waitFor()
    assert.equal(await page.locator('#list').textContent(), 'new')
    assert.equal(await page.locator('#flash').textContent(), 'new')
    assert.equal(sent[0]?.headers['sealform-region'], 'list,count')
  })

  it('gives buttons the seals of the answer, of another action as well', async (t) => {
    const step = (n: number) =>
      region(
        form(
          `<input name="title"><button name="sealform.submit" value="next ${n}">Next</button> <button name="sealform.submit" value="back ${n}">Back</button><p>Step ${n}</p>`,
        ),
      )
    const { page, sent } = await openSite(t, browser, {
      body: step(1),
      answer: () => ({ html: step(sent.length + 1) }),
    })
    for (const [i, button] of ['Next', 'Next', 'Back'].entries()) {
      await page.getByRole('button', { name: button }).click()
      await page.getByText(`Step ${i + 2}`).waitFor()
    }
    assert.deepEqual(
      sent.map(({ fields }) => fields['sealform.submit']),
      ['next 1', 'next 2', 'back 3'],
    )
  })

  it('encodes the ids of regions, which may hold any letter', async (t) => {
    const body = region(form('<button>Go</button>'), 'Aufträge')
    const { page, sent } = await openSite(t, browser, { body, answer: () => ({ html: body }) })
    await page.getByRole('button').click()
    await until(() => sent.length === 1)
    assert.equal(decodeURI(String(sent[0]?.headers['sealform-region'])), 'Aufträge')
  })

  it('that is a whole page replaces the page and runs no script', async (t) => {
    const { page } = await openSite(t, browser, {
      body: `<h1>Old</h1>${region(form('<button>Go</button>'))}`,
      answer: () => ({
        status: 500,
        html: wholePage(
          `<h1>Failed</h1>${form('<input name="title" value="kept">')}<script src="/extra.js"></script>`,
          '',
          'Error',
        ),
      }),
      files: { '/extra.js': 'window.runs = (window.runs ?? 0) + 1' },
    })
    await page.getByRole('button').click()
    await page.getByRole('heading', { name: 'Failed' }).waitFor()
    assert.equal(await page.locator('[name=title]').inputValue(), 'kept')
    assert.equal(await page.title(), 'Error')
    assert.equal(await page.getByRole('heading', { name: 'Old' }).count(), 0)
    assert.equal(await page.evaluate('window.runs'), 1)
  })

  it('without content changes nothing', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: region(form('<button>Go</button><input id="a">')),
    })
    const seen = await record(page)
    await page.locator('#a').fill('typed')
    await page.getByRole('button').click()
    await until(() => sent.length === 1)
    await page.locator('#add:not([aria-busy])').waitFor()
    assert.equal(await page.locator('#a').inputValue(), 'typed')
    assert.deepEqual(await seen(), ['submit', 'done 204'])
  })
})

describe('a redirect', () => {
  const site = (answer: { status?: number; headers: Record<string, string>; html?: string }) => ({
    body: region(form('<button>Go</button>')),
    answer: () => answer,
    files: { '/next': wholePage('<h1 id="here">Next</h1>'), '/silent': wholePage('<h1>Silent</h1>') },
  })

  it('that the script is told of is followed by the browser', async (t) => {
    const { page, url } = await openSite(
      t,
      browser,
      site({ status: 204, headers: { 'Sealform-Location': '/next#here' } }),
    )
    await page.getByRole('button').click()
    await page.getByRole('heading', { name: 'Next' }).waitFor()
    assert.equal(page.url(), `${url}next#here`)
    await page.goBack()
    await page.getByRole('button', { name: 'Go' }).waitFor()
  })

  it('that the browser has followed in silence is opened as a page', async (t) => {
    const { page, url } = await openSite(t, browser, site({ status: 303, headers: { Location: '/silent' } }))
    await page.getByRole('button').click()
    await page.getByRole('heading', { name: 'Silent' }).waitFor()
    assert.equal(page.url(), `${url}silent`)
  })

  it('to the page itself is shown from the same answer, at its part', async (t) => {
    const { page, sent } = await openSite(
      t,
      browser,
      site({
        headers: { 'Sealform-Location': '/#row' },
        html: region(`${'<p>far</p>'.repeat(200)}<p id="row">Row</p>${form('<button>Go</button>')}`),
      }),
    )
    const seen = await record(page)
    await page.getByRole('button').click()
    await page.locator('#row:target').waitFor()
    assert.equal(sent.length, 1)
    assert.deepEqual(await seen(), ['submit', 'redirect 200 /#row', 'swap'])
  })

  it('to another scheme does nothing, as in a Location header', async (t) => {
    const { page, url } = await openSite(
      t,
      browser,
      site({ status: 204, headers: { 'Sealform-Location': ' javascript:document.title=1' } }),
    )
    const seen = await record(page)
    await page.getByRole('button').click()
    await until(async () => (await seen()).length === 2)
    assert.deepEqual([page.url(), await page.title()], [url, 'Start'])
  })

  it('stays when a listener cancels it', async (t) => {
    const { page, url } = await openSite(
      t,
      browser,
      site({ status: 204, headers: { 'Sealform-Location': '/next' } }),
    )
    const seen = await record(page, 'redirect')
    await page.getByRole('button').click()
    await until(async () => (await seen()).length === 2)
    await page.locator('#add:not([aria-busy])').waitFor()
    assert.equal(page.url(), url)
  })
})

describe('the events', () => {
  const statuses = { done: 200, invalid: 422, refused: 409, failed: 500 } as const

  for (const [name, status] of Object.entries(statuses)) {
    it(`tell that a submission is ${name}, and keep the page when it is canceled`, async (t) => {
      const body = region(form('<button>Go</button>'))
      const { page } = await openSite(t, browser, {
        body,
        answer: () => ({ status, html: region(`<p>Answer</p>${form('<button>Go</button>')}`) }),
      })
      const seen = await record(page, name)
      await page.getByRole('button').click()
      await until(async () => (await seen()).includes(`${name} ${status}`))
      await page.locator('#add:not([aria-busy])').waitFor()
      assert.equal(await page.getByText('Answer').count(), 0)
      assert.deepEqual(await seen(), ['submit', `${name} ${status}`])
    })
  }

  it('keep a form from being sent, and a region from being replaced', async (t) => {
    for (const canceled of ['submit', 'swap']) {
      const { page, sent } = await openSite(t, browser, {
        body: region(form('<button>Go</button>')),
        answer: () => ({ html: region('Answer') }),
      })
      const seen = await record(page, canceled)
      await page.getByRole('button').click()
      await until(async () => (await seen()).includes(canceled))
      assert.equal(await page.getByText('Answer').count(), 0)
      assert.equal(sent.length, canceled === 'swap' ? 1 : 0)
    }
  })

  it('leave a form alone that another listener has prevented', async (t) => {
    const { page, sent } = await openSite(t, browser, { body: region(form('<button>Go</button>')) })
    await page.evaluate(`document.addEventListener('submit', (event) => event.preventDefault())`)
    const seen = await record(page)
    await page.getByRole('button').click()
    assert.deepEqual([await seen(), sent.length], [[], 0])
  })

  it('let a listener change what is sent', async (t) => {
    const { page, sent } = await openSite(t, browser, { body: region(form('<button>Go</button>')) })
    await page.evaluate(
      `addEventListener('sealform:submit', ({ detail }) => detail.data.set('extra', detail.button.localName))`,
    )
    await page.getByRole('button').click()
    await until(() => sent.length === 1)
    assert.equal(sent[0]?.fields.extra, 'button')
  })
})

describe('the focus after an answer', () => {
  const page422 = (content: string) => ({ status: 422, html: region(content) })
  const start = region(form('<input id="a" name="a"><button id="go">Go</button>'))

  it('goes to what asks for it, which is then not announced a second time', async (t) => {
    const { page } = await openSite(t, browser, {
      body: start,
      answer: () =>
        page422(
          `${summary}${form('<input id="a" name="a" aria-invalid="true"><button id="go">Go</button>')}`,
        ),
    })
    await page.locator('#go').click()
    await page.locator('#summary').waitFor()
    assert.equal(await focused(page), 'summary')
    assert.equal(await announced(page), '')
  })

  it('goes to the first invalid control where there is no summary', async (t) => {
    const { page } = await openSite(t, browser, {
      body: start,
      answer: () => page422(form('<input id="a" name="a" aria-invalid="true"><button id="go">Go</button>')),
    })
    await page.locator('#go').click()
    await page.locator('[aria-invalid]').waitFor()
    assert.equal(await focused(page), 'a')
  })

  it('stays where it was, and a word is announced', async (t) => {
    const { page } = await openSite(t, browser, {
      body: start,
      tag: 'data-done="Fertig."',
      answer: () => ({ html: start }),
    })
    await page.locator('#go').click()
    await page.locator('body > [role=status]', { hasText: 'Fertig.' }).waitFor({ state: 'attached' })
    assert.equal(await focused(page), 'go')
    assert.deepEqual(await page.locator('[role=status]').allTextContents(), ['Fertig.'])
  })

  it('goes to the region when its element is gone', async (t) => {
    const { page } = await openSite(t, browser, {
      body: start,
      answer: () => ({ html: region('<p>Empty</p>') }),
    })
    await page.locator('#go').click()
    await page.getByText('Empty').waitFor()
    assert.equal(await focused(page), 'region')
  })

  it('stays in a frame, with its caret', async (t) => {
    const { page } = await openSite(t, browser, {
      body: `<iframe src="/frame"></iframe>${start}`,
      files: { '/frame': wholePage('<input id="inside" value="text">') },
      answer: () => ({ html: region('<p>New</p>') }),
    })
    const frame = page.frameLocator('iframe').locator('#inside')
    await frame.focus()
    await frame.press('Home')
    await page.evaluate(`document.querySelector('#add').requestSubmit()`)
    await page.getByText('New').waitFor()
    await page.keyboard.type('x')
    assert.equal(await frame.inputValue(), 'xtext')
  })

  it('leaves it to a status that comes with the answer to be announced once, and to one that was there to speak', async (t) => {
    let known = ''
    const { page } = await openSite(t, browser, {
      body: start,
      answer: () => {
        const html = region(
          `<p role="status" id="news">Saved${known}</p>${form('<button id="go">Go</button>')}`,
        )
        known = ' again'
        return { html }
      },
    })
    await page.locator('#go').click()
    await page.locator('#news').waitFor()
    assert.equal(await announced(page), 'Saved')
    await page.locator('#go').click()
    await page.getByText('Saved again').waitFor()
    assert.equal(await announced(page), '')
  })

  it('leaves it to a region that is a status itself to speak, and says a word where that is empty', async (t) => {
    const news = (text: string) => `<p role="status" id="news" data-sealform-region>${text}</p>`
    let text = 'Saved'
    const { page } = await openSite(t, browser, {
      body: start + news(''),
      answer: () => ({ html: start + news(text) }),
    })
    await page.locator('#go').click()
    await page.locator('#news', { hasText: 'Saved' }).waitFor()
    assert.equal(await announced(page), '')
    text = ''
    await page.locator('#go').click()
    await page.locator('body > [role=status]', { hasText: 'Done.' }).waitFor({ state: 'attached' })
    assert.equal(await page.locator('#news').textContent(), '')
  })

  it('says a word where the status in a region is empty', async (t) => {
    const quiet = region(`<p role="status"></p>${form('<button id="go">Go</button>')}`)
    const { page } = await openSite(t, browser, { body: quiet, answer: () => ({ html: quiet }) })
    await page.locator('#go').click()
    await page.locator('body > [role=status]', { hasText: 'Done.' }).waitFor({ state: 'attached' })
  })

  it('goes to a region that asks for it itself', async (t) => {
    const news = '<p role="status" id="news" tabindex="-1" autofocus data-sealform-region>Saved</p>'
    const { page } = await openSite(t, browser, {
      body: `${start}<p id="news" data-sealform-region></p>`,
      answer: () => ({ html: start + news }),
    })
    await page.locator('#go').click()
    await page.locator('#news', { hasText: 'Saved' }).waitFor()
    await until(async () => (await focused(page)) === 'news')
    assert.equal(await announced(page), '')
  })
})

describe('what was typed', () => {
  const content = (title = '') =>
    region(
      form(`<input id="title" name="title" value="${title}"><input id="note" name="note"><input type="checkbox" id="urgent" name="urgent" value="1">
        <select id="list" name="list"><option>a</option><option>b</option></select><input type="file" id="file" name="file"><textarea id="text" name="text"></textarea><button id="go">Go</button>`) +
        form('<input id="else" name="else"><input type="checkbox" id="tick" name="tick">', '', 'other'),
    )

  it('goes back to the default where it was sent, and stays everywhere else', async (t) => {
    const held = gate()
    const { page, sent } = await openSite(t, browser, {
      body: content(),
      answer: async () => {
        await held.opened
        return { html: content() }
      },
    })
    await page.locator('#title').fill('sent')
    await page.locator('#text').fill('two\nlines')
    await page.locator('#urgent').check()
    await page.locator('#list').selectOption('b')
    await page
      .locator('#file')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
    await page.locator('#else').fill('typed before')
    await page.locator('#tick').check()
    await page.locator('#go').click()
    await until(() => sent.length === 1)
    await page.locator('#note').fill('typed meanwhile')
    held.open()
    await page.locator('#add:not([aria-busy])').waitFor()
    const value = (id: string) => page.locator(id).inputValue()
    assert.deepEqual(
      [
        await value('#title'),
        await value('#text'),
        await value('#list'),
        await value('#file'),
        await page.locator('#urgent').isChecked(),
      ],
      ['', '', 'a', '', false],
    )
    assert.deepEqual(
      [await value('#note'), await value('#else'), await page.locator('#tick').isChecked()],
      ['typed meanwhile', 'typed before', true],
    )
    assert.deepEqual([sent[0]?.fields.text, sent[0]?.fields.file], ['two\r\nlines', 'a.txt'])
  })

  for (const [where, body] of [
    [
      'outside of the region',
      (alert: string) =>
        `${region(form(`${alert}<button>Add</button>`))}<textarea id="text" name="text" form="add"></textarea>`,
    ],
    [
      'in what is to be kept',
      (alert: string) =>
        region(
          form(`${alert}<p data-keep><textarea id="text" name="text"></textarea></p><button>Add</button>`),
        ),
    ],
  ] as const) {
    it(`stays ${where}, which the answer does not print again`, async (t) => {
      const { page, sent } = await openSite(t, browser, {
        body: body(''),
        answer: () => ({ status: 422, html: body('<p role="alert">No</p>') }),
      })
      await page.locator('#text').fill('typed')
      await page.getByRole('button').click()
      await page.getByRole('alert').waitFor()
      await until(() => page.evaluate(`!document.querySelector('#add').ariaBusy`))
      assert.equal(sent[0]?.fields.text, 'typed')
      assert.equal(await page.locator('#text').inputValue(), 'typed')
    })
  }

  it('follows the server again after it was sent once', async (t) => {
    let title = ''
    const { page } = await openSite(t, browser, { body: content(), answer: () => ({ html: content(title) }) })
    await page.locator('#title').fill('mine')
    await page.locator('#go').click()
    await page.locator('#add:not([aria-busy])').waitFor()
    await until(async () => (await page.locator('#title').inputValue()) === '')
    title = 'from the server'
    await page.locator('#other').evaluate((each: { requestSubmit(): void }) => each.requestSubmit())
    await page.locator('#title[value="from the server"]').waitFor()
    assert.equal(await page.locator('#title').inputValue(), 'from the server')
  })
})
