import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../test/setup/free-port.js'
import { until } from '../../test/setup/patience.js'

const manifest = {
  private: true,
  dependencies: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
}

/** An app of Next.js, installed and built in a temporary folder. The dependencies of this repository do not hold it. */
export class NextApp {
  readonly url: string
  /** The id of the server's process. */
  readonly pid: number
  readonly #folder: string
  readonly #server: ChildProcess
  readonly #kill = () => this.#server.kill()

  private constructor(folder: string, server: ChildProcess, url: string) {
    this.#folder = folder
    this.#server = server
    this.url = url
    this.pid = server.pid ?? Number.NaN
    // An interrupted benchmark leaves no process behind.
    process.once('exit', this.#kill)
  }

  /**
   * @param files of the folder `app`, by their names
   * @throws Error when npm cannot install it or Next.js cannot build it
   */
  static async start(files: Readonly<Record<string, string>>): Promise<NextApp> {
    const folder = mkdtempSync(join(tmpdir(), 'sealform-next-'))
    try {
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
      for (const [name, text] of Object.entries(files)) {
        const file = join(folder, 'app', name)
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, text)
      }
      const run = promisify(execFile)
      const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const }
      await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, env })
      const next = join(folder, 'node_modules', 'next', 'dist', 'bin', 'next')
      await run(process.execPath, [next, 'build'], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 })
      const port = await freePort()
      const args = [next, 'start', '--hostname', '127.0.0.1', '--port', String(port)]
      const server = spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore' })
      return new NextApp(folder, server, `http://127.0.0.1:${port}/`)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Waits until it serves its page. */
  async ready(): Promise<void> {
    await until(() =>
      fetch(this.url).then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#server.once('exit', resolve))
    if (this.#server.exitCode === null && this.#server.kill()) await exited
    process.off('exit', this.#kill)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
