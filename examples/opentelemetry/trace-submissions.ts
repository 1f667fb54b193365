import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { Stage, StageTrace, SubmissionTrace } from 'sealform/types'

/** What keeps the active context; `attach` is there from @opentelemetry/context-async-hooks 2.12 on. */
export type Contexts = Pick<AsyncLocalStorageContextManager, 'active' | 'attach'>

/** Which event ends each stage: the first two wait for nothing. */
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
 * Makes a span of every submission, with a child for each of its stages. While a stage goes on, its span is the active one:
 * what the action asks of a database that is instrumented becomes a child of `sealform.run`. The span of a submission
 * is itself a child of what is active when it begins, such as the span of the HTTP request.
 *
 * @returns a function that ends it
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

  /** One span from the start of each traced call to its last event. Each call has a message object of its own. */
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
      // Between `start` and `end` the function is called: all that it begins to wait for there keeps the context.
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
 * Attributes have the names of the semantic conventions where those have one. The path has no query, and no message
 * holds what was typed or bound, so neither does a span.
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
  // What a visitor got wrong, or was refused, is no error of the server's. An action that throws is, and a store that is down.
  if (outcome === 'failed' || (status !== undefined && status >= 500)) {
    span.setAttribute('error.type', reason ?? String(status))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
}
