import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { it, type TestContext } from 'node:test'
import { createApp } from '../../examples/live/app.js'
import { openStream } from '../setup/event-stream.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { type Requests, requestsTo } from '../setup/requests-to.js'

it('tells every open page of a seat that is taken, and shows it there', async (t) => {
  const { request, take, open } = await openHall(t)
  const streams = [await open(), await open()]
  await take(await page(request), 3)
    .expect(303)
    .expect('Location', '/')
  for (const stream of streams) assert.match((await stream.received(1))[0]!, /^0:[\w-]{12}$/)
  const answer = await request.get('/').set({ 'Sealform-Region': 'hall', 'Sealform-Live': '1' })
  assert.match(answer.text, /11 of 12 seats are free.*Seat 3: taken/s)
  assert.doesNotMatch(answer.text, /<html/)
})

it('says so when a seat was taken by somebody else in the meantime', async (t) => {
  const { request, take } = await openHall(t)
  const before = await page(request)
  await take(before, 5).expect(303)
  const { headers } = await take(before, 5).expect(303)
  assert.match((await request.get(String(headers.location))).text, /Seat 5 has just been taken/)
})

async function openHall(t: TestContext) {
  const port = await listen(createServer(createApp({ keys: testKey })), (close) => t.after(close))
  const request = requestsTo(`http://127.0.0.1:${port}`)
  return {
    request,
    take: (text: string, seat: number) =>
      request
        .post('/')
        .set(fromSamePage)
        .redirects(0)
        .send(urlencoded(formIn(text, `seats.take-${seat}`).fields)),
    async open() {
      const [, mark] = /data-sealform-live="([^"]+)"/.exec(await page(request)) ?? []
      return openStream(t, port, `/sealform-live?${mark}`)
    },
  }
}

async function page(request: Requests): Promise<string> {
  return (await request.get('/').expect(200)).text
}
