import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, startServer } from '../../examples/servers/processes.js'
import { createKeyRing } from '../../lib/seal/key-ring.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { requestText, talk } from '../setup/raw-http.js'
import { startRedis } from '../setup/redis.js'
import { boundary, multipartBody } from '../setup/upload-app.js'

const main = fileURLToPath(new URL('../../examples/servers/main.js', import.meta.url))

interface Example {
  readonly url: string
  readonly keysFile: string
  readonly child: ChildProcess
  /** The output so far. */
  printed(): string
  /** Waits for a text in the output. */
  says(words: RegExp): Promise<RegExpExecArray>
}

/** Runs the example like its command. */
async function startExample(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<Example> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text
    })
  }
  const says = async (words: RegExp) => {
    await until(() => words.test(printed)).catch(() => assert.fail(`It does not say ${words}:\n${printed}`))
    return words.exec(printed) as RegExpExecArray
  }
  const [, keysFile = ''] = await says(/write them into (\S+),/)
  const [url] = await says(/http:\/\/localhost:\d+/)
  return { url: `${url.replace('localhost', '127.0.0.1')}/`, keysFile, child, printed: () => printed, says }
}

async function get(url: string): Promise<{ html: string; server: string }> {
  const html = await (await fetch(url)).text()
  return { html, server: serverOf(html) }
}

function serverOf(html: string): string {
  return /from <strong>(.*?)<\/strong>/.exec(html)?.[1] ?? ''
}

function send(url: string, fields: Record<string, string>, typed: Record<string, string>): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: urlencoded(fields, typed),
  })
}

/** Waits for the end, which is in order. */
async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'exit')
  assert.equal(child.exitCode, 0)
}

describe('npm run example:servers', () => {
  it('serves a guest book', async (t) => {
    const example = await startExample(t)

    await t.test('starts three servers, each of which answers the forms of the others', async () => {
      const { url } = example
      const pages = await Promise.all([get(url), get(url), get(url)])
      assert.deepEqual(pages.map(({ server }) => server).sort(), ['express-3', 'koa-1', 'koa-2'])
      const pairs = new Set<string>()
      for (const { html, server } of pages) {
        const { fields } = formIn(html, 'book.sign')
        for (let i = 0; i < 3; i++) {
          const answer = await send(url, fields, { first: '', last: `of ${server}` })
          const shown = await answer.text()
          assert.equal(answer.status, 422)
          assert.match(shown, new RegExp(`value="of ${server}"`))
          pairs.add(`${server} to ${serverOf(shown)}`)
        }
      }
      assert.equal(pairs.size, 9)

      const { fields } = formIn(pages[0]?.html ?? '', 'book.sign')
      const copies = await Promise.all(
        Array.from({ length: 12 }, () => send(url, fields, { first: 'Ada', last: 'Lovelace' })),
      )
      assert.deepEqual(
        copies.map(({ status }) => status),
        Array(12).fill(303),
      )
      assert.equal((await get(url)).html.split('<li>Ada Lovelace</li>').length - 1, 1)
    })

    await t.test('reloads its keys on SIGHUP', async () => {
      const { url, keysFile, child, says } = example
      const { html } = await get(url)
      const [id] = createKeyRing(testKey, {}).ids
      writeFileSync(keysFile, testKey)
      child.kill('SIGHUP')
      for (const name of ['koa-1', 'koa-2', 'express-3']) await says(new RegExp(`${name}: keys ${id}\n`))
      const { fields } = formIn(html, 'book.sign')
      const refused = await send(url, fields, { first: 'Ada', last: 'Kept' })
      assert.equal(refused.status, 400)
      const again = formIn(await refused.text(), 'book.sign')
      assert.match(again.html, /value="Kept"/)
      assert.equal((await send(url, again.fields, { first: 'Ada', last: 'Kept' })).status, 303)

      writeFileSync(keysFile, 'nonsense')
      child.kill('SIGHUP')
      await says(/express-3: the new keys are not valid/)
      assert.equal(
        (await send(url, formIn((await get(url)).html, 'book.praise').fields, { praise: 'x' })).status,
        303,
      )
    })
  })

  it('stops everything on SIGTERM, after what runs has ended', async (t) => {
    const { url, keysFile, child } = await startExample(t, { SLOWNESS: '3000' })
    const { fields } = formIn((await get(url)).html, 'book.praise')
    const answer = send(url, fields, { praise: 'slowly' })
    await wait(1000)
    child.kill('SIGTERM')
    const ended = endOf(child)
    assert.equal((await answer).status, 303)
    await ended
    await assert.rejects(fetch(url))
    assert.ok(!existsSync(dirname(keysFile)))
  })

  // A plain run sends SIGTERM only, in the middle of a run.
  if (provesInFull)
    it('stops everything on Ctrl-C', async (t) => {
      const { url, child } = await startExample(t)
      await get(url)
      child.kill('SIGINT')
      await endOf(child)
      await assert.rejects(fetch(url))
    })
})

describe('one server of the example, when SIGTERM comes', () => {
  // servers-deployment.test.ts stops servers of both frameworks in every run, without uploads on their way.
  for (const framework of provesInFull ? (['koa', 'express'] as const) : (['koa'] as const)) {
    it(`accepts uploads that arrive in time, refuses others with a page, and ends (${framework})`, async (t) => {
      const redis = await startRedis(t)
      const port = await freePort()
      const server = await startServer({
        name: framework,
        framework,
        build: 'second',
        port,
        redisUrl: redis.url,
        env: { SEALFORM_KEYS: testKey },
        output: 'pipe',
      })
      t.after(() => server.stop())
      const url = `http://127.0.0.1:${port}/`
      const upload = async (from: string) => {
        const { fields } = formIn((await get(url)).html, 'book.import')
        const body = multipartBody(...Object.entries(fields), ['from', from], {
          name: 'names',
          filename: 'names.txt',
          content: 'Ada\n'.repeat(50_000),
        })
        const bytes = requestText(
          'POST / HTTP/1.1',
          [
            ['Host', `127.0.0.1:${port}`],
            ['Sec-Fetch-Site', 'same-origin'],
            ['Content-Type', `multipart/form-data; boundary=${boundary}`],
          ],
          body,
        )
        return [bytes.subarray(0, 100_000), bytes.subarray(100_000)] as const
      }
      const [quick, slow] = [await upload('Quick'), await upload('Slow')]
      let stopping = false
      const answers = Promise.all([
        talk(port, [quick[0], () => stopping, 500, quick[1]]),
        talk(port, [slow[0]]),
      ])
      await wait(1000)
      let stopped = false
      const end = server.stop().then(() => {
        stopped = true
      })
      stopping = true
      await until(() =>
        fetch(`${url}health`).then(
          () => false,
          () => true,
        ),
      )
      assert.equal(stopped, false, 'it takes no more connections while it waits for uploads')
      await end
      const [taken, refused] = (await answers).map(({ answers: [answer] }) => answer)
      assert.equal(taken?.status, 303)
      assert.equal(refused?.status, 503)
      assert.match(refused.body, /restarted while you were sending the form/)
      assert.match(refused.body, /value="Slow"/)
    })
  }
})
