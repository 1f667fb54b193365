import { parseArgs } from 'node:util'
import { printable } from '../base/printable.js'
import { inspectSeal } from '../inspect/inspect-seal.js'
import { KeyRing } from '../seal/key-ring.js'
import { givenSecrets } from '../seal/read-keys.js'
import { type Command, complain, print, table } from './command.js'

/** The command `sealform inspect`. */
export const inspectCommand: Command = {
  summary: 'show the content of a seal, and why it would be refused',
  usage: `Usage: sealform inspect [options] [<seal>]

Shows the content of a seal, and whether a server with the keys of this environment would refuse it. The seal is the
value of the hidden field "sealform". The seals of buttons, states and references to files work as well. Without an
argument, the command reads the seal from stdin.

SEALFORM_KEYS, SEALFORM_KEYS_FILE   the keys. Without keys, only the unencrypted part is shown: version and key id.

  --app NAME             the "app" option of createActions(); '' for none
  --action-version V     the version of the action; '' for none
  --path PATH            the path that the form would be sent to, for a seal that is bound to a path

Facts without an option are assumed to match the seal.

Status: 0 it would be accepted, 1 it would be refused, 2 the command or the keys are wrong.`,
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
    if (positionals.length > 1) {
      return complain(`sealform inspect takes one seal, and got ${positionals.length} arguments.`)
    }
    const secrets = givenSecrets(undefined, process.env)
    const token = positionals[0] ?? (await readInput())
    if (token === undefined) return complain(inspectCommand.usage)
    const { rows, verdict, refused } = inspectSeal(token.trim(), {
      ring: secrets && new KeyRing(secrets),
      app: values.app,
      version: values['action-version'],
      path: values.path,
      find: undefined,
      now: Math.floor(Date.now() / 1000),
    })
    return print(printable(`${table(rows)}\n\n${verdict}`), refused ? 1 : 0)
  },
}

/** Characters. It is more than the longest seal, so that a seal that is too long is reported as such. */
const longestInput = 65_536

async function readInput(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    if (text.length > longestInput) break
  }
  return text
}
