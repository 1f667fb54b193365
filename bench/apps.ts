import type { Scenario } from './scenarios.js'

export interface App {
  /** Its name on the command line and in the tables. */
  readonly id: string
  readonly name: string
  /** The framework. Only apps of one family run at the same time and are compared. */
  readonly family: 'Koa' | 'node:http' | 'Express'
  readonly script: string
  readonly scenarios: readonly Scenario[]
  /** The scenarios of a short run. @default all of them */
  readonly short?: readonly Scenario[]
  readonly env?: Readonly<Record<string, string>>
  /** The status for a submission with a wrong token. */
  readonly forgedStatus?: number
}

export const apps: readonly App[] = [
  {
    id: 'a',
    name: 'Koa, router, busboy; no protection',
    family: 'Koa',
    script: './apps/koa-bare.js',
    scenarios: ['redirect', 're-render', 'multipart', 'page', 'rows'],
  },
  {
    id: 'b',
    name: 'node:http, busboy; no protection',
    family: 'node:http',
    script: './apps/node-busboy.js',
    scenarios: ['redirect', 're-render', 'multipart', 'page'],
    short: ['redirect', 're-render', 'page'],
  },
  {
    id: 'b2',
    name: 'node:http reading the body whole; no protection',
    family: 'node:http',
    script: './apps/node-urlencoded.js',
    scenarios: ['redirect', 're-render'],
    short: [],
  },
  {
    id: 'kd',
    name: 'Koa, router; drops the body',
    family: 'Koa',
    script: './apps/koa-drop.js',
    scenarios: ['forged-large'],
    forgedStatus: 400,
  },
  {
    id: 'd',
    name: 'node:http; drops the body',
    family: 'node:http',
    script: './apps/node-drop.js',
    scenarios: ['forged-large'],
    forgedStatus: 400,
  },
  {
    id: 'c',
    name: 'Koa, router, koa-body, koa-session, csrf',
    family: 'Koa',
    script: './apps/koa-csrf.js',
    scenarios: ['redirect', 're-render', 'multipart', 'forged', 'page', 'rows'],
    short: ['redirect'],
    forgedStatus: 403,
  },
  {
    id: 's',
    name: 'Koa, router, Sealform',
    family: 'Koa',
    script: './apps/sealform-koa.js',
    scenarios: ['redirect', 're-render', 'multipart', 'forged', 'forged-large', 'page', 'rows'],
    short: ['redirect', 're-render', 'multipart', 'forged-large', 'page', 'rows'],
    forgedStatus: 400,
  },
  {
    id: 'sb',
    name: 'Koa, router, Sealform with a session: no two visitors share a seal',
    family: 'Koa',
    script: './apps/sealform-koa.js',
    scenarios: ['page', 'rows'],
    short: [],
    env: { BENCH_SESSION: 'of one visitor' },
  },
  {
    id: 'n',
    name: 'node:http, Sealform',
    family: 'node:http',
    script: './apps/sealform-node.js',
    scenarios: ['redirect', 're-render', 'multipart', 'forged-large', 'page'],
    short: ['redirect', 're-render', 'forged-large', 'page'],
    forgedStatus: 400,
  },
  {
    id: 'fc',
    name: 'Fastify, @fastify/formbody, @fastify/cookie, @fastify/csrf-protection',
    family: 'node:http',
    script: './apps/fastify-csrf.js',
    scenarios: ['redirect', 're-render', 'page'],
    short: [],
    forgedStatus: 403,
  },
  {
    id: 'r',
    name: 'node:http, renderToPipeableStream; no protection',
    family: 'node:http',
    script: './apps/react-bare.js',
    scenarios: ['react'],
  },
  {
    id: 'rs',
    name: 'node:http, renderReact of Sealform',
    family: 'node:http',
    script: './apps/sealform-react.js',
    scenarios: ['react'],
  },
  {
    id: 'e',
    name: 'Express, busboy; no protection',
    family: 'Express',
    script: './apps/express-bare.js',
    scenarios: ['redirect', 're-render', 'page', 'rows'],
    short: ['redirect', 're-render', 'page'],
  },
  {
    id: 'ec',
    name: 'Express, cookie-parser, urlencoded, multer, csrf-csrf',
    family: 'Express',
    script: './apps/express-csrf.js',
    scenarios: ['redirect', 're-render', 'page', 'rows'],
    short: [],
    forgedStatus: 403,
  },
  {
    id: 'es',
    name: 'Express, Sealform',
    family: 'Express',
    script: './apps/sealform-express.js',
    scenarios: ['redirect', 're-render', 'page', 'rows'],
    short: ['redirect', 're-render', 'page'],
    forgedStatus: 400,
  },
]

/** Unprotected Koa again, in its own process. The distance of its ratio to (a) from 1 is the noise. */
export const control: App = {
  id: 'a′',
  name: '(a) once more, to show the noise',
  family: 'Koa',
  script: './apps/koa-bare.js',
  scenarios: ['redirect'],
}

/** The apps with the scenarios of a short run. */
export const shortApps: readonly App[] = apps.map((app) => ({
  ...app,
  scenarios: app.short ?? app.scenarios,
}))

/** The apps of each family, in order. */
export function familiesOf(list: readonly App[]): App[][] {
  const families = new Map<App['family'], App[]>()
  for (const app of list) families.set(app.family, [...(families.get(app.family) ?? []), app])
  return [...families.values()]
}
