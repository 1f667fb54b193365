import { printable } from '../base/printable.js'
import type { KeyRing } from '../seal/key-ring.js'
import { inspectSeal, type SealInspection } from './inspect-seal.js'

/** The registry whose forms may hold the seal. */
interface OwnActions {
  readonly keys: KeyRing
  readonly audience: string
  find(action: string): { readonly version: string | undefined } | undefined
}

/** Says what a seal holds and whether the app would accept it now, as `npx sealform inspect` does with the app's own facts. */
export function explainSeal(registry: OwnActions, token: string): SealInspection {
  const { rows, verdict, refused } = inspectSeal(token, {
    ring: registry.keys,
    app: registry.audience,
    version: undefined,
    path: undefined,
    find: (action) => registry.find(action),
    now: Math.floor(Date.now() / 1000),
  })
  return {
    rows: rows.map(([label, text]) => [label, printable(text)]),
    verdict: printable(verdict),
    refused,
  }
}
