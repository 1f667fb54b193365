#!/usr/bin/env node
import { SealformError } from '../base/errors.js'
import { checkCommand } from './check.js'
import { asksForHelp, type Command, complain, type ExitCode, print } from './command.js'
import { inspectCommand } from './inspect.js'
import { keygenCommand } from './keygen.js'

const commands = new Map<string, Command>([
  ['keygen', keygenCommand],
  ['inspect', inspectCommand],
  ['check', checkCommand],
])

// A reader such as `head` closes the pipe when it has read enough. That is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await main(process.argv.slice(2))

async function main([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (name === '--help' || name === '-h' || name === 'help') return print(usage())
  if (name === undefined) return complain(usage())
  const command = commands.get(name)
  if (!command) return complain(`sealform: there is no command "${name}".\n\n${usage()}`)
  if (asksForHelp(args)) return print(command.usage)
  try {
    return await command.run(args)
  } catch (error) {
    if (error instanceof SealformError) return complain(`sealform ${name} [${error.code}]: ${error.message}`)
    if (isArgumentError(error)) return complain(`sealform ${name}: ${error.message}\n\n${command.usage}`)
    throw error
  }
}

/** Says whether `parseArgs()` of `node:util` threw the error, because of an unknown or incomplete option. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

function usage(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  return `Usage: sealform <command>\n\nCommands:\n${lines.join('\n')}\n\nHelp for one command: sealform <command> --help`
}
