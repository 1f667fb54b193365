import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { until } from '../setup/patience.js'
import { form, gate, openSite, region } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

describe('data-confirm', () => {
  const body = region(
    form(
      '<input name="a"><button id="delete" name="do" value="delete" data-confirm="Delete?">Delete it</button>',
    ),
  )

  it('asks in a dialog that begins at the button that does nothing, and gives the focus back', async (t) => {
    const { page, sent } = await openSite(t, browser, { body, tag: 'data-cancel="Abbrechen"' })
    await page.locator('#delete').click()
    const dialog = page.getByRole('alertdialog', { name: 'Delete?' })
    await dialog.waitFor()
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Abbrechen')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await page.evaluate('document.activeElement.id'), 'delete')
    await page.locator('#delete').click()
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(sent.length, 0)
  })

  it('sends the form with its button after a yes, also where the browser sends it', async (t) => {
    for (const site of [body, body.replace('data-sealform-region', '')]) {
      const { page, sent } = await openSite(t, browser, {
        body: site,
        answer: () => ({ html: region('<p>Gone</p>') }),
      })
      await page.locator('#delete').click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete it' }).click()
      await page.getByText('Gone').waitFor()
      assert.deepEqual([sent.length, sent[0]?.fields.do], [1, 'delete'])
    }
  })
})

describe('data-confirm on a button that an answer replaces meanwhile', () => {
  it('sends the form with the button that was pressed, and never its own action', async (t) => {
    const held = gate()
    let answers = 0
    // Where a button has a value of its own, its seal is in its name.
    const content = () =>
      region(
        form(`<b>${answers}</b><button id="go">Go</button>`) +
          form(
            `<button>Own</button><button name="sealform.submit.seal-${answers}" value="clear" data-confirm="Sure?">Clear</button>`,
            '',
            'other',
          ),
      )
    const { page, sent } = await openSite(t, browser, {
      body: content(),
      answer: async () => {
        if (answers++ === 0) await held.opened
        return { html: content() }
      },
    })
    await page.locator('#go').click()
    await until(() => sent.length === 1)
    await page.getByRole('button', { name: 'Clear' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.waitFor()
    held.open()
    await page.locator('b', { hasText: '1' }).waitFor({ state: 'attached' })
    await dialog.getByRole('button', { name: 'Clear' }).click()
    await until(() => sent.length === 2)
    assert.equal(sent[1]?.fields['sealform.submit.seal-0'], 'clear')
    await page.locator('b', { hasText: '2' }).waitFor({ state: 'attached' })
    assert.equal(await page.getByRole('button', { name: 'Clear' }).count(), 1)
  })
})

describe('data-region', () => {
  it('turns the script off when it is empty, on the form or on the button', async (t) => {
    for (const content of [
      form('<button>Go</button>', 'data-region=""'),
      form('<button data-region="">Go</button>'),
    ]) {
      const { page, sent } = await openSite(t, browser, {
        body: region(content),
        answer: () => ({ html: '<h1>Page</h1>' }),
      })
      await page.getByRole('button').click()
      await page.getByRole('heading').waitFor()
      assert.equal(sent[0]?.headers['sealform-region'], undefined)
    }
  })
})

describe('the forms that are left to the browser', () => {
  it('are those for another window, without a seal, with another method, and in dialogs that only close', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: region(
        form('<button id="foreign" formtarget="other">Other</button>') +
          '<form method="post"><button id="unsealed">Unsealed</button></form>' +
          `<dialog id="dialog">${form('<button id="close" formmethod="dialog">Close</button>', '', 'inner')}</dialog>`,
      ),
      answer: () => ({ html: '<h1>Answer</h1>' }),
    })
    await page.evaluate('document.querySelector("#dialog").showModal()')
    await page.locator('#close').click()
    await page.locator('#dialog').waitFor({ state: 'hidden' })
    assert.equal(sent.length, 0)
    const opening = page.context().waitForEvent('page')
    await page.locator('#foreign').click()
    await (await opening).getByRole('heading', { name: 'Answer' }).waitFor()
    assert.equal(await page.locator('[aria-busy]').count(), 0)
    await page.locator('#unsealed').click()
    await page.getByRole('heading', { name: 'Answer' }).waitFor()
    assert.deepEqual(
      sent.map(({ headers }) => headers['sealform-region']),
      [undefined, undefined],
    )
  })
})

describe('a page whose links and forms open another window by `base target`', () => {
  it('leaves its forms to the browser, but those for their own window', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: `<base target="other">${region(form('<button id="foreign">Other</button><button id="own" formtarget="_self">Own</button>'))}`,
      answer: ({ headers }) => ({
        html: headers['sealform-region'] ? region('Taken over') : '<h1>Answer</h1>',
      }),
    })
    const opening = page.context().waitForEvent('page')
    await page.locator('#foreign').click()
    await (await opening).getByRole('heading', { name: 'Answer' }).waitFor()
    assert.equal(sent[0]?.headers['sealform-region'], undefined)
    await page.locator('#own').click()
    await page.getByText('Taken over').waitFor()
    assert.equal(sent[1]?.headers['sealform-region'], 'region')
  })
})

describe('buttons and dialogs', () => {
  it('outside of the form, by form=, send it with their own field and attributes', async (t) => {
    const { page, sent } = await openSite(t, browser, {
      body: `${region(form('<input name="a" value="1">'))}<button form="add" name="b" value="2" formaction="/?other" data-region="region side">Go</button>`,
    })
    await page.getByRole('button').click()
    await until(() => sent.length === 1)
    assert.deepEqual([sent[0]?.fields.a, sent[0]?.fields.b, sent[0]?.url], ['1', '2', '/?other'])
    assert.equal(sent[0]?.headers['sealform-region'], 'region,side')
  })

  it('leave an open dialog open when the input in it is wrong', async (t) => {
    const body = (text = '') =>
      region(
        `<dialog id="dialog"><p>${text}</p>${form('<input name="a" id="a"><button>Go</button>')}</dialog>`,
      )
    const { page } = await openSite(t, browser, {
      body: body(),
      answer: () => ({ status: 422, html: body('Wrong').replace('id="a"', 'id="a" aria-invalid="true"') }),
    })
    await page.evaluate('document.querySelector("#dialog").showModal()')
    await page.getByRole('button').click()
    await page.getByText('Wrong').waitFor()
    assert.equal(await page.evaluate('document.querySelector("#dialog").matches(":modal")'), true)
    assert.equal(await page.evaluate('document.activeElement.id'), 'a')
  })
})

describe('a progress element with data-upload', () => {
  it('fills as the body is sent, and tells by events', async (t) => {
    const held = gate()
    const { page } = await openSite(t, browser, {
      body: region(
        form(
          '<input type="file" name="file"><progress data-upload max="1" value="0"></progress><button id="go">Go</button>',
        ),
      ),
      answer: async () => {
        await held.opened
        return { status: 204 }
      },
    })
    await page.evaluate(`
      window.progress = []
      addEventListener('sealform:progress', ({ detail }) => window.progress.push([detail.loaded, detail.total]))`)
    await page
      .locator('[type=file]')
      .setInputFiles({ name: 'a', mimeType: 'text/plain', buffer: Buffer.alloc(3_000_000) })
    await page.locator('#go').click()
    await until(async () => (await page.evaluate('document.querySelector("progress").value')) === 1)
    const steps = await page.evaluate<[number, number][]>('window.progress')
    const [loaded = 0, total = 1] = steps.at(-1) ?? []
    assert.ok(loaded === total && total > 3_000_000, `${loaded} of ${total}`)
    held.open()
  })
})

describe('data-transition', () => {
  it('shows the answer as a View Transition, and at once when reduced motion is asked for', async (t) => {
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      const { page } = await openSite(t, browser, {
        body: region(form('<button>Go</button>'), 'region', 'data-transition'),
        answer: () => ({ html: region('<p>New</p>') }),
      })
      await page.emulateMedia({ reducedMotion })
      await page.evaluate(`
        window.transitions = 0
        const start = document.startViewTransition
        document.startViewTransition = function (change) { window.transitions++; return start.call(this, change) }`)
      await page.getByRole('button').click()
      await page.getByText('New').waitFor()
      assert.equal(await page.evaluate('window.transitions'), reducedMotion === 'reduce' ? 0 : 1)
      await page.emulateMedia({ reducedMotion: null })
    }
  })
})
