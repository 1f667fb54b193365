import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { debuglog } from 'node:util'

/** What became of a submission, as much of it as a trace tells. */
interface TracedOutcome {
  readonly kind: 'redirect' | 'invalid' | 'done' | 'refused' | 'failed'
  /** Why it was refused. */
  readonly reason?: string
}

/** The stages of a submission, in their order. `authorize`, `validate`, `claim` and `render` happen for some only. */
export const stages = ['origin', 'open', 'authorize', 'read', 'validate', 'claim', 'run', 'render'] as const

export type Stage = (typeof stages)[number]

/**
 * What a subscriber of `tracing:sealform.submission:*` gets: the same object for all events of a submission, filled in as
 * more is known. Holds nothing that the visitor sent but the path, which has no query.
 */
export interface SubmissionTrace {
  readonly path: string
  /** The action that the submission is for, once its seal has opened. */
  action: string | undefined
  /** What became of it, once that is known. */
  outcome: TracedOutcome['kind'] | undefined
  /** Of the answer. */
  status: number | undefined
  /** Why it was refused. */
  reason: string | undefined
  /** It is a copy of a one-time submission, and gets the outcome of the first. */
  repeated: boolean
}

/** What a subscriber of `tracing:sealform.<stage>:*` gets. */
export interface StageTrace {
  readonly stage: Stage
  readonly submission: SubmissionTrace
}

/** What a subscriber of `tracing:sealform.recognise:*` gets. */
export interface RecognitionTrace {
  /** `submission`, or `foreign` when it is somebody else's, once that is known. */
  kind: string | undefined
}

const whole: TracingChannel<SubmissionTrace> = tracingChannel('sealform.submission')
const parts = new Map<Stage, TracingChannel<StageTrace>>(
  stages.map((stage) => [stage, tracingChannel(`sealform.${stage}`)]),
)
/** In lists, since they are gone through for every submission. Whoever listens listens to a start or an end. */
const observable = [whole, ...parts.values()].flatMap(({ start, end, asyncEnd }) => [start, end, asyncEnd])
const recognition: TracingChannel<RecognitionTrace> = tracingChannel('sealform.recognise')
const ofRecognition = [recognition.start, recognition.end, recognition.asyncEnd]
const refusals: Channel = channel('sealform.refused')
const debug = debuglog('sealform')

/** Publishes a refusal on the channel `sealform.refused`, as `onRefused` is told of it. */
export function traceRefusal(refusal: {
  readonly reason: string
  readonly detail: string
  readonly action: string | undefined
}): void {
  if (refusals.hasSubscribers) refusals.publish(refusal)
  if (debug.enabled)
    debug('%s refused: %s. %s', refusal.action ?? 'a submission', refusal.reason, refusal.detail)
}

/** Publishes on `tracing:sealform.recognise:*` whether a POST is a submission; its body may still be on its way. */
export function traceRecognition<Result extends { readonly kind: string }>(
  run: () => Result | Promise<Result>,
): Result | Promise<Result> {
  if (!haveSubscribers(ofRecognition)) return run()
  const about: RecognitionTrace = { kind: undefined }
  return quietly(
    (work) => recognition.tracePromise(work, about),
    async () => {
      const result = await run()
      about.kind = result.kind
      return result
    },
  )
}

/** Watches a submission, if anybody looks: a subscriber, `NODE_DEBUG=sealform`, or a developer. */
export function traceSubmission(path: string, development: boolean): Trace | undefined {
  return development || debug.enabled || haveSubscribers(observable) ? new Trace(path) : undefined
}

/** Runs a stage, watched or not. One that has nothing to wait for may answer at once. */
export function staged<Result>(
  trace: Trace | undefined,
  stage: Stage,
  run: () => Result | Promise<Result>,
): Result | Promise<Result> {
  return trace ? trace.stage(stage, run) : run()
}

/** The same for a stage that waits for nothing. */
export function stagedSync<Result>(trace: Trace | undefined, stage: Stage, run: () => Result): Result {
  return trace ? trace.sync(stage, run) : run()
}

/** One submission that is watched. */
export class Trace {
  readonly submission: SubmissionTrace
  readonly #times: string[] = []

  constructor(path: string) {
    this.submission = {
      path,
      action: undefined,
      outcome: undefined,
      status: undefined,
      reason: undefined,
      repeated: false,
    }
  }

  /** The seal has opened. */
  begin(action: string | undefined): void {
    this.submission.action = action
  }

  /** It is known what became of it. */
  end(outcome: TracedOutcome, action: string | undefined, repeated: boolean): void {
    const { submission } = this
    submission.action = action ?? submission.action
    submission.outcome = outcome.kind
    submission.reason = outcome.reason
    submission.repeated = repeated
  }

  /** The whole, from the opened body to the answer. */
  async whole(run: () => Promise<void>): Promise<void> {
    const began = performance.now()
    await (isObserved(whole) ? whole.tracePromise(run, this.submission) : run())
    const { path, action, outcome, status, reason } = this.submission
    debug(
      'POST %s %s: %s %d in %s ms %s',
      path,
      action,
      reason ?? outcome,
      status,
      since(began),
      this.#times.join(' '),
    )
  }

  async stage<Result>(stage: Stage, run: () => Result | Promise<Result>): Promise<Result> {
    const tracing = parts.get(stage)
    const began = performance.now()
    try {
      if (!tracing || !isObserved(tracing)) return await run()
      const event = { stage, submission: this.submission }
      return await quietly((work) => tracing.tracePromise(work, event), run)
    } finally {
      this.#times.push(`${stage};dur=${since(began)}`)
    }
  }

  /** A stage that waits for nothing. */
  sync<Result>(stage: Stage, run: () => Result): Result {
    const tracing = parts.get(stage)
    const began = performance.now()
    try {
      if (!tracing || !isObserved(tracing)) return run()
      const results: Result[] = []
      tracing.traceSync(
        () => {
          results.push(run())
        },
        { stage, submission: this.submission },
      )
      return results[0]!
    } finally {
      this.#times.push(`${stage};dur=${since(began)}`)
    }
  }

  /**
   * Tells the browser's developer tools how long each stage took.
   *
   * @see https://www.w3.org/TR/server-timing/
   */
  announce(res: ServerResponse): void {
    res.appendHeader('Server-Timing', this.#times.map((time) => `sealform-${time}`).join(', '))
  }
}

/** A channel hands results on to every subscriber, and that of `read` is what the visitor typed. */
async function quietly<Result>(
  trace: (work: () => Promise<void>) => Promise<void>,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const results: Result[] = []
  await trace(async () => {
    results.push(await run())
  })
  return results[0]!
}

/** On a `TracingChannel` itself, `hasSubscribers` is there from Node 22 on. */
function isObserved({ start, end, asyncStart, asyncEnd, error }: TracingChannel<never>): boolean {
  return haveSubscribers([start, end, asyncStart, asyncEnd, error])
}

function haveSubscribers(channels: readonly Channel[]): boolean {
  for (const one of channels) if (one.hasSubscribers) return true
  return false
}

/** Milliseconds, as text with one digit after the point. */
function since(began: number): string {
  return (performance.now() - began).toFixed(1)
}
