import assert from 'node:assert/strict'
import { compileAllowedOrigins } from '../../lib/origin/allowed-origins.js'
import { judgeOrigin } from '../../lib/origin/judge-origin.js'
import { judgeTarget } from '../../lib/origin/judge-redirect.js'
import { type HeaderFact, type OriginFacts, repeated } from '../../lib/origin/origin-headers.js'
import { mutated, type Numbers, words } from '../setup/mutations.js'
import { holding, type Property, pick } from './property.js'

const own = 'https://app.example'
const listed = ['https://pay.example', 'https://eu.partner.example']
const allowed = compileAllowedOrigins(['https://pay.example', '*.partner.example'])

const targets = [
  '/lists/3?page=2#top',
  '/a/../b/./c',
  '../next//page',
  '?q=//x',
  'https://app.example/done',
  'https://pay.example/checkout?x=1',
  'https://eu.partner.example',
  'https://evil.example/',
  '//evil.example',
  'https://app.example@evil.example/',
  'javascript:alert(1)',
]
const urlWords = [
  ...words,
  '\\',
  '//',
  '/\\',
  '\t',
  '@',
  ':',
  'https:',
  'http://',
  '%2e',
  '%2F',
  '。',
  '／',
  'evil.example',
  '.app.example',
]

/** Where a browser would go from a page of the app is on the app's own or a listed origin. */
export const redirects: Property = {
  name: 'a redirect that is allowed stays on this site, or leads to a listed one',
  share: 20,
  check(next) {
    const to = changedText(pick(next, targets), urlWords, next)
    return holding(to, () => {
      const verdict = judgeTarget(to, { ownOrigin: () => own, allowed })
      if (verdict.verdict === 'refused') return verdict.reason
      assert.match(verdict.location, /^[\x21-\x7e]+$/)
      for (const page of ['/', '/lists/3', '/a/b/c/d?x#y', '//odd/path']) {
        const url = new URL(verdict.location, `${own}${page}`)
        assert.ok([own, ...listed].includes(url.origin) || /\.partner\.example$/.test(url.hostname), url.href)
        if (!/^https?:/i.test(to)) assert.equal(url.origin, own)
      }
      return 'safe'
    })
  },
}

const sites: readonly HeaderFact[] = [
  'same-origin',
  'same-site',
  'cross-site',
  'none',
  undefined,
  repeated,
  'odd',
  '',
]
const senders = [
  own,
  'https://pay.example',
  'https://eu.partner.example',
  'https://evil.example',
  'null',
  'http://app.example',
]

/** The table of the origin policy in other words: who may send without a seal that is bound to the session. */
export const origins: Property = {
  name: 'a sender that is allowed is the app, a listed origin, or vouched for by the browser',
  share: 15,
  check(next) {
    const facts: OriginFacts = {
      site: pick(next, sites),
      origin: sender(next),
      referer: next(3) === 0 ? sender(next, '/page') : undefined,
      host: 'app.example',
    }
    const configured = next(2) === 0
    const policy = { origin: configured ? own : undefined, allowed }
    return holding(facts, () => {
      const { verdict } = judgeOrigin(facts, { protocol: 'https', host: 'app.example' }, policy)
      const { site, origin, referer } = facts
      const valid = typeof origin === 'string' && (origin === 'null' || isOrigin(origin))
      const known = valid && (origin === own || allowed(String(origin)))
      if (origin === repeated || site === repeated || (origin !== undefined && !valid)) {
        assert.equal(verdict, 'refuse')
      }
      if (verdict === 'allow') {
        const vouched =
          site === 'same-origin' && (origin === undefined || origin === 'null' || !configured || known)
        const referred =
          site === undefined && origin === undefined && typeof referer === 'string' && isKnownUrl(referer)
        const listedSite = (site === 'same-site' || site === 'cross-site') && valid && allowed(String(origin))
        const direct = (site === undefined || site === 'none') && known
        assert.ok(vouched || referred || listedSite || direct)
      }
      if (verdict === 'token') {
        assert.ok(site === undefined || site === 'none')
        assert.ok(origin === undefined || origin === 'null')
      }
      return verdict
    })
  },
}

function sender(next: Numbers, path = ''): HeaderFact {
  if (next(5) === 0) return undefined
  if (next(20) === 0) return repeated
  const text = pick(next, senders) + path
  return next(3) === 0 ? changedText(text, urlWords, next) : text
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

function isKnownUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin } = new URL(text)
  return origin === own || allowed(origin)
}

function changedText(text: string, pieces: readonly string[], next: Numbers): string {
  if (next(2) === 0) return mutated(Buffer.from(text), 0, next).toString()
  const at = next(text.length + 1)
  return text.slice(0, at) + pick(next, pieces) + text.slice(at + next(3))
}
