import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { listenOnLocalhost } from '../listen.js'

// npm run example:react, npm run example:preact

/**
 * Builds an example and starts it: the script for browsers with all that it needs, and the server with its packages outside.
 *
 * @param library whose JSX the components are written in
 */
export async function start(library: 'react' | 'preact'): Promise<void> {
  // Who tries the example wants to see what goes wrong.
  process.env.NODE_ENV ??= 'development'
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
  const url = await listenOnLocalhost(createApp(folder), { port: 0, command: `npm run example:${library}` })
  console.log(`The example is ready: ${url}`)
}
