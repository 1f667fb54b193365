import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import express from 'express'
import { createActions } from '../../lib/sealform.js'
import { mountOf } from '../../middleware/client-script.js'
import { sealform } from '../../middleware/express.js'
import { testKey } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'

describe('where a middleware is mounted', () => {
  it('is what the framework has taken off the URL', () => {
    for (const [original, current, mount] of [
      ['/', '/', ''],
      ['/a/b?c', '/a/b?c', ''],
      ['/app/a/b?c', '/a/b?c', '/app'],
      ['/app', '/', '/app'],
      ['/app?c', '/?c', '/app'],
      ['/app/', '/', '/app'],
      ['/app/x/y/', '/y/', '/app/x'],
      ['/other', '/rewritten', ''],
    ] as const) {
      assert.equal(mountOf(original, current), mount, original)
    }
  })

  it('comes before the path of the script, and the script is served there', async () => {
    const app = express()
    const actions = createActions({ keys: testKey })
    app.use('/app', sealform(actions), (req, res) => void res.send(String(req.forms.script)))
    const { text } = await requestsTo(app).get('/app/page').expect(200)
    const path = /src="(\/app\/sealform-client-[^"]+)"/.exec(text)?.[1] ?? assert.fail(text)
    await requestsTo(app)
      .get(path)
      .expect(200)
      .expect('Content-Type', /javascript/)
  })
})
