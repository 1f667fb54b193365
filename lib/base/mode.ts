/**
 * How an app runs:
 *
 * - `development`: visitors see advice for developers and `Server-Timing`, and an app without a key gets a random one.
 * - `unset`: neither the app nor its environment says. Visitors see nothing of development. An app without a key gets a random
 *   one, so that a first try starts, and refusals are written to the console.
 * - `production`: visitors see nothing of development, and an app without a key does not start.
 */
export type Mode = 'development' | 'unset' | 'production'

/**
 * Judges the mode of an app. Only the exact words `development` and `test` turn development on: `staging`, `Production` and a
 * misspelt `developement` are production, because visitors may be there.
 *
 * @param option `development` of `createActions()`, which wins
 * @param nodeEnv the environment variable NODE_ENV
 */
export function judgeMode(option: boolean | undefined, nodeEnv: string | undefined): Mode {
  if (option !== undefined) return option ? 'development' : 'production'
  if (nodeEnv === 'development' || nodeEnv === 'test') return 'development'
  return nodeEnv === undefined || nodeEnv === '' ? 'unset' : 'production'
}

/** Says in one sentence which mode an app runs in, and why. */
export function explainMode(option: boolean | undefined, nodeEnv: string | undefined): string {
  const mode = judgeMode(option, nodeEnv)
  if (option !== undefined) return `${mode} mode, because of createActions({ development: ${option} })`
  if (mode === 'unset') return 'production mode, because NODE_ENV is not set'
  return `${mode} mode, because NODE_ENV is ${JSON.stringify(nodeEnv)}`
}
