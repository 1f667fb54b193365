import { parseArgs } from 'node:util'
import { type Choices, choiceNames, choices } from './choices.js'

/** What the command line says. */
export interface Arguments {
  readonly folder: string | undefined
  readonly choices: Partial<Choices>
  /** Whether a flag was given. Then nothing is asked. */
  readonly flags: boolean
  readonly help: boolean
}

/** An error that is told in one line, without a stack. */
export class UsageError extends Error {}

/**
 * Reads the arguments of `npm create sealform [folder] -- [flags]`.
 *
 * @throws UsageError for an unknown flag, two values of one choice, or two folders
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args)
  const [folder, another] = positionals
  if (another !== undefined) throw new UsageError(`Give one folder: ${folder} or ${another}.`)
  const chosen: Partial<Record<keyof Choices, string>> = {}
  for (const name of choiceNames) {
    const given = Object.keys(choices[name].values).filter((value) => values[value])
    if (given.length > 1)
      throw new UsageError(`Give one of ${given.map((value) => `--${value}`).join(' and ')}.`)
    if (given[0] !== undefined) chosen[name] = given[0]
  }
  return {
    folder,
    choices: chosen as Partial<Choices>,
    flags: values.yes === true || Object.keys(chosen).length > 0,
    help: values.help === true,
  }
}

const flags = choiceNames.flatMap((name) => Object.keys(choices[name].values))

function parse(args: readonly string[]) {
  const options = Object.fromEntries(
    [...flags, 'yes', 'help'].map((name) => [name, { type: 'boolean' as const }]),
  )
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    const unknown = /^Unknown option '(--?[^']*)'/.exec(error instanceof Error ? error.message : '')?.[1]
    const flagsText = flags.map((flag) => `--${flag}`).join(', ')
    throw new UsageError(
      unknown ? `Unknown flag ${unknown}. The flags are ${flagsText}, --yes and --help.` : String(error),
    )
  }
}

export const help = `Starts an app with Sealform.

  npm create sealform [folder] -- [flags]

  --koa         --express       the framework (default: Koa)
  --typescript  --javascript    the language (default: TypeScript)
  --html        --ejs           how pages are written (default: the html tag)
  --yes                         ask nothing and take the defaults

Without flags it asks. The folder must be new or empty.
`
