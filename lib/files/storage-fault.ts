import { Refused } from '../outcome/outcome.js'
import { codeOf } from './storage-error.js'

/** Codes of the system for a storage that cannot be reached at the moment. */
const down: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTCONN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/** Refuses a submission when an error says that there is no room for its files. */
export function fullRefusal(error: unknown): Refused | undefined {
  const code = codeOf(error)
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined
  return new Refused('no-room', 507, `The storage of files is full. ${messageOf(error)}`)
}

/** Refuses a submission whose files the storage cannot take or give, because it is full or down. Other errors are failures. */
export function storageRefusal(error: unknown): Refused | undefined {
  if (!down.has(codeOf(error))) return fullRefusal(error)
  return new Refused('storage-down', 503, `The storage of files cannot be reached. ${messageOf(error)}`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
