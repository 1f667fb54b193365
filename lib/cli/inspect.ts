import { parseArgs } from 'node:util'
import { KeyRing } from '../seal/key-ring.js'
import { givenSecrets } from '../seal/read-keys.js'
import { type Command, complain, print, printable, table } from './command.js'
import { inspectSeal } from './inspect-seal.js'

/** `sealform inspect` */
export const inspectCommand: Command = {
  summary: 'say what a seal holds, and why it would be refused',
  usage: `Usage: sealform inspect [options] [<seal>]

Says what a seal holds and whether a server with the keys of this environment would refuse it. The seal is the value of
the hidden field "sealform"; state and references to files are understood as well. Without an argument it is read from
stdin.

SEALFORM_KEYS, SEALFORM_KEYS_FILE   the keys. Without any, only what stands in clear is shown: version and key id.

  --app NAME             what createActions({ app }) has; '' for none
  --action-version V     what the action has as its version; '' for none
  --path PATH            where the form would be sent to, for a seal that is good for one path

What no option says is taken to fit.

Status: 0 nothing speaks against it, 1 it would be refused, 2 the command or the keys are wrong.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        app: { type: 'string' },
        'action-version': { type: 'string' },
        path: { type: 'string' },
      },
    })
    if (positionals.length > 1) return complain('sealform inspect takes one seal.')
    const secrets = givenSecrets(undefined, process.env)
    const token = positionals[0] ?? (await readInput())
    if (token === undefined) return complain(inspectCommand.usage)
    const { rows, verdict, refused } = inspectSeal(token.trim(), {
      ring: secrets && new KeyRing(secrets),
      app: values.app,
      version: values['action-version'],
      path: values.path,
      now: Math.floor(Date.now() / 1000),
    })
    return print(printable(`${table(rows)}\n\n${verdict}`), refused ? 1 : 0)
  },
}

/** Characters. More than the longest seal, so that an over-long one is told as such. */
const longestInput = 65_536

async function readInput(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined
  let text = ''
  for await (const piece of process.stdin.setEncoding('utf8')) {
    text += piece
    if (text.length > longestInput) break
  }
  return text
}
