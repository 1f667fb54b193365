import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { testKey } from '../setup/koa-app.js'

const library = new URL('../../lib/sealform.js', import.meta.url).href
const adapter = new URL('../../middleware/node.js', import.meta.url).href

/** Starts an app with this environment in a process of its own, which makes two middlewares and ends. */
function start(env: NodeJS.ProcessEnv, options = '{}') {
  const program = `
    import { createActions } from ${JSON.stringify(library)}
    import { sealform } from ${JSON.stringify(adapter)}
    const actions = createActions(${options})
    sealform(actions, () => {})
    sealform(actions, () => {})`
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })
  assert.equal(stdout, '')
  return { status, lines: stderr.split('\n').filter((line) => line.startsWith('sealform: ')) }
}

describe('the start of an app', () => {
  const key = { SEALFORM_KEYS: testKey }

  it('says in one line which mode it is, and why', () => {
    for (const [env, line] of [
      [{}, /^sealform: production mode, because NODE_ENV is not set\. Set NODE_ENV=development to see/],
      [
        { NODE_ENV: 'production' },
        /^sealform: production mode, because NODE_ENV is "production"\. Visitors see nothing/,
      ],
      [{ NODE_ENV: 'staging' }, /^sealform: production mode, because NODE_ENV is "staging"\./],
      [
        { NODE_ENV: 'development' },
        /^sealform: development mode, because NODE_ENV is "development"\. Answers show/,
      ],
    ] as const) {
      const { status, lines } = start({ ...key, ...env })
      assert.equal(status, 0)
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', line)
    }
  })

  it('names the option when it decides', () => {
    const { lines } = start({ ...key, NODE_ENV: 'test' }, '{ development: true }')
    assert.equal(lines.length, 1)
    assert.match(
      lines[0] ?? '',
      /^sealform: development mode, because of createActions\(\{ development: true \}\)\./,
    )
  })

  it('says nothing in tests', () => {
    assert.deepEqual(start({ ...key, NODE_ENV: 'test' }), { status: 0, lines: [] })
  })

  it('succeeds without a key when NODE_ENV is not set, as on a first try, and fails in an environment with a name', () => {
    assert.equal(start({}).status, 0)
    assert.equal(start({ NODE_ENV: 'development' }).status, 0)
    assert.equal(start({ NODE_ENV: 'staging' }).status, 1)
    assert.equal(start({ NODE_ENV: 'Production' }).status, 1)
    assert.equal(start({}, '{ development: false }').status, 1)
    assert.equal(start({ NODE_ENV: 'production' }, '{ development: true }').status, 0)
  })
})
