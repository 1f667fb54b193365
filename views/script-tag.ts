import type { Messages } from '../lib/outcome/messages.js'
import { printAttributes } from './attributes.js'

/** Prints the tag of the script for browsers, with the texts that it shows by itself. */
export function printScriptTag(
  path: string,
  nonce: string | undefined,
  { notSent, sendAgain, cancel, done }: Messages,
): string {
  const texts = {
    'data-lost': notSent,
    'data-again': sendAgain,
    'data-cancel': cancel,
    'data-done': done,
  }
  return `<script ${printAttributes({ src: path, defer: true, nonce, ...texts })}></script>`
}

/** Prints the tag of the script that keeps live regions up to date, with the path of the stream that it opens. */
export function printLiveTag(path: string, stream: string, nonce: string | undefined): string {
  return `<script ${printAttributes({ src: path, defer: true, nonce, 'data-stream': stream })}></script>`
}

/** Prints the tag of the script that resumes uploads. */
export function printResumeTag(path: string, nonce: string | undefined): string {
  return `<script ${printAttributes({ src: path, defer: true, nonce })}></script>`
}
