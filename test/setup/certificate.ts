import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

/** A key and a self-signed certificate for tests, both in PEM. */
export interface Certificate {
  readonly key: string
  readonly certificate: string
}

/** Creates a self-signed certificate that is valid for one day. Browsers must be told to accept it. RFC 5280. */
export function selfSign(name: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(Buffer.from('06082a8648ce3d040302', 'hex')) // ecdsa-with-SHA256
  const commonName = sequence(set(sequence(Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(name)))))
  const now = Date.now()
  const toBeSigned = sequence(
    der(0x02, Buffer.of(1), randomBytes(8)),
    algorithm,
    commonName,
    sequence(utcTime(now - 3_600_000), utcTime(now + 86_400_000)),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = createSign('sha256').update(toBeSigned).sign(privateKey)
  const certificate = sequence(toBeSigned, algorithm, der(0x03, Buffer.of(0), signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  }
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents)
}

function set(...contents: readonly Buffer[]): Buffer {
  return der(0x31, ...contents)
}

function utcTime(time: number): Buffer {
  return der(
    0x17,
    Buffer.from(
      `${new Date(time)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2)}`,
    ),
  )
}

/** Encodes tag, length and content: X.690, 8.1. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}
