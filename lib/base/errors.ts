/**
 * Every code that a `SealformError` can carry. Each has a page of its own in `docs/errors/`,
 * named after the code in lower case with dashes and without `ERR_`.
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
  | 'ERR_BROWSER_REFUSED'

/**
 * The one error class of the library: a misuse by the program, never something that a visitor sent.
 * What a visitor sent wrongly becomes an outcome with a page.
 */
export class SealformError extends Error {
  override readonly name = 'SealformError'
  readonly code: SealformErrorCode

  /**
   * @param code stable across releases; switch on it rather than on the message
   * @param message what was wrong and the next thing to do
   */
  constructor(code: SealformErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
