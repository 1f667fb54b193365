import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { before, describe, it } from 'node:test'
import { createBrowser, type TestPage } from '../../lib/testing/testing.js'
import { codeBlocks } from './code-blocks.js'
import { root } from './project.js'
import { compileApps, type WholeApps } from './whole-apps.js'

describe('the apps of the pages that explain', () => {
  let apps: WholeApps

  before(() => {
    apps = compileApps('explained', [
      'csrf',
      'where-did-my-post-go',
      'who-may-do-what',
      'getting-started',
      'upgrading',
    ])
  })

  it('CSRF: the tests of the page pass', async (t) => {
    const { url } = await apps.run(t, 'csrf', 'app')
    assert.match(await runTests(apps.file('csrf', 'forged.test'), url), /pass 3/)
    const curl = await fetch(`${url}/api/likes`, { method: 'POST' })
    assert.equal(curl.status, 200)
    const elsewhere = { Origin: 'https://evil.example' }
    assert.equal((await fetch(`${url}/api/likes`, { method: 'POST', headers: elsewhere })).status, 403)
    assert.equal((await fetch(`${url}/api/likes`, { method: 'POST', headers: { Origin: url } })).status, 200)
  })

  it('Upgrading: the test of the page sends old forms to the new release, and fails where they are not understood', async (t) => {
    const { url } = await apps.run(t, 'getting-started', 'app')
    const file = apps.file('upgrading', 'forms.test')
    assert.match(await runTests(file, url), /pass 1/)
    const { url: otherKey } = await apps.run(t, 'getting-started', 'app')
    await assert.rejects(runTests(file, url, otherKey), /fail 1/)
    const deaf = createServer((_request, response) => response.writeHead(404).end())
    await once(deaf.listen(0, '127.0.0.1'), 'listening')
    t.after(() => deaf.close())
    const { port } = deaf.address() as AddressInfo
    await assert.rejects(runTests(file, url, `http://127.0.0.1:${port}`), /fail 1/)
  })

  it('Where did my POST go: the log is the one on the page', async (t) => {
    const { url, browser } = await apps.run(t, 'where-did-my-post-go', 'app')
    const reading = async () => (await fetch(`${url}/log`)).text()
    const known = (await reading()).length
    const page = await browser.visit('/')
    const empty = await page.form('todos.add').submit()
    assert.equal(empty.status, 422)
    await empty.form('todos.add').fill({ title: 'Milk' }).submit()
    await fetch(`${url}/api`, { method: 'POST', body: new URLSearchParams({ title: 'Milk' }) })
    const printed = codeBlocks(join(root, 'docs', 'guide', 'where-did-my-post-go.md'))
    const shown = printed.find(({ note }) => note === 'log')?.code
    assert.equal((await reading()).slice(known).trimStart(), shown?.trimStart())
  })

  it('Who may do what: refuses what the table says, and does the rest', async (t) => {
    const { url } = await apps.run(t, 'who-may-do-what', 'app')
    const signIn = async (name: string, password: string): Promise<TestPage> => {
      const entrance = await createBrowser(url).visit('/')
      assert.equal(entrance.path, '/sign-in')
      return entrance.form('session.start').fill({ name, password }).submit()
    }
    const wrong = await signIn('ann', 'banana')
    assert.deepEqual([wrong.status, wrong.has('Name or password is wrong')], [422, true])
    const ann = await signIn('ann', 'apple')
    const ben = await signIn('ben', 'banana')
    assert.deepEqual([ann.title, ben.title], ['Notes of ann', 'Notes of ben'])
    assert.ok(ann.html.includes('Close the book') && !ben.html.includes('Close the book'))

    const noted = await ann.form('notes.add').fill({ text: 'Mine' }).submit()
    const change = noted.forms.find(({ id }) => id.startsWith('notes.change')) ?? assert.fail(noted.html)
    const changed = await change.fill({ text: 'Still mine' }).submit()
    assert.equal(changed.redirects[0]?.status, 303)
    const forms = changed.forms.filter(({ id }) => id.startsWith('notes.change'))
    assert.equal(forms.length, 1)

    const send = async (sender: TestPage | undefined) => {
      const body = new URLSearchParams()
      for (const [name, value] of forms[0]!.fill({ text: 'Stolen' }).entries())
        body.append(name, String(value))
      const cookies = [...(sender?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { 'Sec-Fetch-Site': 'same-origin', Cookie: cookies }
      return fetch(url, { method: 'POST', redirect: 'manual', headers, body })
    }
    assert.equal((await send(undefined)).status, 403)
    assert.equal((await send(ben)).status, 403)
    assert.ok((await ben.reload()).has('ann: Still mine'))

    const admin = await changed.reload()
    const demoted = await admin.forms.find(({ text }) => text === 'Be a writer')!.submit()
    assert.ok(!demoted.html.includes('Close the book'))
    const close = admin.forms.find(({ text }) => text === 'Close the book') ?? assert.fail(admin.html)
    const refused = await close.submit()
    assert.equal(refused.status, 403)
    const open = await ben.form('notes.add').fill({ text: 'Open' }).submit()
    assert.ok(open.redirects[0]?.status === 303)
  })

  it('Who may do what: a closed book takes no note, and gives the text back', async (t) => {
    const { browser } = await apps.run(t, 'who-may-do-what', 'app')
    const entrance = await browser.visit('/sign-in')
    const ann = await entrance.form('session.start').fill({ name: 'ann', password: 'apple' }).submit()
    const close = ann.forms.find(({ text }) => text === 'Close the book') ?? assert.fail(ann.html)
    assert.equal((await close.submit()).redirects[0]?.status, 303)
    const late = await ann.form('notes.add').fill({ text: 'Too late' }).submit()
    assert.deepEqual([late.status, late.has('The book is closed.')], [422, true])
    assert.equal(late.form('notes.add').value('text'), 'Too late')
    const left = await late.forms.find(({ text }) => text === 'Sign out')!.submit()
    assert.equal(left.path, '/sign-in')
  })
})

/**
 * Runs a test file of a page against an app. Gives its output, or throws it when a test fails.
 *
 * @param newer a later release of the app. @default the same one
 */
async function runTests(file: string, app: string, newer = app): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, ['--test', file], {
    env: { ...env, APP: app, OLD: app, NEW: newer },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code !== 0) throw new Error(output)
  return output
}
