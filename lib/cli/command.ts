/** One command of `npx sealform`. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string
  /** The text that `--help` prints. */
  readonly usage: string
  run(args: readonly string[]): ExitCode | Promise<ExitCode>
}

/** 0: everything is right. 1: the seal or the settings are wrong. 2: the command itself is not valid. */
export type ExitCode = 0 | 1 | 2

/** Prints a result on stdout. */
export function print(text: string, code: ExitCode = 0): ExitCode {
  process.stdout.write(`${text}\n`)
  return code
}

/** Prints a mistake on stderr. On stdout, a shell script could take it for a key. */
export function complain(text: string): ExitCode {
  process.stderr.write(`${text}\n`)
  return 2
}

/** Says whether the arguments ask for help. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h')
}

/** Formats rows of a label and a text as two columns. */
export function table(rows: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  return rows
    .map(([label, text]) => label.padEnd(width) + text.replaceAll('\n', `\n${' '.repeat(width)}`))
    .join('\n')
}
