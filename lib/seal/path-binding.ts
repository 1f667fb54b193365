import { createHmac } from 'node:crypto'
import type { Key, KeyRing } from './key-ring.js'
import type { Opened } from './opened-seals.js'

/**
 * Nine bytes leave 33 for the names of app and action in the smallest seal. They are keyed, so a path with the same digest can
 * only be found by asking the server, 2^71 times on average.
 */
const digestBytes = 9
/** The most digests that are remembered for a key, and the longest path among them, in characters. */
const mostRemembered = 500
const longestRemembered = 200

const remembered = new WeakMap<Key, Map<string, string>>()

/** Returns the text that stands for a path in a seal: a keyed digest, so that a path of any length fits. */
export function pathBinding(ring: KeyRing, path: string): string {
  return bindingWith(ring.sealing, path)
}

/**
 * Says whether a seal is valid on this path. A seal without a path is valid on every path. The paths must be equal byte by
 * byte: other spellings (`/a/`, `/A`, `/%61`, `//a`) can lead past a guard that compares paths in another way.
 */
export function matchesPath(ring: KeyRing, opened: Opened, path: string): boolean {
  const bound = opened.content.path
  if (bound === undefined) return true
  const key = ring.find(Number.parseInt(opened.keyId, 16))
  return key !== undefined && bound === bindingWith(key, path)
}

/** Looks the digest up before it computes it: 50 ns instead of 3 µs. */
function bindingWith(key: Key, path: string): string {
  if (path.length > longestRemembered) return digest(key, path)
  let digests = remembered.get(key)
  if (!digests) {
    digests = new Map()
    remembered.set(key, digests)
  }
  const known = digests.get(path)
  if (known !== undefined) return known
  if (digests.size >= mostRemembered) digests.clear()
  const made = digest(key, path)
  digests.set(path, made)
  return made
}

function digest(key: Key, path: string): string {
  return createHmac('sha256', key.subkey('path'))
    .update(path, 'utf16le')
    .digest()
    .toString('base64url', 0, digestBytes)
}
