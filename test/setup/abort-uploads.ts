import { setTimeout as sleep } from 'node:timers/promises'
import { chunked, requestText, talk } from './raw-http.js'
import { boundary, multipartBody, type Part, post } from './upload-app.js'
import type { UploadProcess } from './upload-process.js'

/** How to break off uploads with two files each. */
export interface Breakage {
  readonly uploads: number
  /** How many uploads run at a time. */
  readonly connections: number
  /** The seed of the random numbers, so that a run can be repeated. */
  readonly seed: number
}

/** What the server still holds. */
export interface Remains {
  readonly files: readonly string[]
  readonly descriptors: readonly string[]
  /** Timers beyond those of a server at rest. */
  readonly timers: number
  readonly heapUsed: number
  readonly errors: readonly string[]
}

/** Breaks uploads off at random bytes: by a reset, by a half-close, in a pause, or after the last byte. */
export async function breakUploads(
  server: UploadProcess,
  { uploads, connections, seed }: Breakage,
): Promise<void> {
  const random = randomFrom(seed)
  const bodies = [
    ...(await requestsTo(server, '/', 300_000, 150_000)),
    ...(await requestsTo(server, '/', 10, 20_000)),
    ...(await requestsTo(server, '/stream', 200_000, 70_000)),
  ]
  let left = uploads
  const worker = async () => {
    while (left-- > 0) {
      const bytes = bodies[Math.floor(random() * bodies.length)]!
      const at = breakPoint(bytes, random)
      const pause = random() < 0.2 ? [Math.ceil(random() * 20)] : []
      const ending = random() < 0.7 ? 'reset' : 'end'
      await talk(server.port, [bytes.subarray(0, at), ...pause], { ending, patience: 2000 })
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
}

/** Returns what remains after the server had up to five seconds to clean up. */
export async function remainsOf(server: UploadProcess, rest: Remains | undefined): Promise<Remains> {
  for (let i = 0; ; i++) {
    const { descriptors, ...state } = await server.state()
    const files = server.stored()
    const remains = { files, descriptors, ...state }
    const clean = files.length === 0 && descriptors.length <= (rest?.descriptors.length ?? descriptors.length)
    if (clean || i === 50) return remains
    await sleep(100)
  }
}

/** Picks a random byte. Half of them are near the end of headers or of a part, where the readers change their state. */
function breakPoint(bytes: Buffer, random: () => number): number {
  const anywhere = Math.ceil(random() * bytes.length)
  if (random() < 0.5) return anywhere
  const delimiter = bytes.lastIndexOf(boundary, anywhere)
  return Math.min(bytes.length, Math.max(1, delimiter + Math.floor(random() * 300) - 100))
}

/** Makes two requests: one with a length, one in chunks. */
async function requestsTo(
  server: UploadProcess,
  path: string,
  first: number,
  second: number,
): Promise<Buffer[]> {
  const parts: Part[] = [
    ...(await server.hidden(path)),
    ['title', 'Hello'],
    { name: 'picture', filename: 'a.png', content: Buffer.alloc(first, 'PNG\r\n--') },
    { name: 'attachments', filename: 'b.txt', content: Buffer.alloc(second, 'text\r\n') },
    ['after', 'B'],
  ]
  const headers = [
    ['Host', 'app.example'],
    ['Origin', 'http://app.example'],
    ['Content-Type', `multipart/form-data; boundary=${boundary}`],
    ['Transfer-Encoding', 'chunked'],
  ] as const
  const inChunks = requestText(`POST ${path} HTTP/1.1`, headers, chunked(multipartBody(...parts), 7000))
  return [post(parts, { path }), inChunks]
}

/** Generates numbers from 0 to 1, the same for the same seed, by Marsaglia's xorshift with 32 bits. */
function randomFrom(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
