import { type Attack, browserLines, type Line, type Target } from './hostile-app.js'
import { requestText } from './raw-http.js'

/** Makes a POST to the plain form with this Content-Type, and with unchanged header lines and body. */
export function post(
  type: string | undefined,
  body: string | Buffer,
  more: readonly Line[] = [],
  path = '/plain',
): Buffer {
  const types: readonly Line[] = type === undefined ? [] : [['Content-Type', type]]
  return requestText(`POST ${path} HTTP/1.1`, [...browserLines, ...types, ...more], body)
}

/** Makes a part with its header lines, in latin1. */
export type Part = readonly [headers: string, content: string]

export function multipart(parts: readonly Part[], boundary = 'XX'): string {
  return `${parts.map(([headers, content]) => `--${boundary}\r\n${headers}\r\n\r\n${content}\r\n`).join('')}--${boundary}--\r\n`
}

export function field(name: string, value: string): Part {
  return [`Content-Disposition: form-data; name="${name}"`, value]
}

export async function sealOf(target: Target, path = '/plain', id = 'plain'): Promise<string> {
  return (await target.fieldsOf(path, id)).sealform ?? ''
}

export function attacks(
  cases: Readonly<Record<string, Buffer>>,
  status: number | readonly number[],
  runs: number | 'any' = 0,
): Attack[] {
  return Object.entries(cases).map(([name, says]) => ({ name, says, status, runs }))
}

export const form = 'application/x-www-form-urlencoded'
export const multi = 'multipart/form-data; boundary=XX'
