import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { createApp } from '../../examples/opentelemetry/app.js'
import { traceSubmissions } from '../../examples/opentelemetry/trace-submissions.js'
import { stages } from '../../lib/base/trace.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'

const contexts = new AsyncLocalStorageContextManager()
const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracer = provider.getTracer('test')

describe('submissions as OpenTelemetry spans', () => {
  let end: () => void
  before(() => {
    context.setGlobalContextManager(contexts)
    end = traceSubmissions(tracer, contexts)
  })
  after(() => end())
  beforeEach(() => exporter.reset())

  it('are one trace each, with a child for every stage', async () => {
    const { send } = visit()
    await send('A note')
    const [submission, ...others] = exporter.getFinishedSpans().filter(isRoot)
    assert.ok(submission)
    assert.deepEqual(others, [])
    assert.equal(submission.name, 'submit notes.save')
    assert.deepEqual(namesOf(childrenOf(submission)), [
      'sealform.origin',
      'sealform.open',
      'sealform.read',
      'sealform.validate',
      'sealform.claim',
      'sealform.run',
      'sealform.render',
    ])
    assert.deepEqual(submission.attributes, {
      'http.request.method': 'POST',
      'url.path': '/',
      'http.response.status_code': 200,
      'sealform.action': 'notes.save',
      'sealform.outcome': 'done',
      'sealform.repeated': false,
    })
    assert.equal(submission.status.code, SpanStatusCode.UNSET)
  })

  it('have the spans of the action below `sealform.run`, also when others run at the same time', async () => {
    const { send } = visit()
    await Promise.all(['One', 'Two', 'Three', 'Four'].map((note) => send(note)))
    const submissions = exporter.getFinishedSpans().filter(isRoot)
    assert.equal(submissions.length, 4)
    for (const submission of submissions) {
      const [run, another] = childrenOf(submission).filter(({ name }) => name === 'sealform.run')
      assert.ok(run)
      assert.equal(another, undefined)
      assert.deepEqual(namesOf(childrenOf(run)), ['INSERT notes'])
    }
    assert.equal(exporter.getFinishedSpans().filter(({ name }) => name === 'INSERT notes').length, 4)
  })

  it('are children of the span that was active when they began, and leave no span active', async () => {
    const app = createApp(tracer, { keys: testKey }).callback()
    let afterwards: unknown = 'unset'
    const request = requestsTo((req: Parameters<typeof app>[0], res: Parameters<typeof app>[1]) => {
      tracer.startActiveSpan('POST', async (span) => {
        await app(req, res)
        afterwards = trace.getActiveSpan()
        assert.equal(afterwards, span)
        span.end()
      })
    })
    const { fields } = formIn((await request.get('/')).text, 'notes.save')
    exporter.reset()
    await request
      .post('/')
      .set(fromSamePage)
      .send(urlencoded(fields, { note: 'A note' }))
    const [http] = exporter.getFinishedSpans().filter(isRoot)
    assert.equal(http?.name, 'POST')
    assert.deepEqual(namesOf(childrenOf(http)), ['submit notes.save'])
    assert.equal(trace.getActiveSpan(), undefined)
  })

  it('name the reason of a refusal, which is not an error', async () => {
    const { send } = visit()
    await send('A note', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })
    const [submission] = exporter.getFinishedSpans().filter(isRoot)
    assert.ok(submission)
    assert.equal(submission.name, 'sealform.submission', 'the seal was not opened')
    assert.equal(submission.attributes['sealform.refusal.reason'], 'origin')
    assert.equal(submission.attributes['http.response.status_code'], 403)
    assert.equal(submission.status.code, SpanStatusCode.UNSET)
    assert.deepEqual(namesOf(childrenOf(submission)), ['sealform.origin'])
  })

  it('have the status of an error, without its message, when the action threw', async () => {
    const { send } = visit()
    await send('throw')
    const [submission] = exporter.getFinishedSpans().filter(isRoot)
    assert.ok(submission)
    assert.deepEqual(submission.status, { code: SpanStatusCode.ERROR })
    assert.equal(submission.attributes['error.type'], '500')
    assert.equal(submission.attributes['sealform.outcome'], 'failed')
    assert.deepEqual(submission.events, [])
  })

  it('mark a copy of a one-time submission, which has no span for a run', async () => {
    const { page, sendFields } = visit()
    const { fields } = formIn(await page(), 'notes.save')
    await sendFields(fields, 'A note')
    exporter.reset()
    await sendFields(fields, 'A note')
    const [copy] = exporter.getFinishedSpans().filter(isRoot)
    assert.ok(copy)
    assert.equal(copy.attributes['sealform.repeated'], true)
    assert.doesNotMatch(namesOf(childrenOf(copy)).join(), /run/)
  })

  it('never contain input or a query string', async () => {
    const { page, sendFields } = visit()
    for (const note of ['typed-by-hand', '', 'throw']) {
      await sendFields(formIn(await page(), 'notes.save').fields, note, '/?secret=query')
    }
    const spans = exporter.getFinishedSpans()
    assert.equal(spans.filter(isRoot).length, 3)
    for (const { name, attributes, events, status } of spans) {
      assert.doesNotMatch(JSON.stringify([name, attributes, events, status]), /typed-by-hand|secret|answer/)
    }
  })

  it('stop with the subscription', async () => {
    const { send } = visit()
    end()
    await send('A note')
    assert.deepEqual(namesOf(exporter.getFinishedSpans()), ['INSERT notes'])
    end = traceSubmissions(tracer, contexts)
  })

  it('cover every stage', async () => {
    const known = await import('../../examples/opentelemetry/trace-submissions.js')
    assert.deepEqual(
      known.stages.map(([name]) => name),
      stages,
    )
  })
})

function visit() {
  const request = requestsTo(
    createApp(tracer, { keys: testKey })
      .on('error', () => {})
      .callback(),
  )
  const page = async () => (await request.get('/')).text
  const sendFields = (
    fields: Record<string, string>,
    note: string,
    url = '/',
    headers: Record<string, string> = fromSamePage,
  ) => request.post(url).set(headers).send(urlencoded(fields, { note }))
  return {
    page,
    sendFields,
    send: async (note: string, headers?: Record<string, string>) =>
      sendFields(formIn(await page(), 'notes.save').fields, note, '/', headers),
  }
}

function isRoot(span: ReadableSpan): boolean {
  return span.parentSpanContext === undefined
}

function childrenOf(parent: ReadableSpan | undefined): ReadableSpan[] {
  const id = parent?.spanContext().spanId
  return exporter
    .getFinishedSpans()
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === id)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
}

function namesOf(spans: readonly ReadableSpan[]): string[] {
  return spans.map(({ name }) => name)
}
