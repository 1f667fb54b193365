import { readFileSync } from 'node:fs'

/** Written out, or a text followed by another one many times over. Each character is one byte on the wire. */
type LongText = string | { readonly text: string; readonly then: string; readonly times: number }

interface StoredCase {
  readonly name: string
  /** The ways of sending a form in which a browser's headers are of this kind. */
  readonly browser?: readonly string[]
  readonly headers: readonly (readonly [string, LongText])[]
  readonly protocol: string
  readonly host: LongText
  readonly policy: { readonly origin?: string; readonly allowedOrigins?: readonly string[] }
  readonly expect: {
    readonly verdict: 'allow' | 'token' | 'refuse'
    readonly status?: number
    readonly reason?: string
    /** `null` when the refusal says nothing; left out where it does not matter. */
    readonly expected?: string | null
    readonly received?: string | null
  }
}

export interface OriginCase extends Omit<StoredCase, 'headers' | 'host'> {
  /** Header lines as they are sent, in latin1. */
  readonly headers: readonly (readonly [string, string])[]
  /** What a framework makes of them when it trusts the proxy in front. */
  readonly host: string
}

/** The table of the origin policy, for unit tests, raw sockets and browsers alike. */
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
