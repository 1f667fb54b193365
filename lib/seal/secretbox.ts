import { lazyPackage } from '../base/lazy-package.js'

/**
 * The low-level functions of tweetnacl. They use NaCl's own convention (https://nacl.cr.yp.to/secretbox.html): 32 zero
 * bytes stand before a message and 16 before a box, and lengths include the 32. The package's simpler functions copy
 * message and box twice, which doubles their time.
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

// The package exports these functions, but its types do not contain them.
const nacl = lazyPackage<{ readonly lowlevel: LowLevel }>('tweetnacl')

/** Bytes before a message. */
export const messageOffset = 32
/** Bytes before the authenticator of a box. Encryption overwrites them. */
export const boxOffset = 16
export const macLength = 16

/** XSalsa20-Poly1305 over buffers that the caller owns, fills and reads. One instance can serve many calls. */
export class Secretbox {
  readonly #box: Uint8Array
  readonly #message: Uint8Array
  readonly #nonce: Uint8Array

  /**
   * @param box has the authenticator and the encrypted bytes from byte 16 on
   * @param message has the plain bytes from byte 32 on; the 32 bytes before them are zero
   * @param nonce 24 bytes
   */
  constructor(box: Uint8Array, message: Uint8Array, nonce: Uint8Array) {
    this.#box = box
    this.#message = message
    this.#nonce = nonce
  }

  /** Encrypts `length` bytes of the message into the box. */
  encrypt(length: number, key: Uint8Array): void {
    nacl().lowlevel.crypto_secretbox(this.#box, this.#message, length + messageOffset, this.#nonce, key)
  }

  /**
   * Decrypts `length` bytes of the box into the message. Returns `false` and leaves the message untouched when the
   * authenticator is wrong.
   *
   * NaCl's own function derives the stream's key twice, for the check and for the decryption. Deriving it once saves a
   * quarter of the time.
   */
  decrypt(length: number, key: Uint8Array): boolean {
    const { lowlevel } = nacl()
    const box = this.#box
    const nonce = this.#nonce
    for (let i = 0; i < 8; i++) streamNonce[i] = nonce[16 + i]!
    lowlevel.crypto_core_hsalsa20(streamKey, nonce, key, sigma)
    lowlevel.crypto_stream_salsa20(macKey, 0, 32, streamNonce, streamKey)
    if (lowlevel.crypto_onetimeauth_verify(box, boxOffset, box, messageOffset, length, macKey) !== 0)
      return false
    const message = this.#message
    lowlevel.crypto_stream_salsa20_xor(message, 0, box, 0, messageOffset + length, streamNonce, streamKey)
    message.fill(0, 0, messageOffset)
    return true
  }
}

/** The constant of Salsa20 with a 32-byte key. */
const sigma = new Uint8Array(Buffer.from('expand 32-byte k', 'latin1'))
const streamKey = new Uint8Array(32)
const streamNonce = new Uint8Array(8)
const macKey = new Uint8Array(32)
