/** The questions that the benchmark asks its child processes, each with its answer. */
export interface Exchange {
  /** Server: the port it listens on. */
  port: { question: undefined; answer: number }
  /** Any child: CPU time used so far, in µs, user and system together. */
  cpu: { question: undefined; answer: number }
  /** Server: starts the sampling profiler. */
  profile: { question: undefined; answer: undefined }
  /** Server: stops the profiler and writes what it saw to this file. */
  profiled: { question: { file: string }; answer: undefined }
  /** Load: opens the connections of a job. */
  connect: { question: Job; answer: undefined }
  /** Load: sends requests on them until the time or the count is used up, then closes them. */
  run: { question: undefined; answer: Run }
  /** Seals: how long the library's own sealing and opening takes. */
  seals: { question: undefined; answer: SealTimes }
  /** Upload server: resident memory in bytes; the peak counts from here. */
  rest: { question: undefined; answer: number }
  /** Upload server: the peak of its resident memory, in bytes. */
  peak: { question: undefined; answer: number }
  /** Upload server: what the last upload had cost when its answer was written. */
  taken: { question: undefined; answer: Taken }
  /** Upload load: sends uploads at once, and waits for the answers. */
  upload: { question: UploadJob; answer: UploadRun }
}

export interface Taken {
  readonly status: number
  readonly bytesRead: number
  readonly bytesOnDisk: number
}

export interface UploadJob {
  readonly port: number
  /** What comes before and after the content of the file, latin1. */
  readonly before: string
  readonly after: string
  /** Bytes of the file. */
  readonly bytes: number
  /** How many at once. */
  readonly uploads: number
  /** Every answer must carry this status. */
  readonly status: number
}

export interface UploadRun {
  /** From the first byte sent to the last answer. */
  readonly seconds: number
}

export interface Job {
  readonly port: number
  readonly connections: number
  /** The whole request, header and body, latin1. */
  readonly request: string
  /** Every answer must carry this status. */
  readonly status: number
  readonly seconds: number
  readonly maxRequests: number
}

export interface Run {
  readonly requests: number
  /** From the first byte sent to the last answer. */
  readonly seconds: number
  /** The first answer, header and body. */
  readonly first: string
}

export interface SealTimes {
  /** µs for one, one figure per batch. */
  readonly seal: readonly number[]
  readonly open: readonly number[]
  /** Characters of a seal that binds no values. */
  readonly length: number
}

export type Kind = keyof Exchange

export type Answers = {
  [K in Kind]?: (question: Exchange[K]['question']) => Exchange[K]['answer'] | Promise<Exchange[K]['answer']>
}

export interface Question<K extends Kind = Kind> {
  readonly kind: K
  readonly question: Exchange[K]['question']
}

/**
 * Answers the parent's questions, one after the other. The process ends when the parent is gone,
 * so that an interrupted benchmark leaves nothing behind.
 */
export function answer(answers: Answers): void {
  process.on('disconnect', () => process.exit())
  process.on('message', async <K extends Kind>({ kind, question }: Question<K>) => {
    const one = answers[kind]
    if (!one) throw new Error(`this child cannot answer "${kind}"`)
    process.send?.({ answer: await one(question) })
  })
}

export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
