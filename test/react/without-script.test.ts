import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Build, isWhole, nameOf, plainBuilds, stage } from './site.js'

for (const build of plainBuilds)
  describe(`a React page without JavaScript: ${nameOf(build)}`, () => withoutScript(build))

function withoutScript(build: Build): void {
  const { open, expiry } = stage(build, { javaScript: false })

  it('shows what is wrong beside its field, and keeps the input, at the same URL', async () => {
    const { page, submit, url } = await open({ query: '?q=1' })
    await page.fill('[name=title]', 'ab')
    await page.selectOption('[name=list]', 'y')
    await page.check('[name=box]')
    await page.fill('[name=note]', 'a note')
    const answer = await submit(() => page.click('#add > button >> nth=0'))
    assert.deepEqual([answer.status(), page.url()], [422, url])
    assert.match(answer.request().headers()['content-type'] ?? '', /urlencoded/)
    assert.equal(await page.textContent('#issue'), 'At least three letters')
    assert.equal(await page.inputValue('[name=title]'), 'ab')
    assert.equal(await page.inputValue('[name=list]'), 'y')
    assert.equal(await page.isChecked('[name=box]'), true)
    assert.equal(await page.inputValue('[name=note]'), 'a note')
  })

  it('shows the state, and carries it to the next submission, also past a problem', async () => {
    const { page, submit } = await open()
    const send = async (title: string) => {
      await page.fill('[name=title]', title)
      return (await submit(() => page.click('#add > button >> nth=0'))).status()
    }
    assert.equal(await send('Bread'), 200)
    assert.match((await page.textContent('#message')) ?? '', /^Added Bread to list\d+ 1$/)
    assert.equal(await page.inputValue('[name=title]'), '')
    assert.equal(await send('x'), 422)
    assert.match((await page.textContent('#message')) ?? '', /^Added Bread to list\d+ 1$/)
    assert.equal(await send('Eggs'), 200)
    assert.match((await page.textContent('#message')) ?? '', /^Added Eggs to list\d+ 2$/)
  })

  it('gets the built-in page with the input where the action throws', async () => {
    const { page, submit } = await open()
    await page.fill('[name=title]', 'boom')
    await page.fill('[name=note]', 'kept')
    const answer = await submit(() => page.click('#add > button >> nth=0'))
    assert.equal(answer.status(), 500)
    assert.equal(await page.locator('main #add').count(), 0)
    assert.equal(await page.inputValue('[name=note]'), 'kept')
  })

  it('has the forms that are ready later than the rest, also large ones', async () => {
    const { page, submit } = await open()
    assert.equal(await page.isVisible('#late button'), true)
    assert.equal((await submit(() => page.click('#late button'))).status(), 200)
    assert.equal(await page.locator('li').count(), 0)
  })

  it('keeps a file that was sent beside a mistake', async () => {
    const { page, submit } = await open()
    const picture = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('the picture') }
    await page.setInputFiles('[name=picture]', picture)
    assert.equal((await submit(() => page.click('#upload button'))).status(), 422)
    assert.equal(await page.textContent('#upload [role=alert]'), 'Enter a caption')
    await page.fill('[name=caption]', 'Tree')
    assert.equal((await submit(() => page.click('#upload button'))).status(), 200)
    assert.equal(await page.textContent('#upload output'), 'Tree: the picture')
  })

  if (!isWhole(build)) return

  it('runs the action of an item, and of a button', async () => {
    const { page, submit } = await open()
    await page.fill('[name=title]', 'Bread')
    await submit(() => page.click('#add > button >> nth=0'))
    await submit(() => page.click('text=Remove Milk'))
    assert.deepEqual(await page.locator('li').allTextContents(), ['BreadRemove Bread'])
    assert.equal((await submit(() => page.click('#clear'))).status(), 200)
    assert.equal(await page.locator('li').count(), 0)
  })

  it('changes the hook that has sent, of two hooks of one action', async () => {
    const { page, submit } = await open()
    await submit(() => page.click('#bump2 button'))
    await submit(() => page.click('#bump2 button'))
    assert.deepEqual(await page.locator('#bump output, #bump2 output').allTextContents(), ['0', '2'])
    await submit(() => page.click('#bump button'))
    assert.equal(await page.textContent('#bump output'), '1')
  })

  it('follows a redirect with its flash', async () => {
    const { page } = await open()
    await page.fill('[name=title]', 'leave')
    await Promise.all([page.waitForURL('**/other'), page.click('#add > button >> nth=0')])
    assert.match((await page.textContent('#flash')) ?? '', /^Left list\d+$/)
  })

  it('gets the built-in page with the input where the hook has moved', async () => {
    const { page, submit } = await open()
    await page.fill('[name=title]', 'moved')
    await submit(() => page.click('#add > button >> nth=0'))
    const { url } = { url: page.url() }
    // The page as it was before the hook moved, in another tab.
    const other = await page.context().newPage()
    await other.goto(url)
    await other.fill('[name=title]', 'to stay')
    await page.click('#clear')
    await page.waitForLoadState()
    await other.fill('[name=title]', 'ab')
    await Promise.all([
      other.waitForResponse((each) => each.request().method() === 'POST' && each.status() === 422),
      other.click('#add > button >> nth=0'),
    ])
    await other.waitForLoadState()
    assert.equal(await other.locator('main #add').count(), 0)
    assert.equal(await other.inputValue('[name=title]'), 'ab')
  })

  it('sends an expired form again', async () => {
    const { page, submit } = await open()
    await page.fill('[name=text]', 'typed')
    await expiry()
    assert.equal((await submit(() => page.click('#brief button'))).status(), 409)
    assert.notEqual(await page.textContent('#brief [role=alert]'), '')
    assert.equal(await page.inputValue('[name=text]'), 'typed')
    assert.equal((await submit(() => page.click('#brief button'))).status(), 200)
    assert.equal(await page.textContent('#brief output'), 'in time')
  })

  it('never gives a password back', async () => {
    const { page, submit } = await open()
    await page.fill('[name=user]', 'ann')
    await page.fill('[name=password]', 'hunter2')
    const answer = await submit(() => page.click('#sign-in button'))
    assert.equal(await page.inputValue('[name=user]'), 'ann')
    assert.equal((await answer.text()).includes('hunter2'), false)
  })
}
