import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSeal } from '../../../lib/answer/open-seal.js'
import { brief, pendingAt, registryWith, sealsOf } from '../../setup/pending-submission.js'

const registry = registryWith((actions) => actions.define('act', async () => {}))
const allow = { verdict: 'allow' } as const
const token = { verdict: 'token' } as const

test('opens the seal, and names the action with its bound values', () => {
  const seal = sealsOf(registry).action('act', 'list 7')
  const pending = pendingAt(registry, { seal })
  const sent = openSeal(pending, allow)
  assert.ok('opened' in sent)
  assert.equal(sent.token, seal)
  assert.equal(sent.opened?.content.action, 'act')
  assert.equal(sent.sessionMatches, true)
  assert.equal(pending.action, registry.find('act'))
  assert.equal(pending.submitted.definition, registry.find('act'))
  assert.equal(pending.submitted.boundText, sent.opened.content.values)
  assert.deepEqual(pending.owner, { action: 'act', boundText: sent.opened.content.values })
})

test('reports a seal of another session', () => {
  const seal = sealsOf(registry, 'sid-1').action('act')
  const sent = openSeal(pendingAt(registry, { seal, session: 'sid-2' }), allow)
  assert.equal('opened' in sent && sent.sessionMatches, false)
})

test('says whether this page has printed the form, also where the seal is refused later', () => {
  const seal = sealsOf(registry, 'sid-1').action('act')
  const other = registryWith((actions) => actions.define('act', async () => {}), { app: 'blog' })
  const pagesOf = (here: typeof registry, paths: readonly string[]) =>
    paths.map((path) => {
      const pending = pendingAt(here, { seal, session: 'sid-2', path })
      openSeal(pending, allow)
      return pending.submitted.onOwnPath
    })
  assert.deepEqual(pagesOf(registry, ['/page', '/other', '/page/']), [true, false, false])
  assert.deepEqual(pagesOf(other, ['/page']), [false], 'a seal of another app says nothing')
})

test('names no action when there is no seal, or it does not open', () => {
  for (const seal of [undefined, 'x'.repeat(200)]) {
    const pending = pendingAt(registry, seal === undefined ? {} : { seal })
    assert.deepEqual(openSeal(pending, allow), { token: seal, opened: undefined, sessionMatches: false })
    assert.equal(pending.action, undefined)
    assert.equal(pending.owner, undefined)
  }
})

test('names no action of another app', () => {
  const other = registryWith((actions) => actions.define('act', async () => {}), { app: 'blog' })
  const pending = pendingAt(registry, { seal: sealsOf(other).action('act') })
  const sent = openSeal(pending, allow)
  assert.equal('opened' in sent && sent.opened?.content.audience, 'blog')
  assert.equal(pending.action, undefined)
  assert.equal(pending.submitted.definition, undefined)
})

test('refuses a request without origin headers, unless the seal is session-bound', () => {
  const unbound = pendingAt(registry, { seal: sealsOf(registry).action('act') })
  assert.equal(brief(openSeal(unbound, token)), 'refused 403 origin')
  assert.equal(unbound.suspect, token)
  assert.equal(unbound.action, undefined)

  const seal = sealsOf(registry, 'sid-1').action('act')
  const stolen = pendingAt(registry, { seal, session: 'sid-2' })
  assert.equal(brief(openSeal(stolen, token)), 'refused 403 origin')

  const own = pendingAt(registry, { seal, session: 'sid-1' })
  assert.ok('opened' in openSeal(own, token))
  assert.equal(own.suspect, undefined)
})

test('continues in report mode without origin headers, and notes the suspicion', () => {
  const pending = pendingAt(registry, { seal: sealsOf(registry).action('act'), mode: 'report' })
  assert.ok('opened' in openSeal(pending, token))
  assert.equal(pending.suspect, token)
  assert.equal(pending.action?.name, 'act')
})
