import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileAllowedOrigins } from '../../../lib/origin/allowed-origins.js'
import { explainRefusal } from '../../../lib/origin/explain-origin.js'
import { expectedOrigin, judgeOrigin, type OriginPolicy } from '../../../lib/origin/judge-origin.js'
import { readOriginFacts } from '../../../lib/origin/origin-headers.js'
import type { OriginRefusalReason, OriginVerdict } from '../../../lib/origin/origin-verdict.js'
import { type OriginCase, readOriginCases } from '../../vectors/origin.js'

const cases = readOriginCases()

for (const entry of cases) {
  test(`${entry.expect.verdict}: ${entry.name}`, () => {
    const verdict = judge(entry)
    const { status, reason, expected, received } = entry.expect
    assert.equal(verdict.verdict, entry.expect.verdict)
    if (verdict.verdict !== 'refuse') return
    assert.equal(verdict.reason, reason)
    assert.equal(verdict.status, status)
    if (expected !== undefined) assert.equal(verdict.expected ?? null, expected)
    if (received !== undefined) assert.equal(verdict.received ?? null, received)
  })
}

test('has a case in the table for every reason to refuse', () => {
  const named = new Set(cases.map((entry) => entry.expect.reason).filter((reason) => reason !== undefined))
  assert.deepEqual([...named].sort(), Object.keys(everyReason).sort())
})

test('has in each case of the table the protocol and host that a framework behind a trusted proxy reports', () => {
  for (const { name, headers, protocol, host } of cases) {
    const line = (wanted: string) => headers.find(([header]) => header.toLowerCase() === wanted)?.[1]
    assert.equal(protocol, line('x-forwarded-proto') ?? 'http', name)
    assert.equal(host, (line('x-forwarded-host') ?? line('host') ?? '').split(',')[0], name)
  }
})

test('gives the same verdict a second time, when the host is known', () => {
  for (const entry of cases) assert.deepEqual(judge(entry), judge(entry))
})

test('recognises its own origin after a flood of hosts', () => {
  const policy = policyOf({})
  for (let i = 0; i < 2000; i++) {
    const host = `flood-${i}.example`
    const facts = { origin: `http://${host}`, site: undefined, referer: undefined, host }
    assert.equal(judgeOrigin(facts, { protocol: 'http', host }, policy).verdict, 'allow')
    assert.equal(
      judgeOrigin({ ...facts, origin: 'http://flood.example' }, { protocol: 'http', host }, policy).verdict,
      'refuse',
    )
  }
})

test('refuses a Host that the framework could not read as malformed', () => {
  const facts = { origin: undefined, site: 'same-origin', referer: undefined, host: 'user@[' }
  const verdict = judgeOrigin(facts, { protocol: 'http', host: '' }, policyOf({}))
  assert.equal(verdict.verdict === 'refuse' && verdict.reason, 'host-malformed')
})

test('checks the Host line too when the framework has repaired it', () => {
  const facts = { origin: undefined, site: 'same-origin', referer: undefined, host: 'user@app.example' }
  const verdict = judgeOrigin(facts, { protocol: 'http', host: 'app.example' }, policyOf({}))
  assert.equal(verdict.verdict === 'refuse' && verdict.reason, 'host-malformed')
})

test('does not ask the framework when an origin is configured', () => {
  const own = {
    get protocol(): string {
      return assert.fail('asked for the protocol')
    },
    get host(): string {
      return assert.fail('asked for the host')
    },
  }
  const origin = 'https://app.example'
  const facts = { origin, site: 'same-origin', referer: undefined, host: 'internal' }
  assert.equal(judgeOrigin(facts, own, policyOf({ origin })).verdict, 'allow')
})

test('takes an origin of 268 characters, the longest possible, and refuses 269', () => {
  const ofLength = (length: number) => `https://${'a.'.repeat(125)}${'a'.repeat(length - 250 - 8 - 6)}:65535`
  for (const [length, reason] of [
    [267, 'other-origin'],
    [268, 'other-origin'],
    [269, 'origin-malformed'],
  ] as const) {
    const origin = ofLength(length)
    assert.equal(origin.length, length)
    const verdict = judgeOrigin(
      { origin, site: undefined, referer: undefined, host: 'app.example' },
      { protocol: 'https', host: 'app.example' },
      policyOf({}),
    )
    assert.equal(verdict.verdict === 'refuse' && verdict.reason, reason)
  }
})

test('takes a host of 260 characters, and refuses 261', () => {
  for (const [length, verdict] of [
    [259, 'allow'],
    [260, 'allow'],
    [261, 'refuse'],
  ] as const) {
    const host = `${'a.'.repeat(125)}${'a'.repeat(length - 250 - 6)}:65535`
    assert.equal(host.length, length)
    const facts = { origin: `https://${host}`, site: undefined, referer: undefined, host }
    assert.equal(judgeOrigin(facts, { protocol: 'https', host }, policyOf({})).verdict, verdict)
  }
})

test('explains a different scheme by a proxy that ends TLS', () => {
  const text = explanation('another scheme alone')
  assert.match(text, /"https:\/\/app\.example".*"http:\/\/app\.example"/)
  assert.match(text, /app\.proxy = true/)
  assert.match(text, /trust proxy/)
  assert.match(text, /proxy_set_header X-Forwarded-Proto \$scheme/)
  assert.match(text, /origin: 'https:\/\/app\.example'/)
  assert.doesNotMatch(text, /allowedOrigins/)
})

test('explains a different host by a proxy that changed Host, and suggests a list', () => {
  const text = explanation('another Origin alone')
  assert.match(text, /"http:\/\/evil\.example".*"http:\/\/app\.example" by its protocol and Host/)
  assert.match(text, /proxy_set_header Host \$host/)
  assert.match(text, /origin: 'http:\/\/evil\.example'/)
  assert.match(text, /allowedOrigins: \['http:\/\/evil\.example'\]/)
})

test('explains a host from X-Forwarded-Host by that header', () => {
  const facts = readOriginFacts({
    rawHeaders: ['Host', 'app.example:8443', 'Origin', 'https://app.example:8443'],
  })
  const verdict = judgeOrigin(facts, { protocol: 'https', host: 'evil.example' }, policyOf({}))
  assert.ok(verdict.verdict === 'refuse')
  const text = explainRefusal(verdict)
  assert.match(text, /"https:\/\/evil\.example" by X-Forwarded-Host/)
  assert.match(text, /proxy_set_header X-Forwarded-Host \$http_host/)
  assert.match(text, /origin: 'https:\/\/app\.example:8443'/)
})

test('explains a host that differs from the option by the option', () => {
  const text = explanation('same-origin with another Origin and configured')
  assert.match(text, /"https:\/\/shop\.example".*"https:\/\/app\.example" by its origin option/)
  assert.match(text, /origin: 'https:\/\/shop\.example'/)
  assert.doesNotMatch(text, /proxy_set_header/)
})

test('explains a form from another site, and suggests a list', () => {
  assert.match(explanation('cross-site with another Origin'), /allowedOrigins: \['http:\/\/evil\.example'\]/)
})

test('does not suggest a list for an Origin that cannot be listed', () => {
  assert.doesNotMatch(explanation('cross-site with Origin null'), /allowedOrigins/)
  assert.doesNotMatch(explanation('cross-site without Origin'), /allowedOrigins/)
})

test('explains a missing Host, and suggests a proxy setting or the option', () => {
  assert.match(explanation('Host missing'), /proxy_set_header Host \$host.*origin: 'https:/)
})

test('explains that a request without any origin needs a session', () => {
  assert.match(explanation('nothing at all'), /session: \(ctx\) =>/)
})

test('explains every refusal of the table in a short, printable text', () => {
  for (const entry of cases) {
    const verdict = judge(entry)
    if (verdict.verdict === 'allow') continue
    const text = explainRefusal(verdict)
    assert.match(text, /^[ -~…]+\.$/, entry.name)
    assert.ok(text.length < 800, `${entry.name}: ${text.length}`)
  }
})

function judge({ headers, protocol, host, policy }: OriginCase): OriginVerdict {
  return judgeOrigin(readOriginFacts({ rawHeaders: headers.flat() }), { protocol, host }, policyOf(policy))
}

function policyOf({ origin, allowedOrigins }: OriginCase['policy']): OriginPolicy {
  return { origin, allowed: compileAllowedOrigins(allowedOrigins) }
}

function explanation(name: string): string {
  const entry = cases.find((candidate) => candidate.name === name)
  assert.ok(entry, name)
  const verdict = judge(entry)
  assert.ok(verdict.verdict !== 'allow')
  return explainRefusal(verdict)
}

/** A reason that is added to the union without a case fails to compile here, or fails above. */
const everyReason: Record<OriginRefusalReason, true> = {
  'protocol-unknown': true,
  'host-missing': true,
  'host-malformed': true,
  'host-repeated': true,
  'origin-malformed': true,
  'origin-repeated': true,
  'site-unknown': true,
  'site-repeated': true,
  'same-site': true,
  'cross-site': true,
  'other-origin': true,
  'referer-malformed': true,
  'referer-repeated': true,
  'other-referer': true,
}

test('expects the configured origin, else that of the framework', () => {
  const own = { protocol: 'https', host: 'app.example:8443' }
  const allowed = () => false
  assert.equal(expectedOrigin(own, { origin: 'https://shop.example', allowed }), 'https://shop.example')
  assert.equal(expectedOrigin(own, { origin: undefined, allowed }), 'https://app.example:8443')
  assert.equal(expectedOrigin({ protocol: 'https', host: '' }, { origin: undefined, allowed }), undefined)
})
