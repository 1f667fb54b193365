import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { StoredContent } from '../../lib/files/file-storage.js'

/** A test, or what else knows its own end. */
export interface Ending {
  after(end: () => unknown): void
}

/** Creates a directory for a test. */
export function scratch(t: Ending, parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'sealform-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Creates a directory on a disk of 1 MiB, where mounting is permitted. */
export function smallDisk(t: TestContext): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'sealform-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', directory])
  t.after(() => {
    if (status === 0) spawnSync('umount', ['-l', directory])
    rmdirSync(directory)
  })
  return status === 0 ? directory : undefined
}

/** Returns the number of open descriptors of this process, on systems that report it. */
export function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

/** Generates content in pieces, on demand. */
export async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(size, i)
}

/** Reads stored content as a whole. */
export async function bytesOf(content: StoredContent | undefined): Promise<Buffer> {
  if (!content) throw new Error('The storage has no such content.')
  const pieces: Uint8Array[] = []
  for await (const piece of content.stream()) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Gives content in chunks of a size, the last one perhaps smaller. */
export async function* inChunks(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < content.length; i += size) yield content.subarray(i, i + size)
}
