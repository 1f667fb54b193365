import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { createTour } from '../../examples/tour/app.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'

describe('the news of the tour', () => {
  it('cache the list between pages, and render the page for all visitors', async (t) => {
    const { news } = await openNews(t)
    const [first, second] = [await news(), await news()]
    assert.deepEqual(second.headlines, ['The tour has a page with news'])
    assert.equal(second.list, first.list)
    assert.ok(second.page > first.page)
  })

  it('show a new headline on the next page, read again', async (t) => {
    const { news, send } = await openNews(t)
    const before = await news()
    const answer = await send({ headline: ' Ferry runs <again> ' })
    assert.equal(answer.status, 303)
    const after = await news()
    assert.deepEqual(after.headlines, ['Ferry runs &lt;again&gt;', 'The tour has a page with news'])
    assert.ok(after.list > before.page)
    assert.equal((await news()).list, after.list)
  })

  it('keep the cached list when the page is only shown again', async (t) => {
    const { news, send, request } = await openNews(t)
    const before = await news()
    const page = await request.get('/news')
    const seal = /name="sealform\.submit" value="([\w-]+)"/.exec(page.text)?.[1] ?? ''
    const again = await send({ 'sealform.submit': seal })
    assert.equal(again.status, 200)
    assert.equal(read(again.text).list, before.list)
    assert.ok(read(again.text).page > before.page)
  })

  it('show a headline that is empty or too long again, and publish nothing', async (t) => {
    const { news, send } = await openNews(t)
    const long = await send({ headline: 'x'.repeat(81) })
    assert.equal(long.status, 422)
    assert.match(long.text, new RegExp(`value="${'x'.repeat(81)}"`))
    assert.equal((await send({ headline: ' ' })).status, 422)
    assert.equal((await news()).headlines.length, 1)
  })

  it('hold the last ten headlines', async (t) => {
    const { news, send } = await openNews(t)
    for (let i = 1; i <= 10; i++) await send({ headline: `Number ${i}` })
    const { headlines } = await news()
    assert.deepEqual([headlines.length, headlines[0], headlines[9]], [10, 'Number 10', 'Number 1'])
  })

  it('have a front page that is rendered once, and again when something is published', async (t) => {
    const { front, send } = await openNews(t)
    const [first, second] = [await front(), await front()]
    assert.deepEqual(second, first)
    await send({ headline: 'New' })
    const third = await front()
    assert.equal(third.headlines[0], 'New')
    assert.ok(third.page > first.page)
    assert.deepEqual(await front(), third)
  })
})

async function openNews(t: TestContext) {
  const tour = createTour({ keys: testKey, onRefused: () => {} })
  const port = await listen(createServer(tour.callback()), (close) => t.after(close))
  const request = requestsTo(`http://127.0.0.1:${port}`)
  const { fields } = formIn((await request.get('/news')).text, 'news.publish')
  return {
    request,
    news: async () => read((await request.get('/news').expect(200)).text),
    front: async () => read((await request.get('/frontpage').expect(200)).text),
    send: (typed: Record<string, string>) =>
      request.post('/news').set(fromSamePage).type('form').send(urlencoded(fields, typed)),
  }
}

/** Reads when the parts of a page were rendered, and its headlines. */
function read(page: string) {
  const at = (part: string) =>
    new RegExp(`id="${part}-time" datetime="([^"]+)"`).exec(page)?.[1] ??
    assert.fail(`no time of the ${part}`)
  return {
    list: at('list'),
    page: at('page'),
    headlines: Array.from(page.matchAll(/<li><span>([^<]*)<\/span>/g), (match) => match[1]),
  }
}
