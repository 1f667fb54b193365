import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { getHeapStatistics } from 'node:v8'
import { directoryStorage, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp } from './koa-app.js'
import type { Command, ServerOptions, ServerState } from './upload-process.js'

// A server with upload forms, in a process that a test can observe, limit and kill: see upload-process.ts.

const options: ServerOptions = JSON.parse(process.argv[2] ?? '')
if (options.clockAhead) {
  const now = Date.now
  const ahead = options.clockAhead * 1000
  Date.now = () => now() + ahead
}

const files = { picture: { maxSize: '256MiB' }, attachments: { maxFiles: 3 } }
const { app, errors } = createTestApp(
  ({ actions, router }) => {
    const upload = actions.define('upload', { files, run: () => redirect('/thanks') })
    const brief = actions.define('brief', { files, ttl: 1, run: () => redirect('/thanks') })
    const stream = actions.define('stream', {
      files,
      /** The name of the file decides what the consumer does. */
      async onFile({ name }, content) {
        if (name === 'never-reads') await new Promise(() => {})
        for await (const _ of content) {
          if (name === 'throws-midway') throw new Error('thrown in the middle of a file')
        }
      },
      run: () => redirect('/thanks'),
    })
    for (const [path, action] of Object.entries({ '/': upload, '/brief': brief, '/stream': stream })) {
      router.get(path, (ctx) => {
        const form = ctx.form(action)
        ctx.body = html`<!doctype html><title>Upload</title>${form.summary()}<form ${form.attributes}>${form.fields}
          <input ${form.input('title')}><input ${form.input('picture')}><input ${form.input('attachments')}></form>`
      })
    }
  },
  {
    session: (ctx) => ctx.cookies.get('user'),
    actions: {
      limits: { idleTime: options.idleTime ?? '10s' },
      uploads: { storage: directoryStorage({ directory: options.directory }) },
    },
  },
)

const server = createServer(app.callback())
server.prependListener('request', ({ socket }, res) => {
  res.once('prefinish', () => tell({ answered: res.statusCode, bytesRead: socket.bytesRead }))
})
// As a program stops that lets uploads finish for a while, long enough for a machine that is busy.
process.once('SIGTERM', () => {
  process.disconnect()
  server.close()
  setTimeout(() => server.closeAllConnections(), 3000).unref()
})
process.on('message', ({ command }: { readonly command: Command }) => {
  if (command === 'starve') starve()
  else if (command === 'feed') for (const descriptor of taken.splice(0)) closeSync(descriptor)
  tell({ state: state() })
})
server.listen(0, '127.0.0.1', () => {
  if (options.user !== undefined) process.setuid?.(options.user)
  tell({ listening: server.address() })
})

function tell(message: object): void {
  if (process.connected) process.send?.(message)
}

const taken: number[] = []
// Koa then reports every request whose client disconnects.
const clientLeft = /ECONNRESET|EPIPE|^Error: Parse Error$/

/** Opens files until the system allows no more. */
function starve(): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch {}
}

function state(): ServerState {
  globalThis.gc?.()
  globalThis.gc?.()
  return {
    heapUsed: getHeapStatistics().used_heap_size,
    errors: errors
      .splice(0)
      .map(String)
      .filter((error) => !clientLeft.test(error)),
    descriptors: descriptors(),
    timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
  }
}

/** Returns the targets of the open descriptors, on systems that report them. Reading them opens one more. */
function descriptors(): string[] {
  if (process.platform !== 'linux' || taken.length > 0) return []
  return readdirSync('/proc/self/fd').flatMap((number) => {
    try {
      return [readlinkSync(`/proc/self/fd/${number}`)]
    } catch {
      return []
    }
  })
}
