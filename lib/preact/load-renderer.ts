import type { Writable } from 'node:stream'
import { SealformError } from '../base/errors.js'

/** A tree of components, as JSX or `h()` makes it. Preact's own types would bring those of browsers into every server. */
export interface PreactTree {
  readonly type: unknown
  readonly props: unknown
  readonly key: unknown
}

/** What is used of preact-render-to-string. */
interface Renderer {
  renderToStringAsync(tree: PreactTree): string | Promise<string>
  renderToPipeableStream(
    tree: PreactTree,
    options: { readonly nonce?: string; onError(error: unknown): void },
  ): { abort(reason?: unknown): void; pipe(target: Writable): void }
}

let loading: Promise<Renderer> | undefined

/**
 * Loads Preact's renderer when the first page is made. An `import` also finds it where a bundler has put it, beside the Preact of
 * the components: two copies of Preact do not work together.
 *
 * @throws SealformError `ERR_OPTION_INVALID` when preact-render-to-string is not installed; the message holds the npm command
 */
export function loadRenderer(): Promise<Renderer> {
  loading ??= load()
  return loading
}

async function load(): Promise<Renderer> {
  try {
    const [whole, stream] = await Promise.all([
      import('preact-render-to-string' as string),
      import('preact-render-to-string/stream-node' as string),
    ])
    return {
      renderToStringAsync: whole.renderToStringAsync,
      renderToPipeableStream: stream.renderToPipeableStream,
    }
  } catch (cause) {
    const message =
      'renderPreact() needs the packages "preact" and "preact-render-to-string": npm install preact preact-render-to-string'
    throw new SealformError('ERR_OPTION_INVALID', message, { cause })
  }
}
