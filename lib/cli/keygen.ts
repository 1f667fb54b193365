import { randomBytes } from 'node:crypto'
import { type Command, complain, print } from './command.js'

/** The command `sealform keygen`. */
export const keygenCommand: Command = {
  summary: 'print a new key for SEALFORM_KEYS',
  usage: 'Usage: sealform keygen\n\nPrints a new key: 32 random bytes in base64, on one line.',
  run: (args) =>
    args.length > 0
      ? complain('sealform keygen takes no arguments.')
      : print(randomBytes(32).toString('base64')),
}
