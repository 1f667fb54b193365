import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, test } from 'node:test'
import { type OriginFacts, readOriginFacts, repeated } from '../../../lib/origin/origin-headers.js'
import { readOriginCases } from '../../vectors/origin.js'

const nothing: OriginFacts = { origin: undefined, site: undefined, referer: undefined, host: undefined }

test('reads the four headers between others', () => {
  const rawHeaders = ['Host', 'a', 'Accept', '*/*', 'Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Site', 'none']
  rawHeaders.push('Referer', 'http://a/', 'Content-Length', '1', 'Origin', 'null', 'Cookie', 'c', 'Date', 'd')
  assert.deepEqual(readOriginFacts({ rawHeaders }), {
    origin: 'null',
    site: 'none',
    referer: 'http://a/',
    host: 'a',
  })
})

test('reads names in any case', () => {
  const rawHeaders = ['hOST', 'a', 'ORIGIN', 'o', 'rEFERER', 'r', 'SEC-FETCH-SITE', 's']
  assert.deepEqual(readOriginFacts({ rawHeaders }), { origin: 'o', site: 's', referer: 'r', host: 'a' })
})

test('distinguishes an empty header from an absent one', () => {
  assert.deepEqual(readOriginFacts({ rawHeaders: ['Origin', ''] }), { ...nothing, origin: '' })
  assert.deepEqual(readOriginFacts({ rawHeaders: [] }), nothing)
})

test('reports a second line of the same name, even when both are empty or equal', () => {
  const rawHeaders = ['Host', 'a', 'host', 'a', 'Origin', '', 'origin', '', 'Referer', 'r', 'Referer', 'r']
  rawHeaders.push('Sec-Fetch-Site', 's', 'sec-fetch-site', 's', 'Sec-Fetch-Site', 's')
  const facts = readOriginFacts({ rawHeaders })
  assert.deepEqual(facts, { origin: repeated, site: repeated, referer: repeated, host: repeated })
})

test('ignores names of the same length with the same first letter', () => {
  const rawHeaders = ['Hosh', '1', 'Oregon', '1', 'Referee', '1', 'Sec-Fetch-Sits', '1', ':authoritx', '1']
  assert.deepEqual(readOriginFacts({ rawHeaders }), nothing)
})

test('reads :authority of HTTP/2 as the host', () => {
  assert.equal(readOriginFacts({ rawHeaders: [':authority', 'a'] }).host, 'a')
  assert.equal(readOriginFacts({ rawHeaders: [':authority', 'a', 'host', 'a'] }).host, 'a')
})

test('reports a Host that contradicts :authority as repeated', () => {
  assert.equal(readOriginFacts({ rawHeaders: [':authority', 'a', 'host', 'b'] }).host, repeated)
  assert.equal(readOriginFacts({ rawHeaders: [':authority', 'a', 'host', ''] }).host, repeated)
})

// The sizes of the table exceed what Node takes by default, and Node answers for a missing Host by itself.
const server = createServer({ maxHeaderSize: 1 << 20, requireHostHeader: false })
before(() => once(server.listen(0, '127.0.0.1'), 'listening'))
after(() => server.close())

test('reads from a socket the values in the table of cases, byte for byte', async () => {
  for (const { name, headers } of readOriginCases()) {
    const lines = headers.map(([header, value]) => `${header}: ${value}\r\n`).join('')
    const received = await factsOverSocket(`POST /form HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`)
    assert.deepEqual(received, readOriginFacts({ rawHeaders: headers.flat() }), name)
  }
})

async function factsOverSocket(request: string): Promise<OriginFacts> {
  const address = server.address() as AddressInfo
  const socket = connect(address.port, address.address)
  const answered = new Promise<OriginFacts>((resolve, reject) => {
    server.once('request', (req, res) => {
      resolve(readOriginFacts(req))
      res.end()
    })
    server.once('clientError', reject)
    socket.once('error', reject)
  })
  socket.write(request, 'latin1')
  try {
    return await answered
  } finally {
    server.removeAllListeners('request').removeAllListeners('clientError')
    socket.destroy()
  }
}
