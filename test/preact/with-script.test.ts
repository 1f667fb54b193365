import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Request } from 'playwright-core'
import { whileSent } from '../browser/while-sent.js'
import { type Build, isWhole, type Opened, ready, shows, stage } from '../react/site.js'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { builds, nameOf, preact } from './builds.js'

for (const build of builds)
  describe(`a Preact page with JavaScript: ${nameOf(build)}`, () => withScript(build))

/** Submits the first form with this title. */
async function send({ page }: Opened, title: string): Promise<void> {
  await page.fill('[name=title]', title)
  await page.click('#add > button >> nth=0')
}

function withScript(build: Build): void {
  const { open, expiry } = stage(build, { javaScript: true, library: preact })

  it('shows what was typed while it is sent, the item at once, and the true one after it', async () => {
    const opened = await open()
    const { page, posts, said } = opened
    await page.evaluate('window.stays = true')
    const before = posts.length
    await whileSent(
      page,
      () => send(opened, 'Bread'),
      () => page.waitForSelector('#add:has(:text-is("Sending Bread")) ~ ul li.pending:text-is("Bread")'),
    )
    await page.waitForSelector('text=Remove Bread')
    assert.equal(await page.locator('li.pending').count(), 0)
    assert.match((await page.textContent('#message')) ?? '', /^Added Bread to list\d+ 1$/)
    assert.equal(await page.inputValue('[name=title]'), '')
    await send(opened, 'Eggs')
    await page.waitForSelector('text=Remove Eggs')
    assert.match((await page.textContent('#message')) ?? '', /^Added Eggs to list\d+ 2$/)
    assert.equal(posts.slice(before).filter((body) => /title=/.test(body)).length, 2)
    assert.equal(await page.evaluate('window.stays'), true)
    assert.deepEqual(said, [])
  })

  it('shows what is wrong, keeps the input, and takes the item back', async () => {
    const opened = await open()
    const { page, posts } = opened
    await page.selectOption('[name=list]', 'y')
    await page.check('[name=box]')
    await page.fill('[name=note]', 'a note')
    await whileSent(
      page,
      () => send(opened, 'ab'),
      () => page.waitForSelector('li.pending'),
    )
    await page.waitForSelector('text=At least three letters')
    assert.equal(await page.locator('li.pending').count(), 0)
    assert.equal(await page.inputValue('[name=title]'), 'ab')
    assert.equal(await page.inputValue('[name=list]'), 'y')
    assert.equal(await page.isChecked('[name=box]'), true)
    assert.equal(await page.inputValue('[name=note]'), 'a note')
    assert.equal(posts.filter((body) => /title=/.test(body)).length, 1)
  })

  it('goes to another page with the flash', async () => {
    const opened = await open()
    await send(opened, 'leave')
    await opened.page.waitForURL('**/other')
    assert.match((await opened.page.textContent('#flash')) ?? '', /^Left list\d+$/)
    await opened.page.goBack()
    assert.equal(opened.page.url(), opened.url)
  })

  it('uploads, and keeps a file that was sent beside a mistake', async () => {
    const { page } = await open()
    const picture = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('the picture') }
    await page.setInputFiles('[name=picture]', picture)
    await page.click('#upload button')
    await page.waitForSelector('#upload >> text=Enter a caption')
    await page.fill('[name=caption]', 'Tree')
    await page.click('#upload button')
    await page.waitForSelector('text=Tree: the picture')
  })

  it('submits without the script what is sent before it is there, and goes on from that state', async () => {
    const opened = await open({ late: true })
    const { page, posts, said } = opened
    await page.waitForSelector('#add button')
    await send(opened, 'Early')
    await ready(page)
    assert.match((await page.textContent('#message')) ?? '', /^Added Early to list\d+ 1$/)
    await send(opened, 'Later')
    await page.waitForSelector('text=Remove Later')
    assert.match((await page.textContent('#message')) ?? '', /^Added Later to list\d+ 2$/)
    assert.deepEqual(
      posts.flatMap((body) => /title=(\w+)/.exec(body)?.[1] ?? []),
      ['Early', 'Later'],
    )
    assert.deepEqual(said, [])
  })

  it('streams a page where the app asks for it, and hydrates it', async () => {
    const { page, said } = await open({ query: '?stream' })
    await page.waitForSelector('#late button')
    await page.click('#late button')
    await until(async () => (await page.locator('li').count()) === 0)
    assert.deepEqual(said, [])
  })

  if (!isWhole(build)) return

  it('hydrates with an empty console under a strict policy, and stays so', async () => {
    const { page, said } = await open()
    await shows(page, '#views', '2')
    assert.deepEqual(said, [])
  })

  it('calls from an event handler and an effect, once each', async () => {
    const { page, posts, said } = await open()
    await shows(page, '#views', '2')
    await page.click('#like')
    await shows(page, '#likes', '1')
    await shows(page, '#told', '1')
    assert.equal(await page.textContent('#likes'), '1')
    assert.equal(posts.length, 2)
    assert.deepEqual(said, [])
  })

  it('calls the actions of items and of buttons with the seals of the last answer', async () => {
    const opened = await open()
    const { page } = opened
    await send(opened, 'Bread')
    await page.click('text=Remove Bread')
    await page.waitForSelector('text=Remove Bread', { state: 'detached' })
    await page.click('#clear')
    await until(async () => (await page.locator('li').count()) === 0)
  })

  it('keeps the states of two forms of one action apart', async () => {
    const { page } = await open()
    for (const count of ['1', '2', '3']) {
      await page.click('#bump2 button')
      await shows(page, '#bump2 output', count)
    }
    await page.click('#bump button')
    await shows(page, '#bump output', '1')
    await page.click('#bump2 button')
    await shows(page, '#bump2 output', '4')
  })

  it('runs the calls of one action one after the other', async () => {
    const { page } = await open()
    const seen: string[] = []
    // An effect of the page calls an action with a step.
    const isLike = (request: Request) => request.method() === 'POST' && !request.postData()?.includes('step=')
    page.on('request', (request) => isLike(request) && seen.push('sent'))
    page.on('response', (response) => isLike(response.request()) && seen.push('answered'))
    await page.evaluate("for (let i = 0; i < 3; i++) document.querySelector('#like').click()")
    await shows(page, '#likes', '3')
    await shows(page, '#told', '3')
    assert.deepEqual(seen, ['sent', 'answered', 'sent', 'answered', 'sent', 'answered'])
  })

  it('throws to the nearest error boundary where the action throws', async () => {
    const opened = await open()
    const { page } = opened
    await send(opened, 'boom')
    await page.waitForSelector('#boundary')
    assert.notEqual(await page.textContent('#boundary'), '')
    assert.equal(await page.isVisible('#like'), true)
  })

  it('shows the new props and the flash of a redirect to the same page in the same answer', async () => {
    const opened = await open()
    const { page, url, posts } = opened
    const gets: string[] = []
    page.on('request', (request) => gets.push(request.method()))
    await send(opened, 'stay')
    await page.waitForSelector('#flash:text("Stayed on list")')
    assert.equal(page.url(), url)
    assert.equal(posts.filter((body) => /title=/.test(body)).length, 1)
    assert.deepEqual(gets, ['POST'])
    await page.reload()
    assert.equal(await page.textContent('#flash'), '')
  })

  it('goes to the part of the same page that a redirect names', async () => {
    const opened = await open()
    const { page, url } = opened
    await page.evaluate('window.stays = true')
    await send(opened, 'stay below')
    await page.waitForURL(`${url}#below`)
    assert.equal(await page.evaluate('window.stays'), true)
    await page.goBack()
    assert.equal(page.url(), url)
  })

  it('sends an expired form again, with what was typed', async () => {
    const { page } = await open()
    await page.fill('[name=text]', 'typed')
    await expiry()
    await page.click('#brief button')
    await page.waitForSelector('#brief [role=alert]:not(:empty)')
    assert.equal(await page.inputValue('[name=text]'), 'typed')
    await page.click('#brief button')
    await page.waitForSelector('#brief >> text=in time')
  })

  it('submits a one-time form again and again', async () => {
    const { page } = await open()
    for (const count of ['1', '2']) {
      await page.click('#order button')
      await shows(page, '#order output', count)
    }
  })

  it('keeps its memory flat over many calls', async () => {
    const { page } = await open()
    const calls = provesInFull ? 1000 : 60
    const session = await page.context().newCDPSession(page)
    let likes = 0
    const press = async (count: number) => {
      await page.evaluate(`for (let i = 0; i < ${count}; i++) document.querySelector('#like').click()`)
      likes += count
      await shows(page, '#told', String(likes))
    }
    const used = async () => {
      await session.send('HeapProfiler.collectGarbage')
      const { usedSize } = await session.send('Runtime.getHeapUsage')
      return usedSize
    }
    await press(calls)
    const before = await used()
    await press(calls)
    const grown = (await used()) - before
    assert.ok(grown < 256 * 1024, `${grown} bytes`)
  })

  it('hands no hidden field to the code of the app', async () => {
    const opened = await open()
    const { page, url } = opened
    await send(opened, 'Bread')
    await page.waitForSelector('text=Remove Bread')
    const list = await (await page.request.get(url.replace('/lists/', '/sent/'))).json()
    assert.deepEqual(list.sent, ['title,list,note'])
  })

  it('hydrates a problem that was shown without the script', async () => {
    const opened = await open({ late: true })
    const { page, said } = opened
    await page.waitForSelector('#add button')
    await send(opened, 'ab')
    await ready(page)
    assert.equal(await page.textContent('#issue'), 'At least three letters')
    await send(opened, 'Bread')
    await page.waitForSelector('text=Remove Bread')
    assert.equal(await page.textContent('#issue'), '')
    assert.deepEqual(said, [])
  })

  it('shows at once everything that a form without a state is sent, and takes each back with its answer', async () => {
    const { page, posts } = await open()
    const before = posts.length
    for (const text of ['one', 'two', 'three']) {
      await page.fill('#chat [name=words]', text)
      await page.press('#chat [name=words]', 'Enter')
      await page.evaluate("document.querySelector('#chat').reset()")
    }
    assert.equal(await page.locator('#messages li').count(), 3)
    await until(async () => (await page.locator('#messages li.pending').count()) === 0)
    assert.deepEqual(await page.locator('#messages li').allTextContents(), ['one', 'two', 'three'])
    assert.equal(posts.length - before, 3)
  })

  it('leaves what was typed while the form was sent', async () => {
    const opened = await open()
    const { page } = opened
    await whileSent(
      page,
      () => send(opened, 'Bread'),
      async () => {
        await page.waitForSelector('li.pending')
        await page.fill('[name=title]', 'the next')
      },
    )
    await page.waitForSelector('text=Remove Bread')
    await shows(page, '#message', /^Added Bread/)
    assert.equal(await page.inputValue('[name=title]'), 'the next')
  })

  it('shows in the form what is wrong with the action of its button, and keeps the state', async () => {
    const opened = await open()
    const { page } = opened
    await send(opened, 'Bread')
    await page.waitForSelector('text=Remove Bread')
    await page.fill('[name=title]', 'never')
    await page.click('#clear')
    await shows(page, '#issue', /^Not now$/)
    assert.match((await page.textContent('#message')) ?? '', /^Added Bread to list\d+ 1$/)
    await send(opened, 'Eggs')
    await shows(page, '#message', /^Added Eggs to list\d+ 2$/)
  })
}
