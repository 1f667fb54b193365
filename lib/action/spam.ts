import type { ActionEvent } from './hooks.js'

/** What shows that a program has filled in a form: a field that people do not see, or less time than people need. */
export type SpamSign = 'honeypot' | 'too-fast'

/** The argument of `onSpam`. */
export interface SpamEvent<Context = unknown> extends ActionEvent<Context> {
  readonly sign: SpamSign
}

/** What is done against spam for one action. */
export interface SpamRules {
  /** The least time between page and submission, in whole seconds; 0 for none. */
  readonly minFillTime: number
  readonly onSpam: ((event: never) => unknown) | undefined
}

interface SpamFacts {
  /** The field that people do not see has been filled in. */
  readonly trapped: boolean
  /** When the page was made, and the time now, in whole seconds since 1970. */
  readonly issued: number
  readonly now: number
  readonly minFillTime: number
}

/** Tells whether a program has filled in a form. Times are whole seconds, so a person who takes just long enough is never caught. */
export function judgeSpam({ trapped, issued, now, minFillTime }: SpamFacts): SpamSign | undefined {
  if (trapped) return 'honeypot'
  return now - issued < minFillTime ? 'too-fast' : undefined
}
