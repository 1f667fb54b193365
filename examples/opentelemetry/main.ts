import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { createApp } from './app.js'
import { traceSubmissions } from './trace-submissions.js'

const contexts = new AsyncLocalStorageContextManager()
context.setGlobalContextManager(contexts)
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] }),
)

const tracer = trace.getTracer('notes')
traceSubmissions(trace.getTracer('sealform'), contexts)
const server = createApp(tracer).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    console.log(`Notes are ready: http://localhost:${address.port}`)
  }
})
