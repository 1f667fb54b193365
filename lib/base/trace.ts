import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { debuglog } from 'node:util'

/** The part of an outcome that a trace contains. */
interface TracedOutcome {
  readonly kind: 'redirect' | 'invalid' | 'done' | 'refused' | 'failed' | 'answered'
  /** Why the submission was refused. */
  readonly reason?: string
}

/** The stages of a submission, in order. `authorize`, `validate`, `claim` and `render` do not occur in every submission. */
export const stages = ['origin', 'open', 'authorize', 'read', 'validate', 'claim', 'run', 'render'] as const

export type Stage = (typeof stages)[number]

/**
 * The message on `tracing:sealform.submission:*`. All events of a submission share one object, which is filled in step by
 * step. Of the visitor's data it contains the path only, without the query string.
 */
export interface SubmissionTrace {
  readonly path: string
  /** The name of the action; set when the seal has opened. */
  action: string | undefined
  /** Set when it is decided. */
  outcome: TracedOutcome['kind'] | undefined
  /** The HTTP status of the answer. */
  status: number | undefined
  /** Why the submission was refused. */
  reason: string | undefined
  /** Whether this is a copy of a one-time submission and gets the outcome of the first one. */
  repeated: boolean
}

/** The message on `tracing:sealform.<stage>:*`. */
export interface StageTrace {
  readonly stage: Stage
  readonly submission: SubmissionTrace
}

/** The message on `tracing:sealform.recognise:*`. */
export interface RecognitionTrace {
  /** Set at the end: `submission`, or `foreign` for a POST that is not for this library. */
  kind: string | undefined
}

const submissionChannel: TracingChannel<SubmissionTrace> = tracingChannel('sealform.submission')
const stageChannels = new Map<Stage, TracingChannel<StageTrace>>(
  stages.map((stage) => [stage, tracingChannel(`sealform.${stage}`)]),
)
/** Flat lists, since every submission checks them. A subscriber always listens to at least one start or end. */
const submissionEvents = [submissionChannel, ...stageChannels.values()].flatMap(
  ({ start, end, asyncEnd }) => [start, end, asyncEnd],
)
const recognition: TracingChannel<RecognitionTrace> = tracingChannel('sealform.recognise')
const recognitionEvents = [recognition.start, recognition.end, recognition.asyncEnd]
const refusals: Channel = channel('sealform.refused')
const spam: Channel = channel('sealform.spam')
const debug = debuglog('sealform')

/** Publishes a refusal on the channel `sealform.refused`, with what `onRefused` gets. */
export function traceRefusal(refusal: {
  readonly reason: string
  readonly detail: string
  readonly action: string | undefined
}): void {
  if (refusals.hasSubscribers) refusals.publish(refusal)
  if (debug.enabled)
    debug('%s refused: %s. %s', refusal.action ?? 'a submission', refusal.reason, refusal.detail)
}

/** Publishes on the channel `sealform.spam` that a program seems to have filled in a form. */
export function traceSpam(caught: { readonly action: string; readonly sign: string }): void {
  if (spam.hasSubscribers) spam.publish(caught)
  if (debug.enabled) debug('%s caught spam: %s', caught.action, caught.sign)
}

/** Runs the recognition of a POST and publishes its result on `tracing:sealform.recognise:*`. */
export function traceRecognition<Result extends { readonly kind: string }>(
  run: () => Result | Promise<Result>,
): Result | Promise<Result> {
  if (!haveSubscribers(recognitionEvents)) return run()
  const event: RecognitionTrace = { kind: undefined }
  return traceWithoutResult(
    (work) => recognition.tracePromise(work, event),
    async () => {
      const result = await run()
      event.kind = result.kind
      return result
    },
  )
}

/** Creates a trace when something uses it: a subscriber, `NODE_DEBUG=sealform`, or development mode. */
export function traceSubmission(path: string, development: boolean): Trace | undefined {
  return development || debug.enabled || haveSubscribers(submissionEvents) ? new Trace(path) : undefined
}

/** Runs a stage, and traces it when there is a trace. Without a trace, a synchronous stage returns synchronously. */
export function staged<Result>(
  trace: Trace | undefined,
  stage: Stage,
  run: () => Result | Promise<Result>,
): Result | Promise<Result> {
  return trace ? trace.stage(stage, run) : run()
}

/** Runs a synchronous stage, and traces it when there is a trace. */
export function stagedSync<Result>(trace: Trace | undefined, stage: Stage, run: () => Result): Result {
  return trace ? trace.sync(stage, run) : run()
}

/** The trace of one submission: publishes its events and measures its stages. */
export class Trace {
  readonly submission: SubmissionTrace
  readonly #began = performance.now()
  readonly #stages: { readonly stage: Stage; readonly milliseconds: number }[] = []

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

  /** The stages so far, in the order in which they ended. */
  get stages(): readonly { readonly stage: Stage; readonly milliseconds: number }[] {
    return this.#stages
  }

  /** Milliseconds since the body was opened. */
  get elapsed(): number {
    return performance.now() - this.#began
  }

  /** Records that the seal has opened. */
  begin(action: string | undefined): void {
    this.submission.action = action
  }

  /** Records the outcome. */
  end(outcome: TracedOutcome, action: string | undefined, repeated: boolean): void {
    const { submission } = this
    submission.action = action ?? submission.action
    submission.outcome = outcome.kind
    submission.reason = outcome.reason
    submission.repeated = repeated
  }

  /** Traces the whole submission, from the opened seal to the end of the answer. */
  async whole(run: () => Promise<void>): Promise<void> {
    await (isObserved(submissionChannel) ? submissionChannel.tracePromise(run, this.submission) : run())
    const { path, action, outcome, status, reason } = this.submission
    debug(
      'POST %s %s: %s %d in %s ms %s',
      path,
      action,
      reason ?? outcome,
      status,
      shown(this.elapsed),
      this.#times.join(' '),
    )
  }

  /** Traces a stage. */
  async stage<Result>(stage: Stage, run: () => Result | Promise<Result>): Promise<Result> {
    const tracing = stageChannels.get(stage)
    const began = performance.now()
    try {
      if (!tracing || !isObserved(tracing)) return await run()
      const event = { stage, submission: this.submission }
      return await traceWithoutResult((work) => tracing.tracePromise(work, event), run)
    } finally {
      this.#stages.push({ stage, milliseconds: performance.now() - began })
    }
  }

  /** Traces a synchronous stage. */
  sync<Result>(stage: Stage, run: () => Result): Result {
    const tracing = stageChannels.get(stage)
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
      this.#stages.push({ stage, milliseconds: performance.now() - began })
    }
  }

  get #times(): readonly string[] {
    return this.#stages.map(({ stage, milliseconds }) => `${stage};dur=${shown(milliseconds)}`)
  }

  /**
   * Adds a `Server-Timing` header, so that the browser's developer tools show the duration of each stage.
   *
   * @see https://www.w3.org/TR/server-timing/
   */
  announce(res: ServerResponse): void {
    res.appendHeader('Server-Timing', this.#times.map((time) => `sealform-${time}`).join(', '))
  }
}

/**
 * Traces `run` without its result. A tracing channel passes results to every subscriber, and the result of `read` is what
 * the visitor typed.
 */
async function traceWithoutResult<Result>(
  trace: (work: () => Promise<void>) => Promise<void>,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const results: Result[] = []
  await trace(async () => {
    results.push(await run())
  })
  return results[0]!
}

/** Says whether a channel has a subscriber. `TracingChannel.hasSubscribers` exists only from Node 22 on. */
function isObserved({ start, end, asyncStart, asyncEnd, error }: TracingChannel<never>): boolean {
  return haveSubscribers([start, end, asyncStart, asyncEnd, error])
}

function haveSubscribers(channels: readonly Channel[]): boolean {
  for (const channel of channels) if (channel.hasSubscribers) return true
  return false
}

/** Formats milliseconds with one decimal. */
function shown(milliseconds: number): string {
  return milliseconds.toFixed(1)
}
