import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { showPlace } from '../../../lib/inspect/show-place.js'
import { createActions } from '../../../lib/sealform.js'
import { testKey } from '../../setup/koa-app.js'

test('a file below the working directory is shown from there', () => {
  const url = pathToFileURL(join(process.cwd(), 'src', 'my todos.js'))
  assert.equal(showPlace(`${url}:12:5`), 'src/my todos.js:12')
  assert.equal(showPlace(`${join(process.cwd(), 'src', 'todos.cjs')}:3:1`), 'src/todos.cjs:3')
})

test('any other place is shown whole', () => {
  assert.equal(showPlace(`${pathToFileURL('/elsewhere/todos.js')}:12:5`), '/elsewhere/todos.js:12')
  assert.equal(showPlace('evalmachine.<anonymous>:2:9'), 'evalmachine.<anonymous>:2')
  assert.equal(showPlace('native'), 'native')
  assert.equal(showPlace(undefined), undefined)
})

test('an action is defined where the app calls define(), in development only', () => {
  const places = (development: boolean) => {
    const actions = createActions({ keys: testKey, development })
    actions.define('here', () => {})
    return Reflect.get(actions, 'places') as ReadonlyMap<string, string>
  }
  assert.match(
    showPlace(places(true).get('here')) ?? '',
    /^dist\/test\/lib\/inspect\/show-place\.test\.js:\d+$/,
  )
  assert.equal(places(false).size, 0)
})
