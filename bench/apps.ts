import type { Scenario } from './scenarios.js'

export interface App {
  /** How the command line and the tables call it. */
  readonly id: string
  readonly name: string
  readonly script: string
  readonly scenarios: readonly Scenario[]
  /** How it answers a submission with a wrong token. */
  readonly forgedStatus?: number
}

export const apps: readonly App[] = [
  {
    id: 'a',
    name: 'Koa, router, busboy; no protection',
    script: './apps/koa-bare.js',
    scenarios: ['redirect', 're-render', 'multipart', 'page'],
  },
  {
    id: 'b',
    name: 'node:http, busboy; no protection',
    script: './apps/node-busboy.js',
    scenarios: ['redirect', 're-render', 'multipart'],
  },
  {
    id: 'b2',
    name: 'node:http reading the body whole; no protection',
    script: './apps/node-urlencoded.js',
    scenarios: ['redirect', 're-render'],
  },
  {
    id: 'c',
    name: 'Koa, router, koa-body, koa-session, csrf',
    script: './apps/koa-csrf.js',
    scenarios: ['redirect', 're-render', 'multipart', 'forged', 'page'],
    forgedStatus: 403,
  },
  {
    id: 's',
    name: 'Koa, router, Sealform',
    script: './apps/sealform-koa.js',
    scenarios: ['redirect', 're-render', 'multipart', 'forged', 'page'],
    forgedStatus: 400,
  },
  {
    id: 'n',
    name: 'node:http, Sealform',
    script: './apps/sealform-node.js',
    scenarios: ['redirect'],
    forgedStatus: 400,
  },
  {
    id: 'e',
    name: 'Express, busboy; no protection',
    script: './apps/express-bare.js',
    scenarios: ['redirect', 're-render'],
  },
  {
    id: 'ec',
    name: 'Express, cookie-parser, urlencoded, multer, csrf-csrf',
    script: './apps/express-csrf.js',
    scenarios: ['redirect'],
    forgedStatus: 403,
  },
  {
    id: 'es',
    name: 'Express, Sealform',
    script: './apps/sealform-express.js',
    scenarios: ['redirect', 're-render'],
    forgedStatus: 400,
  },
]

/** Unprotected Koa once more, as a process of its own: what its ratio to (a) strays from 1 is the noise. */
export const control: App = {
  id: 'a′',
  name: '(a) once more, to show the noise',
  script: './apps/koa-bare.js',
  scenarios: ['redirect'],
}
