import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import express from 'express'
import { createActions } from '../../lib/sealform.js'
import { sealform } from '../../middleware/express.js'
import { testKey } from '../setup/koa-app.js'

test('keeps the properties of requests and responses in tables, where V8 would give each of them a class', async () => {
  setFlagsFromString('--allow-natives-syntax')
  const isFast = new Function('object', 'return %HasFastProperties(object)') as (object: object) => boolean
  const app = express()
  app.use(sealform(createActions({ keys: testKey })))
  app.get('/', (req, res) => void res.json([isFast(req), isFast(res)]))
  const server = app.listen(0)
  try {
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const answer = await fetch(`http://127.0.0.1:${address.port}/`)
    const fast = Number.parseInt(process.versions.node, 10) >= 24
    assert.deepEqual(await answer.json(), [fast, fast])
  } finally {
    server.close()
  }
})

test('leaves a request and a response of Express with all that they had', async () => {
  const app = express()
  let before: PropertyDescriptorMap[] = []
  app.use((req, res, next) => {
    before = [Object.getOwnPropertyDescriptors(req), Object.getOwnPropertyDescriptors(res)]
    next()
  })
  app.use(sealform(createActions({ keys: testKey })))
  app.get('/', (req, res) => {
    const after = [Object.getOwnPropertyDescriptors(req), Object.getOwnPropertyDescriptors(res)]
    for (const [i, had] of before.entries()) {
      // Express itself sets these anew for each middleware and route.
      for (const name of ['next', 'url', 'baseUrl', 'route', 'params']) delete had[name]
      for (const [name, descriptor] of Object.entries(had))
        assert.deepEqual(after[i]?.[name], descriptor, name)
    }
    assert.equal(req.res, res)
    assert.equal(res.req, req)
    res.send('all')
  })
  const server = app.listen(0)
  try {
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const answer = await fetch(`http://127.0.0.1:${address.port}/`)
    assert.equal(await answer.text(), 'all')
  } finally {
    server.close()
  }
})
