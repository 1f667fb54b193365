import { readFileSync } from 'node:fs'

/** A text, or a text followed by a repeated one. Each character is one byte on the wire. */
type LongText = string | { readonly text: string; readonly then: string; readonly times: number }

interface StoredCase {
  readonly name: string
  /** The ways of sending a form in which browsers send such headers. */
  readonly browser?: readonly string[]
  readonly headers: readonly (readonly [string, LongText])[]
  readonly protocol: string
  readonly host: LongText
  readonly policy: { readonly origin?: string; readonly allowedOrigins?: readonly string[] }
  readonly expect: {
    readonly verdict: 'allow' | 'token' | 'refuse'
    readonly status?: number
    readonly reason?: string
    /** `null` when the refusal has none; absent where it does not matter. */
    readonly expected?: string | null
    readonly received?: string | null
  }
}

export interface OriginCase extends Omit<StoredCase, 'headers' | 'host'> {
  /** Header lines as they are sent, in latin1. */
  readonly headers: readonly (readonly [string, string])[]
  /** The protocol and host that a framework reads from them when it trusts the proxy. */
  readonly host: string
}

/** The table of the origin policy, for unit tests, raw sockets and browsers. */
export function readOriginCases(): OriginCase[] {
  const file = new URL('../../../test/vectors/origin.json', import.meta.url)
  const stored: StoredCase[] = JSON.parse(readFileSync(file, 'utf8'))
  return stored.map((entry) => ({
    ...entry,
    headers: entry.headers.map(([name, value]) => [name, write(value)]),
    host: write(entry.host),
  }))
}

function write(value: LongText): string {
  return typeof value === 'string' ? value : value.text + value.then.repeat(value.times)
}
