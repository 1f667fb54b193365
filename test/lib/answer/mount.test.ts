import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Mount } from '../../../lib/answer/mount.js'
import { registryWith, sealsOf } from '../../setup/pending-submission.js'

const page = '/page'

function mountOf(name: string, path = true) {
  const registry = registryWith((actions) => actions.define(name, { path, async run() {} }))
  return { registry, mount: new Mount(registry, {}), seal: sealsOf(registry).action(name) }
}

test('keeps a seal of its own registry, and what no registry opens', () => {
  const [own] = [mountOf('own'), mountOf('other')]
  own.mount.meet([])
  for (const token of [own.seal, 'x', undefined]) assert.equal(own.mount.passesOn(token, page), false)
})

test('passes a seal on to a mount that has seen no request yet', () => {
  const [outer, inner] = [mountOf('outer-1'), mountOf('inner-1')]
  assert.equal(outer.mount.passesOn(inner.seal, page), true)
})

test('passes a seal on to a mount that has seen a request behind it, and not to one that has not', () => {
  const [outer, inner, elsewhere] = [mountOf('outer-2'), mountOf('inner-2'), mountOf('elsewhere-2')]
  inner.mount.meet([outer.registry])
  elsewhere.mount.meet([])
  assert.equal(outer.mount.passesOn(inner.seal, page), true)
  assert.equal(outer.mount.passesOn(elsewhere.seal, page), false)
  assert.equal(inner.mount.passesOn(outer.seal, page), true, 'the outer one has seen no request')
  outer.mount.meet([])
  assert.equal(inner.mount.passesOn(outer.seal, page), false)
})

test('passes a seal on only on the path that it is bound to', () => {
  const [outer, bound, free] = [mountOf('outer-3'), mountOf('bound-3'), mountOf('free-3', false)]
  assert.equal(outer.mount.passesOn(bound.seal, '/other'), false)
  assert.equal(outer.mount.passesOn(free.seal, '/other'), true)
})

test('does not pass on a seal of another app', () => {
  const outer = mountOf('outer-4')
  const shop = registryWith((actions) => actions.define('inner-4', async () => {}), { app: 'shop' })
  const blog = registryWith((actions) => actions.define('inner-4', async () => {}), { app: 'blog' })
  assert.equal(new Mount(shop, {}).registry, shop)
  assert.equal(outer.mount.passesOn(sealsOf(blog).action('inner-4'), page), false)
  assert.equal(outer.mount.passesOn(sealsOf(shop).action('inner-4'), page), true)
})
