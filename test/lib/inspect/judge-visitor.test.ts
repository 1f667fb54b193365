import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeVisitor, type VisitorFacts } from '../../../lib/inspect/judge-visitor.js'

const own: VisitorFacts = { address: '127.0.0.1', host: 'localhost:3000', headers: ['host', 'accept'] }

function judged(facts: Partial<VisitorFacts>) {
  return judgeVisitor({ ...own, ...facts })
}

describe('who may see the inspector', () => {
  it('admits a browser on the same machine', () => {
    for (const address of ['127.0.0.1', '127.8.9.250', '::1', '::ffff:127.0.0.1', '::FFFF:127.1.2.3']) {
      assert.equal(judged({ address }), 'admit', address)
    }
    for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1', '127.0.0.1:65535', '[::1]', '[::1]:3000']) {
      assert.equal(judged({ host }), 'admit', host)
    }
  })

  it('refuses the address of another machine', () => {
    const others = [
      undefined,
      '',
      '10.0.0.1',
      '192.168.1.5',
      '128.0.0.1',
      '1127.0.0.1',
      '127.0.0.1.example.org',
      '::',
      '::2',
      '::11',
      'fe80::1',
      '::ffff:10.0.0.1',
      '::ffff:192.127.0.0',
      '64:ff9b::127.0.0.1',
      '127.0.0',
    ]
    for (const address of others) assert.equal(judged({ address }), 'address', address)
  })

  it('refuses another name, to which DNS could give the address of this machine', () => {
    const others = [
      undefined,
      '',
      'evil.example',
      'evil.example:3000',
      'localhost.evil.example',
      'evil-localhost',
      'localhost.',
      'localhost:',
      'localhost:port',
      'localhost@evil.example',
      'localhost, evil.example',
      ' localhost',
      '127.0.0.1.nip.io',
      '127.0.0.2',
      '0.0.0.0',
      '2130706433',
      '::1',
      '[::1',
      '[::ffff:127.0.0.1]',
    ]
    for (const host of others) assert.equal(judged({ host }), 'host', host)
  })

  it('refuses what a proxy has passed on', () => {
    const names = [
      'forwarded',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-forwarded-prefix',
    ]
    for (const name of names) assert.equal(judged({ headers: ['host', name] }), 'forwarded', name)
    assert.equal(judged({ headers: ['host', 'x-forward', 'forwarded-by', 'not-x-forwarded-for'] }), 'admit')
  })

  it('names the address first, since the rest says nothing about a stranger', () => {
    assert.equal(judged({ address: '10.0.0.1', host: 'evil.example', headers: ['forwarded'] }), 'address')
  })
})
