import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, mock, type TestContext } from 'node:test'
import { observeRun } from '../../../lib/action/observe-run.js'
import { invalid } from '../../../lib/sealform.js'
import { visit } from '../../../lib/testing/testing.js'
import { root } from '../../docs/project.js'
import { testKey } from '../../setup/koa-app.js'

function watchConsole(t: TestContext): string[] {
  const lines: string[] = []
  const spy = mock.method(console, 'warn', (line: unknown) => lines.push(String(line)))
  t.after(() => spy.mock.restore())
  return lines
}

describe('an action that is observed', () => {
  it('is named when it has not settled for ten seconds, once', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const lines = watchConsole(t)
    let settle = (_value: number) => {}
    const result = observeRun('slow', () => new Promise<number>((resolve) => (settle = resolve)))
    t.mock.timers.tick(9999)
    assert.deepEqual(lines, [])
    t.mock.timers.tick(1)
    assert.match(lines[0]!, /^sealform: "slow" has not settled for 10 s/)
    settle(3)
    assert.equal(await result, 3)
    observeRun('slow', () => new Promise(() => {}))
    t.mock.timers.tick(10_000)
    assert.equal(lines.length, 1)
  })

  it('is not named when it settles in time, however it ends', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const lines = watchConsole(t)
    assert.equal(
      observeRun('quick', () => 1),
      1,
    )
    assert.equal(await observeRun('quick', async () => 2), 2)
    assert.throws(() => observeRun('quick', () => assert.fail('thrown')), /thrown/)
    await assert.rejects(async () => observeRun('quick', async () => assert.fail('rejected')), /rejected/)
    t.mock.timers.tick(20_000)
    assert.deepEqual(lines, [])
  })

  it('tells apart the outcomes of runs that overlap', async (t) => {
    const lines = watchConsole(t)
    let go = () => {}
    const gate = new Promise<void>((resolve) => (go = resolve))
    const loses = observeRun('loses', async () => {
      await gate
      invalid('Lost')
    })
    const returns = observeRun('returns', async () => {
      await gate
      return invalid('Kept')
    })
    const nothing = observeRun('nothing', async () => gate)
    go()
    await Promise.all([loses, returns, nothing])
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /^sealform: "loses" called invalid\(\) at .*observe-run\.test/)
  })

  it('reads then of other thenables no more than the library does', () => {
    let reads = 0
    const lazy = Object.defineProperty({}, 'then', {
      get() {
        reads++
      },
    })
    assert.equal(
      observeRun('lazy', () => lazy),
      lazy,
    )
    assert.equal(reads, 0)
  })
})

describe('an outcome that is lost in an app with the packed library', () => {
  it('has the name by which apps import its function', async (t) => {
    const bundle = (name: string) => join(root, 'dist', 'bundle', `${name}.js`)
    const library: typeof import('../../../lib/sealform.js') = await import(bundle('sealform'))
    const { sealform }: typeof import('../../../middleware/node.js') = await import(bundle('node'))
    const { done, flash, forbidden, invalid, notFound, redirect, unauthorized } = library
    const lines = watchConsole(t)
    const actions = library.createActions({ keys: testKey, development: true })
    const makers = {
      done: () => done(1),
      flash: () => flash('Saved', '/'),
      forbidden,
      invalid: () => invalid('No'),
      notFound,
      redirect: () => redirect('/'),
      unauthorized,
    }
    for (const [name, make] of Object.entries(makers)) {
      const lose = actions.define(`lost.${name}`, () => {
        make()
      })
      const app = sealform(actions, (_req, _res, page) => {
        const form = page.form(lose)
        page.send(`<form ${form.attributes}>${form.fields}<button>Go</button></form>`)
      })
      const page = await visit(app, '/')
      await page.form(`lost.${name}`).submit()
    }
    const named = lines.map((line) =>
      / called (\S+)\(\) at .* Write `return (\S+)\(…\)`\.$/.exec(line)?.slice(1),
    )
    assert.deepEqual(
      named.filter((found) => found !== undefined),
      Object.keys(makers).map((name) => [name, name]),
    )
  })
})
