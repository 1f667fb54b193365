import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeValues } from '../../../lib/seal/bound-values.js'
import { ownerOf } from '../../../lib/seal/form-owner.js'
import { createKeyRing } from '../../../lib/seal/key-ring.js'
import { pathBinding } from '../../../lib/seal/path-binding.js'
import type { SealPurpose } from '../../../lib/seal/purpose.js'
import { seal, sessionBinding } from '../../../lib/seal/seal.js'
import type { SealContent } from '../../../lib/seal/seal-content.js'
import { createActions } from '../../../lib/sealform.js'
import { type CommandResult, runCommand } from '../../setup/command.js'

const key = Buffer.from('a key of thirty-two bytes, yes!!').toString('base64')
const otherKey = Buffer.from('another key of thirty-two bytes!').toString('base64')
const ring = createKeyRing(key, {})
const [id] = ring.ids
const now = () => Math.floor(Date.now() / 1000)

function sealed(some: Partial<SealContent> = {}, purpose: SealPurpose = 'action'): string {
  return seal(ring, purpose, {
    audience: 'shop',
    action: 'todos.add',
    version: undefined,
    issued: now() - 3 * 3600,
    expires: now() + 21 * 3600 + 1800,
    session: undefined,
    path: undefined,
    owner: undefined,
    values: '',
    ...some,
  })
}

function inspect(token: string, { keys = key, args = [] as string[] } = {}): Promise<CommandResult> {
  return runCommand(['inspect', ...args, token], { env: keys === '' ? {} : { SEALFORM_KEYS: keys } })
}

/** Asserts that the output has no part of a key that is long enough to recognise it. */
function assertNoKey({ stdout, stderr }: CommandResult): void {
  for (const secret of [key, otherKey]) {
    for (let i = 0; i + 8 <= secret.length; i++)
      assert.ok(!(stdout + stderr).includes(secret.slice(i, i + 8)))
  }
}

describe('sealform inspect', () => {
  it('shows the content of a seal, and that it would be accepted', async () => {
    const result = await inspect(
      sealed({
        version: '2',
        path: pathBinding(ring, '/lists/7'),
        session: sessionBinding(ring, 'sid'),
        values: '["list-7",7]',
      }),
    )
    assert.equal(result.status, 0)
    assert.equal(result.stderr, '')
    assert.match(result.stdout, new RegExp(`^key +${id}, which also seals$`, 'm'))
    assert.match(result.stdout, /^opens +yes: the seal of a form$/m)
    assert.match(result.stdout, /^app +shop$/m)
    assert.match(result.stdout, /^action +todos\.add$/m)
    assert.match(result.stdout, /^input version +2$/m)
    assert.match(result.stdout, /^issued +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, 3 hours ago$/m)
    assert.match(result.stdout, /^expires +.* UTC, in 21 hours$/m)
    assert.match(result.stdout, /^session +bound to one session$/m)
    assert.match(result.stdout, /^path +bound to one path$/m)
    assert.match(result.stdout, /^bound values +\[ 'list-7', 7 \]$/m)
    assert.match(result.stdout, /would be accepted, when it comes from the session that it was made for/)
    assertNoKey(result)
  })

  it('prints bound values of every type, also actions, and escapes control characters', async () => {
    const actions = createActions({ keys: key })
    const other = actions.define('other', async (_, n: number) => n)
    const hostile = '\u001b[31mred\u0007\u202e\u2028'
    const values = [hostile, new Map([[1n, new Date(0)]]), other.bind(null, 3), { [hostile]: undefined }]
    const { references } = { references: actions as unknown as Parameters<typeof encodeValues>[2] }
    const { stdout, status } = await inspect(sealed({ values: encodeValues(values, 'x', references) }))
    assert.equal(status, 0)
    assert.match(stdout, /Map\(1\) \{ 1n => 1970-01-01T00:00:00\.000Z \}/)
    assert.match(stdout, /action other \[ 3 \]/)
    assert.match(stdout, /\\x1B\[31mred\\x07\\u\{202e\}/)
    assert.doesNotMatch(stdout, /[^\P{C}\n]/u)
  })

  it('reads the seal from stdin, with space around it', async () => {
    const env = { SEALFORM_KEYS: key }
    const { status, stdout } = await runCommand(['inspect'], { env, input: `  ${sealed()}\r\n\n` })
    assert.equal(status, 0)
    assert.match(stdout, /^action +todos\.add$/m)
  })

  it('shows only version and key id when there are no keys', async () => {
    const { status, stdout } = await inspect(sealed({ values: '["secret"]' }), { keys: '' })
    assert.equal(status, 0)
    assert.match(stdout, /^version +1$/m)
    assert.match(stdout, new RegExp(`^key +${id}$`, 'm'))
    assert.doesNotMatch(stdout, /todos|secret/)
    assert.match(stdout, /set SEALFORM_KEYS/)
  })

  it('refuses a seal from another key, and names the ids of both sides', async () => {
    const result = await inspect(sealed(), { keys: otherKey })
    assert.equal(result.status, 1)
    const [theirs] = createKeyRing(otherKey, {}).ids
    assert.match(result.stdout, new RegExp(`400 \\(malformed\\): .*key ${id}; these keys are ${theirs}`))
    assertNoKey(result)
  })

  it('finds the key at any place in the ring, and says that it does not seal', async () => {
    const { status, stdout } = await inspect(sealed(), { keys: `${otherKey},${key}` })
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`^key +${id}, which is key 2 of 2: it opens, but does not seal`, 'm'))
  })

  it('refuses an expired seal, and one from the future', async () => {
    const old = await inspect(sealed({ expires: now() - 7200 }))
    assert.equal(old.status, 1)
    assert.match(old.stdout, /409 \(expired\): it expired 2 hours ago/)
    const early = await inspect(sealed({ issued: now() + 3600 }))
    assert.equal(early.status, 1)
    assert.match(early.stdout, /409 \(expired\): it was issued in the future: the clock/)
  })

  it('compares the app, the version of the action and the path when they are given', async () => {
    const token = sealed({ version: '1', path: pathBinding(ring, '/a') })
    const fits = await inspect(token, { args: ['--app', 'shop', '--action-version', '1', '--path', '/a'] })
    assert.equal(fits.status, 0)
    const app = await inspect(token, { args: ['--app', ''] })
    assert.match(
      app.stdout,
      /400 \(malformed\): it is from the app "shop", and this is an app without a name/,
    )
    const version = await inspect(token, { args: ['--action-version', '2'] })
    assert.match(version.stdout, /409 \(other-version\): .*version 1 .* now has 2/)
    const path = await inspect(token, { args: ['--path', '/b'] })
    assert.match(
      path.stdout,
      /403 \(other-path\): it is bound to the path of the page that printed it, which is not \/b\./,
    )
    assert.deepEqual([app.status, version.status, path.status], [1, 1, 1])
    assert.equal((await inspect(sealed(), { args: ['--action-version', ''] })).status, 0)
  })

  it('shows the form that a button is good in', async () => {
    const free = await inspect(sealed({ owner: 'orders.place' }, 'button'))
    assert.equal(free.status, 0)
    assert.match(free.stdout, /^opens +yes: the seal of a submit button$/m)
    assert.match(free.stdout, /^in the form of +orders\.place, without bound values$/m)
    assert.match(free.stdout, /would be accepted, in its own form, if "todos\.add"/)
    const owner = ownerOf({ action: 'orders.place', boundText: '["list-7"]' })
    const bound = await inspect(sealed({ owner, version: '1', path: '/a' }, 'button'))
    assert.match(
      bound.stdout,
      /^in the form of +orders\.place, with bound values that have the digest [\w-]{43}$/m,
    )
    const token = sealed({ owner, version: '1', path: '/a' }, 'button')
    assert.equal((await inspect(token, { args: ['--path', '/b'] })).status, 1)
    assert.equal((await inspect(token, { args: ['--action-version', '2'] })).status, 1)
  })

  it('distinguishes a state and a reference to a file from the seal of a form', async () => {
    const state = await inspect(sealed({ version: 'flash', values: '[{"count":3}]' }, 'state'))
    assert.equal(state.status, 0)
    assert.match(state.stdout, /^opens +yes: a state$/m)
    assert.match(state.stdout, /^carried in +the cookie of flash\(\)$/m)
    assert.match(state.stdout, /valid in its own place/)
    const file = await inspect(sealed({ values: '["avatar","id","a.png","image/png",5]' }, 'upload'))
    assert.match(file.stdout, /^opens +yes: a reference to a file that was kept$/m)
    assert.match(file.stdout, /a\.png/)
  })

  it('distinguishes a changed seal from one of another key', async () => {
    const token = sealed()
    const changed = token.slice(0, 60) + (token[60] === 'A' ? 'B' : 'A') + token.slice(61)
    const { status, stdout } = await inspect(changed)
    assert.equal(status, 1)
    assert.match(stdout, /its key is among these keys, but the seal does not open with it: it was changed/)
  })

  it('says what is wrong first with each token that is not a seal', async () => {
    const token = sealed({ values: JSON.stringify(['x'.repeat(64)]) })
    const cases: readonly (readonly [token: string, words: RegExp])[] = [
      ['', /it is empty/],
      [`value="${token}"`, /not base64url: "=" at position 6[\s\S]*without quotes/],
      [`${token.slice(0, 20)}\u202e`, /not base64url: "\\u\{202e\}" at position 21/],
      [token.slice(0, 100), /at least 146 characters; it was cut off/],
      ['A'.repeat(9000), /at most 8192 characters/],
      [token.slice(0, token.length - (token.length % 4)), /no seal has this length/],
      [`${token.slice(0, -2)}_${token.at(-1)}`, /does not open with it|last character was changed/],
      [`Ag${token.slice(2)}`, /opens version 1 only/],
    ]
    for (const [text, words] of cases) {
      const result = await inspect(text)
      assert.equal(result.status, 1, text)
      assert.match(result.stdout, words)
    }
  })

  it('names bad keys on stderr with status 2, and shows no part of them', async () => {
    const result = await inspect(sealed(), { keys: `${otherKey},${key.slice(0, 30)}` })
    assert.equal(result.status, 2)
    assert.equal(result.stdout, '')
    assert.match(result.stderr, /^sealform inspect \[ERR_KEY_INVALID\]: SEALFORM_KEYS: key 2 /)
    assertNoKey(result)
  })

  it('takes one seal', async () => {
    const { status, stderr } = await runCommand(['inspect', sealed(), sealed()])
    assert.equal(status, 2)
    assert.match(stderr, /takes one seal/)
  })
})
