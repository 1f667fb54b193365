import { open, unlink, writeFile } from 'node:fs/promises'

/**
 * Writes a file that must not exist yet, readable by its owner only. When that fails, nothing stays behind and the
 * first error is thrown as it is.
 */
export async function writeExclusively(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  // O_EXCL does not follow a symbolic link either, dangling or not (open(2)).
  const handle = await open(path, 'wx', 0o600)
  try {
    try {
      await writeFile(handle, content)
    } catch (error) {
      await handle.close().catch(() => {})
      throw error
    }
    // Network file systems may tell of a full disk only here.
    await handle.close()
  } catch (error) {
    await unlink(path).catch(() => {})
    throw error
  }
}
