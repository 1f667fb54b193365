import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const cli = fileURLToPath(new URL('../../lib/cli/cli.js', import.meta.url))

export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command like a shell, with these variables in its environment and no other SEALFORM ones. */
export function runCommand(
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<CommandResult> {
  const { PATH, HOME } = process.env
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { env: { PATH, HOME, ...env } },
      (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
      },
    )
    // The command may have ended without reading its input.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** Runs the command without keys. */
export function sealform(...args: string[]): Promise<CommandResult> {
  return runCommand(args)
}
