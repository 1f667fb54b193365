import type { Readable } from 'node:stream'
import { SealformError } from '../base/errors.js'
import { isOutcome } from '../outcome/outcome.js'

/** A file as its sender describes it. */
export interface FileDescription {
  /** The name of the form's field. */
  readonly field: string
  /** A base name without control or separator characters, at most 255 bytes. */
  readonly name: string
  /** The type that the sender claims, in lower case. */
  readonly type: string
}

/** An action's `onFile`, with its submission and bound values. */
export type OnFile = (file: FileDescription, stream: Readable) => unknown

/** The streams that are given to `onFile` hold at most this many bytes. */
export const streamed = 64 * 1024

/**
 * Gives a file to `onFile`. Throws what it throws, and the outcome that it returns.
 *
 * @returns the value of the field, or `undefined` when it has none
 * @throws SealformError `ERR_FILE_RESULT`
 */
export async function handOver(
  onFile: OnFile,
  description: FileDescription,
  stream: Readable,
): Promise<string | undefined> {
  // Without a listener, an unhandled stream error would end the process.
  stream.on('error', () => {})
  let result: unknown
  try {
    result = await onFile(description, stream)
  } finally {
    stream.destroy()
  }
  if (isOutcome(result)) throw result
  if (result === undefined || typeof result === 'string') return result
  throw new SealformError(
    'ERR_FILE_RESULT',
    `onFile() returned ${result === null ? 'null' : `a ${typeof result}`}. Return a string for formData, an outcome such as invalid() to refuse, or nothing.`,
  )
}
