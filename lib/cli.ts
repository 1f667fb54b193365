#!/usr/bin/env node
import { randomBytes } from 'node:crypto'

interface Command {
  readonly summary: string
  /** @returns the exit code */
  run(args: readonly string[]): number
}

const commands = new Map<string, Command>([
  ['keygen', { summary: 'print a new key for SEALFORM_KEYS', run: keygen }],
])

process.exitCode = main(process.argv.slice(2))

function main([name, ...args]: readonly string[]): number {
  if (name === '--help' || name === '-h' || name === 'help') return print(usage())
  if (name === undefined) return complain(usage())
  const command = commands.get(name)
  return command ? command.run(args) : complain(`sealform: there is no command "${name}".\n\n${usage()}`)
}

function keygen(args: readonly string[]): number {
  if (args[0] === '--help' || args[0] === '-h') return print(usage())
  if (args.length > 0) return complain('sealform keygen takes no arguments.')
  return print(randomBytes(32).toString('base64'))
}

function usage(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  return `Usage: sealform <command>\n\nCommands:\n${lines.join('\n')}`
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

/** A mistake on the command line is told on stderr with status 2, so that it never ends up in a variable as a key. */
function complain(text: string): number {
  process.stderr.write(`${text}\n`)
  return 2
}
