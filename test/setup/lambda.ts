import type { RequestListener } from 'node:http'
import { configure } from '@codegenie/serverless-express'
import serverless from 'serverless-http'

/** A request as an app on AWS Lambda gets it. */
export interface LambdaRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
}

export interface LambdaAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Calls an app by the event that AWS makes of a request. */
export type Lambda = (request: LambdaRequest) => Promise<LambdaAnswer>

/** The serverless adapters that people use, each around the listener of an app. */
export const adapters: Readonly<Record<string, (listener: RequestListener) => Lambda>> = {
  'serverless-http': (listener) => {
    const handler = serverless(listener)
    return async (request) => answerOf(await handler(eventOf(request), {}))
  },
  '@codegenie/serverless-express': (listener) => {
    const app = { handler: listener }
    const handler = Reflect.apply(configure, undefined, [{ app }])
    return async (request) => answerOf(await handler(eventOf(request), {}, () => {}))
  },
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function eventOf({ method, path, headers = {}, body }: LambdaRequest): object {
  const [rawPath = '', rawQueryString = ''] = path.split('?')
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: {
      host: 'app.example',
      ...headers,
      ...(body && { 'content-length': String(body.length) }),
    },
    requestContext: {
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'r1',
      stage: '$default',
    },
    ...(body && { body: body.toString('base64') }),
    isBase64Encoded: body !== undefined,
  }
}

function answerOf(result: unknown): LambdaAnswer {
  const { statusCode, headers, body, isBase64Encoded } = Object(result)
  return {
    statusCode,
    headers: Object.fromEntries(
      Object.entries(Object(headers)).map(([k, v]) => [k.toLowerCase(), String(v)]),
    ),
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : String(body),
  }
}
