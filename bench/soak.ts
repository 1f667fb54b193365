import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { breakUploads, type Remains, remainsOf } from '../test/setup/abort-uploads.js'
import { UploadProcess } from '../test/setup/upload-process.js'

// npm run soak: 10 000 uploads that are aborted at random points, against a server in its own process. It fails when a
// file, a descriptor or a timer is left, or when the heap has grown between the first third and the end.

/** The allowed growth of the heap in bytes. A leak of 1 KiB per upload would be 6 MiB. */
const noise = 1024 * 1024

const { values } = parseArgs({
  options: { uploads: { type: 'string', default: '10000' }, seed: { type: 'string' } },
})
const uploads = Number(values.uploads)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const directory = mkdtempSync(join(tmpdir(), 'sealform-soak-'))
const server = await UploadProcess.start({ directory })
try {
  process.exitCode = await soak()
} finally {
  await server.end()
  rmSync(directory, { recursive: true })
}

async function soak(): Promise<number> {
  const started = performance.now()
  console.log(`${uploads} uploads, seed ${seed}`)
  await server.hidden()
  const rest = await remainsOf(server, undefined)
  const thirds: Remains[] = []
  for (const third of [1, 2, 3]) {
    await breakUploads(server, { uploads: Math.ceil(uploads / 3), connections: 12, seed: seed + third })
    const remains = await remainsOf(server, rest)
    thirds.push(remains)
    const { heapUsed, files, descriptors } = remains
    console.log(
      `after ${Math.ceil((uploads * third) / 3)}: ${files.length} files, ${Math.max(0, descriptors.length - rest.descriptors.length)} descriptors more, heap ${(heapUsed / 1024).toFixed(0)} KiB, ${((performance.now() - started) / 1000).toFixed(0)} s`,
    )
  }
  const faults = faultsOf(rest, thirds[0]!, thirds[2]!)
  for (const fault of faults) console.error(fault)
  return faults.length > 0 ? 1 : 0
}

function faultsOf(rest: Remains, first: Remains, last: Remains): string[] {
  const faults = [...first.errors, ...last.errors]
  for (const { files, descriptors, timers } of [first, last]) {
    if (files.length > 0) faults.push(`${files.length} files were left behind`)
    if (descriptors.length > rest.descriptors.length) {
      faults.push(`descriptors were left open: ${descriptors.join(' ')}`)
    }
    if (timers > rest.timers) faults.push(`${timers - rest.timers} timers were left`)
  }
  const growth = last.heapUsed - first.heapUsed
  if (growth > noise) faults.push(`the heap has grown by ${growth} bytes from a third of the way to the end`)
  return faults
}
