import { parseArgs } from 'node:util'
import { printable } from '../base/printable.js'
import { checkKeys } from './check-keys.js'
import { checkOrigin } from './check-origin.js'
import { type Command, complain, print } from './command.js'

/** The command `sealform check`. */
export const checkCommand: Command = {
  summary: 'check the keys of this environment, and the origin policy behind a proxy',
  usage: `Usage: sealform check [options]

Checks the environment that this command runs in, as an app would see it: the keys by their ids, and what is wrong with
them. With --visit it also shows how the origin policy would judge the requests of browsers.

SEALFORM_KEYS, SEALFORM_KEYS_FILE, NODE_ENV   as the app reads them

  --visit URL              the URL that visitors see, such as https://shop.example

Settings of the middleware:
  --origin ORIGIN          its "origin" option
  --allowed-origins LIST   its "allowedOrigins" option, separated by commas
  --session                it has a "session" option

Settings of the framework:
  --trust-proxy            app.proxy = true (Koa), app.set('trust proxy', …) (Express)

The requests that reach the app, behind all proxies:
  --protocol P             http or https. Default: that of --visit, or http with --forwarded-proto
  --host HOST              the Host header. Default: that of --visit
  --forwarded-proto P      the X-Forwarded-Proto header
  --forwarded-host HOST    the X-Forwarded-Host header

Status: 0 fine, 1 something is wrong, 2 the command was not understood.`,
  run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        visit: { type: 'string' },
        origin: { type: 'string' },
        'allowed-origins': { type: 'string', multiple: true },
        session: { type: 'boolean' },
        'trust-proxy': { type: 'boolean' },
        protocol: { type: 'string' },
        host: { type: 'string' },
        'forwarded-proto': { type: 'string' },
        'forwarded-host': { type: 'string' },
      },
    })
    if (positionals.length > 0) {
      return complain('sealform check takes no arguments, only options. See: sealform check --help')
    }
    const url = visitedUrl(values.visit ?? values.origin)
    if (url === undefined && Object.keys(values).length > 0) {
      return complain(
        'sealform check: --visit takes the URL that visitors see, such as https://shop.example.',
      )
    }
    const { session = false, 'trust-proxy': trustProxy = false, 'forwarded-proto': forwardedProto } = values
    const reports = [checkKeys(process.env)]
    if (url) {
      const scheme = url.protocol.slice(0, -1)
      reports.push(
        checkOrigin({
          visited: url.origin,
          origin: values.origin,
          allowedOrigins: values['allowed-origins']?.flatMap((list) => list.split(/\s*,\s*/)),
          session,
          trustProxy,
          protocol: values.protocol ?? (forwardedProto === undefined ? scheme : 'http'),
          host: values.host ?? url.host,
          forwardedProto,
          forwardedHost: values['forwarded-host'],
        }),
      )
    }
    const text = reports.map((report) => report.text).join('\n\n')
    return print(printable(text), reports.some(({ wrong }) => wrong) ? 1 : 0)
  },
}

function visitedUrl(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}
