import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { FileStorage } from '../../../lib/files/file-storage.js'
import { sweepRegularly } from '../../../lib/files/sweep-storage.js'
import { patience } from '../../setup/patience.js'

function storageThat(sweep: FileStorage['sweep']): FileStorage {
  return { put: async () => {}, open: async () => undefined, remove: async () => {}, sweep }
}

function unexpected(error: unknown): never {
  throw error
}

test('sweeps files older than the age, at once and at each interval', (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setInterval'], now: 10_000_000 })
  const times: number[] = []
  const storage = storageThat(async (olderThan) => times.push(olderThan.getTime()))
  t.after(sweepRegularly(storage, { age: 3600, every: 600 }, unexpected))
  assert.deepEqual(times, [6_400_000])
})

test('sweeps again after each interval until it is ended', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let sweeps = 0
  const end = sweepRegularly(
    storageThat(async () => ++sweeps),
    { age: 1, every: 600 },
    unexpected,
  )
  await turn()
  t.mock.timers.tick(599_999)
  assert.equal(sweeps, 1)
  t.mock.timers.tick(1)
  assert.equal(sweeps, 2)
  end()
  await turn()
  t.mock.timers.tick(600_000)
  assert.equal(sweeps, 2)
})

test('starts no sweep while another one runs', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let sweeps = 0
  let finish = (_removed: number) => {}
  const storage = storageThat(() => {
    sweeps++
    return new Promise((resolve) => {
      finish = resolve
    })
  })
  t.after(sweepRegularly(storage, { age: 1, every: 600 }, unexpected))
  t.mock.timers.tick(1_800_000)
  assert.equal(sweeps, 1)
  finish(0)
  await turn()
  t.mock.timers.tick(600_000)
  assert.equal(sweeps, 2)
})

test('reports a failed sweep, and sweeps again', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const errors: unknown[] = []
  const broken = new Error('broken')
  const storage = storageThat(() => {
    throw broken
  })
  t.after(sweepRegularly(storage, { age: 1, every: 600 }, (error) => errors.push(error)))
  await turn()
  t.mock.timers.tick(600_000)
  await turn()
  assert.deepEqual(errors, [broken, broken])
})

test('keeps no process alive', () => {
  const module = new URL('../../../lib/files/sweep-storage.js', import.meta.url).href
  const script = `
    const { sweepRegularly } = await import(${JSON.stringify(module)})
    sweepRegularly({ sweep: async () => 0 }, { age: 1, every: 3600 }, console.error)`
  const options = { encoding: 'utf8', timeout: patience } as const
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], options)
  assert.equal(child.status, 0, child.stderr)
})
