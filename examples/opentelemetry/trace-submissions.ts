import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { Stage, StageTrace, SubmissionTrace } from 'sealform/types'

/** The manager of the active context. It has `attach` since @opentelemetry/context-async-hooks 2.12. */
export type Contexts = Pick<AsyncLocalStorageContextManager, 'active' | 'attach'>

/** The event that ends each stage. The first two stages are synchronous. */
export const stages: readonly (readonly [Stage, 'end' | 'asyncEnd'])[] = [
  ['origin', 'end'],
  ['open', 'end'],
  ['authorize', 'asyncEnd'],
  ['read', 'asyncEnd'],
  ['validate', 'asyncEnd'],
  ['claim', 'asyncEnd'],
  ['run', 'asyncEnd'],
  ['render', 'asyncEnd'],
]

/**
 * Creates a span for each submission, with a child for each of its stages. During a stage, its span is active: a call
 * to an instrumented database in the action becomes a child of `sealform.run`. The span of a submission is a child of
 * the span that is active when it begins, such as that of the HTTP request.
 *
 * @returns a function that stops the tracing
 */
export function traceSubmissions(tracer: Tracer, contexts: Contexts): () => void {
  const submissions = tracingChannel<unknown, SubmissionTrace>('sealform.submission')
  const ends = [follow(submissions, 'asyncEnd', 'sealform.submission', describe)]
  for (const [stage, last] of stages) {
    const name = `sealform.${stage}`
    ends.push(follow(tracingChannel<unknown, StageTrace>(name), last, name, () => {}))
  }
  return () => {
    for (const end of ends) end()
  }

  /** Traces a channel: one span from the start of each call to its last event. Each call has its own message object. */
  function follow<Message extends object>(
    channel: TracingChannel<unknown, Message>,
    last: 'end' | 'asyncEnd',
    name: string,
    describeEnd: (span: Span, message: Message) => void,
  ): () => void {
    const calls = new WeakMap<Message, { readonly span: Span; readonly active: { dispose(): void } }>()
    const finish = (message: Message) => {
      const call = calls.get(message)
      if (!call) return
      calls.delete(message)
      describeEnd(call.span, message)
      call.span.end()
    }
    const handlers = {
      start(message: Message) {
        const span = tracer.startSpan(name, {}, contexts.active())
        calls.set(message, { span, active: contexts.attach(trace.setSpan(contexts.active(), span)) })
      },
      // The function runs between `start` and `end`. All asynchronous work that it starts there keeps the context.
      end(message: Message) {
        calls.get(message)?.active.dispose()
        if (last === 'end') finish(message)
      },
      asyncStart() {},
      asyncEnd: finish,
      error() {},
    }
    channel.subscribe(handlers)
    return () => void channel.unsubscribe(handlers)
  }
}

/**
 * Returns the attributes of a span, named after the semantic conventions where possible. The path has no query. The
 * messages contain nothing that was typed or bound, so the spans do not either.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
function describe(span: Span, { path, action, outcome, status, reason, repeated }: SubmissionTrace): void {
  if (action !== undefined) span.updateName(`submit ${action}`)
  span.setAttributes({
    'http.request.method': 'POST',
    'url.path': path,
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(action !== undefined && { 'sealform.action': action }),
    ...(outcome !== undefined && { 'sealform.outcome': outcome }),
    ...(reason !== undefined && { 'sealform.refusal.reason': reason }),
    'sealform.repeated': repeated,
  })
  // Invalid input and refusals are not errors of the server. An action that throws is one, and a store that is down.
  if (outcome === 'failed' || (status !== undefined && status >= 500)) {
    span.setAttribute('error.type', reason ?? String(status))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
}
