import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Exchange, Kind, Question } from './exchange.js'

/** The running children. A paused child does not notice that its parent has ended. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A child process of the benchmark that answers questions. When it dies, the question fails with its stderr. */
export class Child {
  readonly #process: ChildProcess
  readonly #script: string
  #stderr = ''
  #exited = false

  /** @param core the core for the process, if it is pinned */
  constructor(script: string, core: number | undefined, env: Record<string, string> = {}) {
    this.#script = script
    const command = [process.execPath, fileURLToPath(new URL(script, import.meta.url))]
    if (core !== undefined) command.unshift('taskset', '-c', String(core))
    const [file = '', ...rest] = command
    this.#process = spawn(file, rest, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    })
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-20_000)
    })
    running.add(this.#process)
    this.#process.once('exit', () => {
      this.#exited = true
      running.delete(this.#process)
    })
  }

  /** Asks a question. Only one may be open at a time. */
  ask<K extends Kind>(kind: K, question: Exchange[K]['question']): Promise<Exchange[K]['answer']> {
    return new Promise((resolve, reject) => {
      const child = this.#process
      const died = (reason: unknown) => {
        child.off('message', answered)
        const lastWords = () =>
          reject(new Error(`${this.#script} ended (${reason}) when asked for "${kind}":\n${this.#stderr}`))
        // "close" never comes for a child whose channel was closed, so "exit" is used. The rest of stderr follows a
        // moment later.
        setTimeout(lastWords, 100)
      }
      const answered = (message: unknown) => {
        child.off('exit', died).off('error', died)
        resolve((message as { answer: Exchange[K]['answer'] }).answer)
      }
      if (this.#exited) return died('earlier')
      child.once('message', answered).once('exit', died).once('error', died)
      const sent: Question<K> = { kind, question }
      // After a failed send comes "exit", which has the cause.
      child.send(sent, () => {})
    })
  }

  /** Stops the child until `resume()`. */
  pause(): void {
    this.#process.kill('SIGSTOP')
  }

  resume(): void {
    this.#process.kill('SIGCONT')
  }

  /** The child ends itself when the channel is closed. */
  async stop(): Promise<void> {
    if (this.#exited) return
    this.resume()
    const exited = new Promise((resolve) => this.#process.once('exit', resolve))
    if (this.#process.connected) this.#process.disconnect()
    await exited
  }
}
