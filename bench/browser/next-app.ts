import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../test/setup/free-port.js'
import { until } from '../../test/setup/patience.js'

const page = `import { revalidatePath } from 'next/cache'

export const dynamic = 'force-dynamic'

const state = (globalThis.rows ??= { newest: 'The first row' })

async function add(formData) {
  'use server'
  state.newest = String(formData.get('title'))
  revalidatePath('/')
}

export default function Page() {
  const rows = Array.from({ length: 20 }, (_, i) => (i === 0 ? state.newest : \`Row \${i} of a list that stays as it is\`))
  return (
    <>
      <h1>Rows</h1>
      <section id="rows">
        <form action={add}><input name="title" /><button>Add</button></form>
        <ul>{rows.map((row, i) => <li key={i}>{row}</li>)}</ul>
      </section>
    </>
  )
}
`

const layout = `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>
}
`

const manifest = { private: true, dependencies: { next: '^16', react: '^19', 'react-dom': '^19' } }

/** The same page as a server action of Next.js, installed and built in a temporary folder. */
export class NextApp {
  readonly url: string
  readonly #folder: string
  readonly #server: ChildProcess
  readonly #kill = () => this.#server.kill()

  private constructor(folder: string, server: ChildProcess, url: string) {
    this.#folder = folder
    this.#server = server
    this.url = url
    // An interrupted benchmark leaves no process behind.
    process.once('exit', this.#kill)
  }

  /** @throws Error when npm cannot install it or Next.js cannot build it */
  static async start(): Promise<NextApp> {
    const folder = mkdtempSync(join(tmpdir(), 'sealform-next-'))
    try {
      mkdirSync(join(folder, 'app'))
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
      writeFileSync(join(folder, 'app', 'page.jsx'), page)
      writeFileSync(join(folder, 'app', 'layout.jsx'), layout)
      const run = promisify(execFile)
      const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const }
      await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, env })
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
