import { explainMode, judgeMode } from '../base/mode.js'

const consequences = {
  development: 'Answers show advice for developers and Server-Timing to everybody who can reach this server.',
  unset: 'Set NODE_ENV=development to see advice for developers and Server-Timing in the browser.',
  production: 'Visitors see nothing of development.',
} as const

const announced = new Set<string>()

/**
 * Writes to stderr, once in a process, which mode an app runs in and why. Says nothing when NODE_ENV is `test` and decides: a
 * suite of tests is many processes.
 *
 * @param option `development` of `createActions()`
 */
export function announceMode(option: boolean | undefined, nodeEnv: string | undefined): void {
  if (option === undefined && nodeEnv === 'test') return
  const line = `sealform: ${explainMode(option, nodeEnv)}. ${consequences[judgeMode(option, nodeEnv)]}`
  if (announced.has(line)) return
  announced.add(line)
  console.warn(line)
}
