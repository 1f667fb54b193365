/** One command of `npx sealform`. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string
  /** What `--help` prints. */
  readonly usage: string
  run(args: readonly string[]): ExitCode | Promise<ExitCode>
}

/** 0: fine. 1: what was asked about is refused or wrong. 2: the command could not be carried out as it was written. */
export type ExitCode = 0 | 1 | 2

/** Prints the answer on stdout. */
export function print(text: string, code: ExitCode = 0): ExitCode {
  process.stdout.write(`${text}\n`)
  return code
}

/** A mistake on the command line is told on stderr with status 2, so that it never ends up in a variable as a key. */
export function complain(text: string): ExitCode {
  process.stderr.write(`${text}\n`)
  return 2
}

/** Whether somebody only wants to know how to write the command. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h')
}

/** Rows of a label and a text, the texts one below the other. */
export function table(rows: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  return rows
    .map(([label, text]) => label.padEnd(width) + text.replaceAll('\n', `\n${' '.repeat(width)}`))
    .join('\n')
}

/** Text from elsewhere, with everything escaped that a terminal could take for a command, or hide. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
