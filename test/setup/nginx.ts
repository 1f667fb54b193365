import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSign } from './certificate.js'
import { until } from './patience.js'
import { nginx, requireProgram } from './programs.js'

export interface Nginx {
  close(): Promise<void>
}

/**
 * Starts an nginx for a test, with all of its files in a temporary directory.
 *
 * @param http the content of the block `http`. The block has a certificate that servers can use
 * @param port one that it listens on
 */
export async function startNginx(http: string, port: number): Promise<Nginx> {
  const prefix = mkdtempSync(join(tmpdir(), 'sealform-nginx-'))
  const { key, certificate } = selfSign('sealform.test')
  writeFileSync(join(prefix, 'key.pem'), key, { mode: 0o600 })
  writeFileSync(join(prefix, 'certificate.pem'), certificate)
  configure(prefix, http)
  const child = spawn(requireProgram(nginx), ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stop = () => child.kill('SIGTERM')
  process.once('exit', stop)
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  const close = async () => {
    process.off('exit', stop)
    await end(child)
    rmSync(prefix, { recursive: true, force: true })
  }
  await until(async () => child.exitCode !== null || (await isListening(port)))
  if (child.exitCode === null) return { close }
  await close()
  throw new Error(`nginx does not listen on ${port}:\n${printed}`)
}

function configure(prefix: string, http: string): void {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    join(prefix, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${prefix}/nginx.pid;
events {}
http {
access_log off;
${folders.map((name) => `${name}_temp_path ${prefix}/${name};`).join('\n')}
ssl_certificate ${prefix}/certificate.pem;
ssl_certificate_key ${prefix}/key.pem;
${http}
}
`,
  )
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
