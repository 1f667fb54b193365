import { nonceLength, takeNonce } from '../seal/nonce.js'

/** Random bytes of a mark: nobody guesses one and puts it into another visitor's page. */
const markBytes = 12
const random = Buffer.alloc(nonceLength)

/** Makes a text of base64url that nothing else prints. */
export function takeMark(): string {
  takeNonce(random)
  return random.toString('base64url', 0, markBytes)
}
