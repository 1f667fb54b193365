import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { createKeyRing } from '../../../lib/seal/key-ring.js'
import { cli, sealform } from '../../setup/command.js'

test('keygen prints one line: a new key that the key ring accepts', async () => {
  const [one, two] = await Promise.all([sealform('keygen'), sealform('keygen')])
  assert.equal(one.status, 0)
  assert.equal(one.stderr, '')
  assert.match(one.stdout, /^[A-Za-z0-9+/]{43}=\n$/)
  assert.notEqual(one.stdout, two.stdout)
  assert.equal(createKeyRing(one.stdout, {}).ids.length, 1)
})

test('--help prints the commands on stdout', async () => {
  const { status, stdout, stderr } = await sealform('--help')
  assert.equal(status, 0)
  assert.match(stdout, /keygen +print a new key/)
  assert.equal(stderr, '')
})

test('--help after a command prints its usage, and does not run it', async () => {
  for (const command of ['keygen', 'inspect', 'check']) {
    const { status, stdout } = await sealform(command, '--help')
    assert.equal(status, 0)
    assert.ok(stdout.startsWith(`Usage: sealform ${command}`))
  }
})

test('an unknown option is named on stderr with status 2', async () => {
  for (const command of ['inspect', 'check']) {
    const { status, stdout, stderr } = await sealform(command, '--nope')
    assert.equal(status, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /'--nope'[\s\S]*Usage: sealform/)
  }
})

test('a closed stdout is not an error', async () => {
  const child = spawn(process.execPath, [cli, 'check'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const [status] = await once(child, 'close')
  assert.equal(errors, '')
  assert.equal(status, 0)
})

test('an unknown command is named on stderr with status 2', async () => {
  const { status, stdout, stderr } = await sealform('keygne')
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /no command "keygne"[\s\S]*keygen/)
})

test('no command at all prints the usage on stderr with status 2', async () => {
  const { status, stdout, stderr } = await sealform()
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /^Usage: sealform/)
})

test('keygen refuses arguments rather than ignore them', async () => {
  const { status, stdout, stderr } = await sealform('keygen', '--bytes=64')
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /takes no arguments/)
})
