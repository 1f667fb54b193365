/** How far the app's code has answered a submission by the framework's own means: `ctx.redirect()`, `res.json()`, a stream. */
export type OwnAnswer =
  /** It has answered nothing. It may have set headers. */
  | 'none'
  /** It has set a status, which is an answer on Koa. */
  | 'status'
  /** It has set what Koa will send: a body, a redirect. Nothing has been sent. */
  | 'set'
  /** A stream, a file or a template is going to write the answer and to end it. */
  | 'begun'
  /** The headers have been sent, and what ends the answer is not known. */
  | 'sent'
  /** The answer is complete. */
  | 'ended'

/** What the app's code gave back: nothing, an outcome (or a value that becomes one), or an error that it threw. */
type Result = 'nothing' | 'outcome' | 'error'

/** What becomes of the submission. */
type OwnAnswerVerdict =
  /** The own answer is the answer. An error is reported besides. */
  | 'answer'
  /** The outcome is the answer. What the app's code has set is taken back. */
  | 'outcome'
  /** The connection is cut, because an incomplete answer must not look complete. */
  | 'cut'

type Row = Readonly<Record<Result, OwnAnswerVerdict>>

const verdicts: Readonly<Record<OwnAnswer, Row>> = {
  none: { nothing: 'outcome', outcome: 'outcome', error: 'outcome' },
  status: { nothing: 'answer', outcome: 'outcome', error: 'outcome' },
  set: { nothing: 'answer', outcome: 'answer', error: 'outcome' },
  begun: { nothing: 'answer', outcome: 'answer', error: 'answer' },
  sent: { nothing: 'answer', outcome: 'answer', error: 'cut' },
  ended: { nothing: 'answer', outcome: 'answer', error: 'answer' },
}

/** Judges whether the app's code has answered by itself. See docs/decisions/own-answers.md. */
export function judgeOwnAnswer(own: OwnAnswer, result: Result): OwnAnswerVerdict {
  return verdicts[own][result]
}
