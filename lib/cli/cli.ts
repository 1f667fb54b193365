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

// Whoever reads the output may have read enough, as `head` does.
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
    if (error instanceof SealformError) return complain(`sealform ${name}: ${error.message}`)
    if (isMisused(error)) return complain(`sealform ${name}: ${error.message}\n\n${command.usage}`)
    throw error
  }
}

/** What `node:util` throws for options that a command does not have. */
function isMisused(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

function usage(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  return `Usage: sealform <command>\n\nCommands:\n${lines.join('\n')}\n\nsealform <command> --help says more.`
}
