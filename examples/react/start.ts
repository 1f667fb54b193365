import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

// npm run example:react, npm run example:preact

/**
 * Builds an example and starts it: the script for browsers with all that it needs, and the server with its packages outside.
 *
 * @param library whose JSX the components are written in
 */
export async function start(library: 'react' | 'preact'): Promise<void> {
  const from = join('examples', library, 'app')
  const folder = join('dist', 'examples', library, 'app')
  const common = {
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: library,
    outdir: folder,
    logLevel: 'warning',
  } as const
  await Promise.all([
    build({
      ...common,
      entryPoints: [join(from, 'client.tsx')],
      platform: 'browser',
      minify: true,
      define: { 'process.env.NODE_ENV': '"production"' },
    }),
    build({
      ...common,
      entryPoints: [join(from, 'server.tsx')],
      platform: 'node',
      target: 'node20',
      packages: 'external',
    }),
  ])
  const { createApp }: { createApp(folder: string): RequestListener } = await import(
    pathToFileURL(join(folder, 'server.js')).href
  )
  const server = createServer(createApp(folder))
  server.listen(Number(process.env.PORT ?? 0), 'localhost', () => {
    console.log(`The example is ready: http://localhost:${(server.address() as AddressInfo).port}`)
  })
}
