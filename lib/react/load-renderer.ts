import { SealformError } from '../base/errors.js'

type Renderer = Pick<typeof import('react-dom/server'), 'renderToPipeableStream'>

let loading: Promise<Renderer> | undefined

/**
 * Loads React's renderer when the first page is made. An `import` also finds it where a bundler has put it, beside the React
 * of the components: two copies of React do not work together.
 *
 * @throws SealformError `ERR_OPTION_INVALID` when react-dom 19 is not installed; the message holds the npm command
 */
export function loadRenderer(): Promise<Renderer> {
  loading ??= load()
  return loading
}

async function load(): Promise<Renderer> {
  const { version, renderToPipeableStream } = await importRenderer()
  if (Number.parseInt(version, 10) < 19) throw missing(`version ${version} of it is installed`)
  return { renderToPipeableStream }
}

async function importRenderer(): Promise<typeof import('react-dom/server')> {
  try {
    return await import('react-dom/server')
  } catch (cause) {
    throw missing('which is not installed', cause)
  }
}

function missing(why: string, cause?: unknown): SealformError {
  const message = `renderReact() needs the package "react-dom", ${why}: npm install react@19 react-dom@19`
  return new SealformError('ERR_OPTION_INVALID', message, { cause })
}
