import nacl from 'tweetnacl'

/**
 * NaCl's own calling convention (https://nacl.cr.yp.to/secretbox.html): a message has 32 zero bytes before it, a box
 * 16, and lengths count the 32. The package's friendlier functions copy both twice, which doubles their time.
 */
interface SecretBox {
  crypto_secretbox(
    box: Uint8Array,
    message: Uint8Array,
    length: number,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  crypto_secretbox_open(
    message: Uint8Array,
    box: Uint8Array,
    length: number,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
}

// The package exports these functions but leaves them out of its types.
const { crypto_secretbox, crypto_secretbox_open } = (nacl as unknown as { lowlevel: SecretBox }).lowlevel

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
  crypto_secretbox(box, message, length + messageOffset, nonce, key)
}

/** The reverse. When the authenticator is wrong, it answers `false` and `message` is untouched. */
export function decrypt(
  message: Uint8Array,
  box: Uint8Array,
  length: number,
  nonce: Uint8Array,
  key: Uint8Array,
): boolean {
  return crypto_secretbox_open(message, box, length + messageOffset, nonce, key) === 0
}
