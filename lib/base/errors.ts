import { errorPage } from './error-page.js'

/**
 * All codes of `SealformError`. Each has a page in `docs/errors/`, named after the code without `ERR_`, in lower case
 * and with dashes: `ERR_KEY_MISSING` is explained in `key-missing.md`.
 */
export type SealformErrorCode =
  | 'ERR_KEY_MISSING'
  | 'ERR_KEY_INVALID'
  | 'ERR_OPTION_INVALID'
  | 'ERR_ACTION_NAME'
  | 'ERR_ACTION_UNKNOWN'
  | 'ERR_VALUE_UNSUPPORTED'
  | 'ERR_CACHE_MISSING'
  | 'ERR_SEAL_TOO_LARGE'
  | 'ERR_BODY_CONSUMED'
  | 'ERR_MOUNT'
  | 'ERR_ALREADY_ANSWERED'
  | 'ERR_NOT_READ_YET'
  | 'ERR_AUTHORIZE_RESULT'
  | 'ERR_MIGRATE_RESULT'
  | 'ERR_REDIRECT_TARGET'
  | 'ERR_COOKIE_INVALID'
  | 'ERR_FLASH_TOO_LARGE'
  | 'ERR_REGION_INVALID'
  | 'ERR_FORM_INVALID'
  | 'ERR_SESSION_INVALID'
  | 'ERR_FILE_UNREAD'
  | 'ERR_FILE_RESULT'
  | 'ERR_ACTION_TIMEOUT'
  | 'ERR_HOOK_RESULT'
  | 'ERR_PAGE_UNANSWERED'
  | 'ERR_ANSWERED_TWICE'
  | 'ERR_BROWSER_REFUSED'
  | 'ERR_PREACT_PAGE'
  | 'ERR_REACT_PAGE'

/**
 * The error class of the library. It means that the program uses the library wrongly. Wrong input from a visitor is
 * never an error: it becomes an outcome, and the visitor gets a page.
 *
 * `stack`, `toString()` and `console.error()` print the code, as Node's own errors do:
 * `SealformError [ERR_KEY_MISSING]: …`. `name` and `message` are without it. `stack` also names the page to read.
 */
export class SealformError extends Error {
  override readonly name: string = 'SealformError'
  readonly code: SealformErrorCode

  /**
   * @param code the same in every release; compare this, not the message
   * @param message says what is wrong and what to do next
   */
  constructor(code: SealformErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    // Node writes a stack's first line from `name` and `message` when `stack` is read first. So it is read here once,
    // while the name has the code.
    this.name = `SealformError [${code}]`
    Error.captureStackTrace(this, SealformError)
    this.stack = withPage(this.stack, `${this.name}: ${message}`, errorPage(code))
    this.name = 'SealformError'
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`
  }
}

/** Adds the page to read below the first lines of a stack, which hold the message. */
function withPage(stack: string | undefined, head: string, page: string): string {
  if (!stack?.startsWith(head)) return stack ?? head
  return `${head}\n    read ${page}${stack.slice(head.length)}`
}
