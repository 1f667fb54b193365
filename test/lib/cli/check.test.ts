import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createKeyRing } from '../../../lib/seal/key-ring.js'
import { runCommand } from '../../setup/command.js'

const [one, two] = [randomBytes(32), randomBytes(24)].map((bytes) => bytes.toString('base64')) as [
  string,
  string,
]
const [oneId, twoId] = createKeyRing([one, two], {}).ids

const check = (env: NodeJS.ProcessEnv, ...args: string[]) => runCommand(['check', ...args], { env })
const visit = (...args: string[]) => check({ SEALFORM_KEYS: one }, '--visit', 'https://shop.example', ...args)

describe('sealform check', () => {
  it('names the keys by their ids, and the one that seals', async () => {
    const { status, stdout } = await check({ SEALFORM_KEYS: `${one},${two}`, NODE_ENV: 'production' })
    assert.equal(status, 0)
    assert.match(stdout, /^NODE_ENV +production/m)
    assert.match(stdout, new RegExp(`^key 1 +${oneId}, seals, opens, 32 bytes$`, 'm'))
    assert.match(stdout, new RegExp(`^key 2 +${twoId}, opens, 24 bytes$`, 'm'))
  })

  it('says of each bad key what is wrong with it, with the code, and shows no part of any key', async () => {
    const bad = [
      '',
      one.slice(0, 30),
      Buffer.alloc(32, 7).toString('base64'),
      one,
      randomBytes(32).toString('hex'),
    ]
    const { status, stdout } = await check({ SEALFORM_KEYS: [one, ...bad].join(',') })
    assert.equal(status, 1)
    assert.match(stdout, /^key 1 +[0-9a-f]{8}, seals/m)
    assert.match(stdout, /^key 2 +wrong \[ERR_KEY_INVALID\]: .*empty/m)
    assert.match(stdout, /^key 3 +wrong \[ERR_KEY_INVALID\]: /m)
    assert.match(stdout, /^key 4 +wrong \[ERR_KEY_INVALID\]: .*repeats the same few bytes/m)
    assert.match(stdout, /^key 5 +wrong \[ERR_KEY_INVALID\]: .*key 5 is the same as key 1/m)
    assert.match(stdout, /^key 6 +wrong \[ERR_KEY_INVALID\]: .*hexadecimal/m)
    for (const key of [one, ...bad]) if (key !== '') assert.ok(!stdout.includes(key.slice(0, 8)))
  })

  it('warns about an encoded passphrase', async () => {
    const { status, stdout } = await check({
      SEALFORM_KEYS: Buffer.from('correct horse battery staple hey').toString('base64'),
    })
    assert.equal(status, 0)
    assert.match(stdout, /Warning: its bytes are readable text/)
    assert.doesNotMatch(stdout, /correct/)
  })

  it('fails without a key in production only', async () => {
    const production = await check({ NODE_ENV: 'production' })
    assert.equal(production.status, 1)
    assert.match(production.stdout, /none: the app does not start.*keygen/)
    for (const NODE_ENV of ['staging', 'Production']) {
      const { status, stdout } = await check({ NODE_ENV })
      assert.equal(status, 1)
      assert.match(stdout, new RegExp(`^NODE_ENV +${NODE_ENV}: production mode; the app needs a key`, 'm'))
    }
    for (const [env, mode] of [
      [{}, /^NODE_ENV +not set: production mode, but a random key is used without another$/m],
      [{ NODE_ENV: 'development' }, /^NODE_ENV +development: development mode; /m],
    ] as const) {
      const { status, stdout } = await check(env)
      assert.equal(status, 0)
      assert.match(stdout, mode)
      assert.match(stdout, /none: each process uses a random key/)
    }
  })

  it('reads the file that SEALFORM_KEYS_FILE names', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sealform-check-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'keys')
    writeFileSync(file, `${one}\n${two}\n`)
    assert.match(
      (await check({ SEALFORM_KEYS_FILE: file })).stdout,
      new RegExp(`^key 2 +${twoId}, opens`, 'm'),
    )
    const missing = await check({ SEALFORM_KEYS_FILE: `${file}s` })
    assert.equal(missing.status, 1)
    assert.match(missing.stdout, /wrong \[ERR_KEY_MISSING\]: SEALFORM_KEYS_FILE names .*ENOENT/)
    const both = await check({ SEALFORM_KEYS_FILE: file, SEALFORM_KEYS: one })
    assert.match(both.stdout, /wrong \[ERR_KEY_INVALID\]: .*both set/)
  })

  it('allows forms of its own pages when the origin is configured, and none of another site', async () => {
    const { status, stdout } = await visit(
      '--origin',
      'https://shop.example',
      '--host',
      'internal:3000',
      '--protocol',
      'http',
    )
    assert.equal(status, 0)
    assert.match(stdout, /^the app is +https:\/\/shop\.example, by its origin option$/m)
    assert.match(stdout, /^a form of our own page +allowed$/m)
    assert.match(stdout, /^a form of our own page, without Sec-Fetch-Site +allowed$/m)
    assert.match(stdout, /^a form of another site +refused with 403 \(cross-site\), as it should be$/m)
  })

  it('says which setting to change when TLS ends at a proxy that sends no header', async () => {
    const { status, stdout } = await visit('--protocol', 'http')
    assert.equal(status, 1)
    assert.match(stdout, /^a form of our own page +allowed$/m)
    assert.match(stdout, /without Sec-Fetch-Site +refused with 403 \(other-origin\)$/m)
    assert.match(stdout, /Only the scheme differs, so TLS probably ends at a proxy/)
  })

  it('says that X-Forwarded-* is not trusted, and passes when it is', async () => {
    const sent = ['--forwarded-proto', 'https', '--session']
    const ignored = await visit(...sent)
    assert.equal(ignored.status, 1)
    assert.match(ignored.stdout, /X-Forwarded-\* is not trusted/)
    const trusted = await visit(...sent, '--trust-proxy')
    assert.equal(trusted.status, 0)
    assert.match(trusted.stdout, /^the app is +https:\/\/shop\.example, by X-Forwarded-Proto/m)
  })

  it('judges by the first of several forwarded hosts, as frameworks do, and warns', async () => {
    const { stdout } = await visit('--trust-proxy', '--forwarded-host', 'evil.example, shop.example')
    assert.match(stdout, /^the app is +https:\/\/evil\.example/m)
    assert.match(stdout, /Warning: frameworks take the first of several hosts/)
  })

  it('needs a session when a request does not show which page sent it', async () => {
    const without = await check({}, '--visit', 'http://intranet')
    assert.equal(without.status, 1)
    assert.match(
      without.stdout,
      /no-referrer, without Sec-Fetch-Site +refused with 403: the request does not show/,
    )
    const session = await check({}, '--visit', 'http://intranet', '--session')
    assert.equal(session.status, 0)
    assert.match(session.stdout, /allowed with a seal that is bound to the session/)
  })

  it('judges a form of each listed origin', async () => {
    const { stdout } = await visit(
      '--allowed-origins',
      'pay.example, *.my-proxy.com',
      '--allowed-origins',
      'http://localhost:8080',
    )
    assert.match(stdout, /^a form of https:\/\/pay\.example +allowed$/m)
    assert.match(stdout, /^a form of http:\/\/localhost:8080 +allowed$/m)
  })

  it('refuses options that the middleware would refuse, with the same message', async () => {
    const origin = await visit('--origin', 'https://shop.example/')
    assert.equal(origin.status, 2)
    assert.match(origin.stderr, /^sealform check \[ERR_OPTION_INVALID\]: .*write 'https:\/\/shop\.example'/)
    assert.equal((await visit('--allowed-origins', '*')).status, 2)
  })

  it('asks for --visit when only proxy options are given, and for a URL when it is not one', async () => {
    for (const args of [
      ['--host', 'x'],
      ['--trust-proxy'],
      ['--visit', 'shop.example'],
      ['--visit', 'ftp://shop.example'],
    ]) {
      const { status, stderr } = await check({}, ...args)
      assert.equal(status, 2)
      assert.match(stderr, /--visit takes the URL that visitors see/)
    }
  })

  it('says that the Host is missing, and calls no refusal of its own forms right', async () => {
    const { status, stdout } = await visit('--host', '')
    assert.equal(status, 1)
    assert.match(stdout, /^the app is +unknown, by its protocol/m)
    assert.equal(stdout.match(/as it should be/g)?.length, 1)
    assert.match(stdout, /This request has no Host header/)
  })

  it('takes no other arguments', async () => {
    assert.equal((await check({}, 'keys')).status, 2)
  })
})
