import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { defaultKeptTime } from './kept-file-token.js'

/** What tells the apps of one user apart. */
interface DirectoryOwner {
  /** The name of the app; empty when it has none. */
  readonly app: string
  /** The id of the key that seals. `undefined` when the key is random, and for a storage without keys. */
  readonly key?: string | undefined
  /** Seconds that files are kept. */
  readonly keep?: number
}

/**
 * Chooses the directory of an app's files under the system's temporary directory. A sweep goes by age alone, so two apps with
 * one directory would remove each other's files. The name of the app tells them apart, else its key, which stays the same at a
 * new start and in a new build, else the program. Files that are kept for another time than the default have a directory of their
 * own: with one key, two registries may keep files for different times.
 */
export function defaultDirectory({ app, key, keep = defaultKeptTime }: DirectoryOwner): string {
  const owner =
    app === '' ? (key === undefined ? `+program-${program()}` : `+key-${key}`) : encodeURIComponent(app)
  // encodeURIComponent() leaves no "+" in the name of an app.
  const time = keep === defaultKeptTime ? '' : `+${keep}s`
  const { tmpdir } = process.getBuiltinModule('node:os')
  return join(tmpdir(), `sealform-${process.getuid?.() ?? 'files'}-${owner}${time}`)
}

/** Identifies the program: the file that it was started with, and where. */
function program(): string {
  const started = `${process.argv[1] ?? ''}\0${process.cwd()}`
  return createHash('sha256').update(started).digest('hex').slice(0, 16)
}
