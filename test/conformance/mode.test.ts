import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createActions, redirect } from '../../lib/sealform.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of frameworks) describe(`development on ${framework.name}`, () => cases(framework))

/** What a visitor sees: the timings of an answer, and the configured origin on the page of a refusal. */
async function seen(
  t: TestContext,
  framework: Framework,
  { env, development }: { readonly env: string | undefined; readonly development?: boolean },
) {
  const before = process.env.NODE_ENV
  if (env === undefined) delete process.env.NODE_ENV
  else process.env.NODE_ENV = env
  try {
    const site = await openSite(t, framework, {
      run: () => redirect('/page'),
      actions: development === undefined ? {} : { development },
      middleware: { origin: 'https://shop.example' },
    })
    const accepted = await site.submit()
    assert.equal(accepted.status, 303)
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
    const refused = await site.submit({}, { headers })
    assert.equal(refused.status, 403)
    return {
      timing: [accepted, refused].some((answer) => answer.headers['server-timing'] !== undefined),
      origin: /shop\.example|evil\.example|allowedOrigins/.test(refused.text),
    }
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

function cases(framework: Framework): void {
  it('shows nothing to visitors unless NODE_ENV is development or test', async (t) => {
    const nothing = { timing: false, origin: false }
    for (const env of [undefined, '', 'production', 'staging', 'Production', 'Development']) {
      assert.deepEqual(await seen(t, framework, { env }), nothing, env)
    }
    for (const env of ['development', 'test']) {
      assert.deepEqual(await seen(t, framework, { env }), { timing: true, origin: true }, env)
    }
  })

  it('follows the option of the app', async (t) => {
    const off = await seen(t, framework, { env: 'development', development: false })
    assert.deepEqual(off, { timing: false, origin: false })
    const on = await seen(t, framework, { env: 'production', development: true })
    assert.deepEqual(on, { timing: true, origin: true })
  })
}

describe('the option development', () => {
  it('is true or false', () => {
    for (const development of ['true', 1, null]) {
      assert.throws(() => createActions({ development } as never), {
        code: 'ERR_OPTION_INVALID',
        message: /^createActions\(\{ development \}\) must be true or false, not /,
      })
    }
  })
})
