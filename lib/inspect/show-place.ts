import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Shows the place of a call as a file below the working directory with its line, such as `src/todos.js:12`.
 *
 * @param site what `callSiteOf()` returned
 */
export function showPlace(site: string | undefined): string | undefined {
  const [, file = '', line] = /^(.+):(\d+):\d+$/.exec(site ?? '') ?? []
  if (line === undefined) return site
  return `${fromHere(pathOf(file))}:${line}`
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file
  } catch {
    return file
  }
}

function fromHere(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || short.startsWith('..') || isAbsolute(short) || !isAbsolute(path) ? path : short
}
