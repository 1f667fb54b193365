import { lazyPackage } from '../base/lazy-package.js'

/**
 * NaCl's own calling convention (https://nacl.cr.yp.to/secretbox.html): a message has 32 zero bytes before it, a box
 * 16, and lengths count the 32. The package's friendlier functions copy both twice, which doubles their time.
 */
interface LowLevel {
  crypto_secretbox(
    box: Uint8Array,
    message: Uint8Array,
    length: number,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  crypto_core_hsalsa20(out: Uint8Array, input: Uint8Array, key: Uint8Array, constant: Uint8Array): void
  crypto_stream_salsa20(
    out: Uint8Array,
    at: number,
    length: number,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  crypto_stream_salsa20_xor(
    out: Uint8Array,
    at: number,
    input: Uint8Array,
    from: number,
    length: number,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  crypto_onetimeauth_verify(
    mac: Uint8Array,
    macAt: number,
    input: Uint8Array,
    from: number,
    length: number,
    key: Uint8Array,
  ): number
}

// The package exports these functions but leaves them out of its types.
const nacl = lazyPackage<{ readonly lowlevel: LowLevel }>('tweetnacl')

/** Bytes before a message. */
export const messageOffset = 32
/** Bytes before the authenticator of a box; what they held is lost when a box is made. */
export const boxOffset = 16
export const macLength = 16

/** Encrypts `length` bytes at `message[32]` into `box[16]`: the authenticator, then as many bytes. */
export function encrypt(
  box: Uint8Array,
  message: Uint8Array,
  length: number,
  nonce: Uint8Array,
  key: Uint8Array,
): void {
  nacl().lowlevel.crypto_secretbox(box, message, length + messageOffset, nonce, key)
}

/**
 * The reverse. When the authenticator is wrong, it answers `false` and `message` is untouched.
 *
 * NaCl's own function derives the stream's key twice, once to check and once to decrypt; deriving it once saves a
 * quarter of the time.
 */
export function decrypt(
  message: Uint8Array,
  box: Uint8Array,
  length: number,
  nonce: Uint8Array,
  key: Uint8Array,
): boolean {
  const { lowlevel } = nacl()
  for (let i = 0; i < 8; i++) streamNonce[i] = nonce[16 + i]!
  lowlevel.crypto_core_hsalsa20(streamKey, nonce, key, sigma)
  lowlevel.crypto_stream_salsa20(macKey, 0, 32, streamNonce, streamKey)
  const authentic =
    lowlevel.crypto_onetimeauth_verify(box, boxOffset, box, messageOffset, length, macKey) === 0
  if (authentic) {
    lowlevel.crypto_stream_salsa20_xor(message, 0, box, 0, messageOffset + length, streamNonce, streamKey)
    message.fill(0, 0, messageOffset)
  }
  return authentic
}

/** The constant of Salsa20 with a 32-byte key. */
const sigma = new Uint8Array(Buffer.from('expand 32-byte k', 'latin1'))
const streamKey = new Uint8Array(32)
const streamNonce = new Uint8Array(8)
const macKey = new Uint8Array(32)
