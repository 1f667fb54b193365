import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A directory of its own for a test. */
export function scratch(t: TestContext, parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'sealform-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A directory on a disk of 1 MiB, where mounting one is permitted. */
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

/** How many descriptors this process has open, where the system tells. */
export function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

/** A content in pieces, made as it is asked for. */
export async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(size, i)
}
