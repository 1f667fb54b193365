import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { TagWatcher } from '../../../lib/cache/tag-source.js'
import { LiveHub } from '../../../lib/live/live-hub.js'
import { LiveStream } from '../../../lib/live/live-stream.js'
import { openStream } from '../../setup/event-stream.js'
import { listen } from '../../setup/koa-app.js'
import { until } from '../../setup/patience.js'

describe('the streams of a process', () => {
  it('hold nothing of a page that has left', async (t) => {
    const { hub, port } = await openHub(t)
    const streams = await Promise.all(Array.from({ length: 50 }, () => openStream(t, port, '/a?s')))
    assert.deepEqual([hub.open, hub.openOf('s')], [50, 50])
    for (const stream of streams) stream.leave()
    await until(() => hub.open === 0)
    assert.equal(hub.openOf('s'), 0)
  })

  it('do not open for a visitor who has left before', async (t) => {
    const { hub } = await openHub(t)
    const { res, socket } = await unread(t)
    socket.destroy()
    await until(() => res.closed)
    hub.add({
      res,
      regions: [{ tags: ['a'], stamp: '' }],
      session: undefined,
      expires: Number.POSITIVE_INFINITY,
    })
    assert.equal(hub.open, 0)
  })

  it('tell only the pages that have the tag, and each region that has it', async (t) => {
    const { port, renew } = await openHub(t)
    const [one, both, other] = [
      await openStream(t, port, '/a'),
      await openStream(t, port, '/b,a,a'),
      await openStream(t, port, '/c'),
    ]
    await Promise.all([one.received(1), both.received(1), other.received(1)])
    renew('a')
    assert.match((await one.received(2))[1]!, /^0:[\w-]{12}$/)
    assert.match((await both.received(2))[1]!, /^1:[\w-]{12},2:[\w-]{12}$/)
    renew('c')
    await other.received(2)
    assert.deepEqual([one.events.length, both.events.length], [2, 2])
  })

  it('look at every page when messages may have been missed, and tell those that have missed something', async (t) => {
    const { port, missed, renew } = await openHub(t)
    const [one, other] = [await openStream(t, port, '/a'), await openStream(t, port, '/b')]
    await Promise.all([one.received(1), other.received(1)])
    missed('a')
    await one.received(2)
    renew('b')
    await other.received(2)
    assert.equal(one.events.length, 2)
  })

  it('spread events over the time in which so many pages can ask for their regions', async (t) => {
    const { port, renew } = await openHub(t)
    const streams = await Promise.all(Array.from({ length: 200 }, () => openStream(t, port, '/a')))
    await Promise.all(streams.map((stream) => stream.received(1)))
    const start = performance.now()
    const times: number[] = []
    renew('a')
    await Promise.all(
      streams.map((stream) => stream.received(2).then(() => times.push(performance.now() - start))),
    )
    assert.ok(Math.min(...times) >= 240, `${Math.min(...times)} ms`)
    assert.ok(Math.max(...times) - Math.min(...times) > 200, `${Math.max(...times) - Math.min(...times)} ms`)
  })
})

describe('a browser that does not read', () => {
  it('is cut off when it is some kilobytes behind', async (t) => {
    const { res } = await unread(t)
    const regions = Array.from({ length: 16 }, () => ({ tags: ['a'], stamp: '' }))
    const stream = new LiveStream(res, { regions, session: undefined, ends: Number.POSITIVE_INFINITY })
    const event = regions.map((_, place) => [place, 'x'.repeat(12)] as const)
    stream.open()
    let behind = 0
    // The operating system takes some megabytes first.
    for (let i = 0; i < 100_000 && !res.destroyed; i++) {
      stream.tell(event)
      behind = Math.max(behind, res.writableLength)
      if (i % 10 === 0) await turn()
    }
    assert.ok(res.destroyed)
    assert.ok(behind <= 5000, `${behind} bytes`)
  })
})

/** A server whose streams watch the tags in their paths: `/a,b?session`. */
async function openHub(t: TestContext) {
  const watchers: TagWatcher[] = []
  const versions = new Map<string, number>()
  const hub = new LiveHub(
    {
      watch: (watcher) => void watchers.push(watcher),
      of: (tags) => tags.map((tag) => versions.get(tag) ?? 0).join('.'),
    },
    25_000,
  )
  const server = createServer((req, res) => {
    const [path = '', session] = (req.url ?? '').slice(1).split('?')
    const regions = path.split(',').map((tag) => ({ tags: [tag], stamp: '' }))
    hub.add({ res, regions, session, expires: Number.POSITIVE_INFINITY })
  })
  const port = await listen(server, (close) => t.after(close))
  t.after(() => hub.end())
  const change = (tag: string) => versions.set(tag, (versions.get(tag) ?? 0) + 1)
  const report = (tags: readonly string[] | undefined) => {
    for (const watcher of watchers) watcher(tags)
  }
  return {
    hub,
    port,
    renew(tag: string) {
      change(tag)
      report([tag])
    },
    missed(tag: string) {
      change(tag)
      report(undefined)
    },
  }
}

/** The response to a client that reads nothing. */
async function unread(t: TestContext): Promise<{ readonly res: ServerResponse; readonly socket: Socket }> {
  let res: ServerResponse | undefined
  const server = createServer((_, response) => {
    res = response
  })
  const port = await listen(server, (close) => t.after(close))
  const socket = connect(port, '127.0.0.1').pause()
  t.after(() => socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await until(() => res)
  return { res: res!, socket }
}
