/** The questions to child processes, with their answers. */
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
  /** Load: sends requests on the connections until the time or the count is reached, then closes them. */
  run: { question: undefined; answer: Run }
  /** Load: sends requests at a rate on the connections, whether or not earlier ones are answered. */
  paced: { question: { readonly rate: number }; answer: LatencyRun }
  /** Seals: measures sealing and opening. */
  seals: { question: undefined; answer: SealTimes }
  /** Claims: µs to claim and settle one, beside so many open claims. One figure per batch. */
  claims: { question: { readonly open: number }; answer: readonly number[] }
  /** Upload server: returns the resident memory in bytes, and resets the peak. */
  rest: { question: undefined; answer: number }
  /** Upload server: the peak of its resident memory, in bytes. */
  peak: { question: undefined; answer: number }
  /** Upload server: the cost of the last upload when its answer was written. */
  taken: { question: undefined; answer: Taken }
  /** Upload load: sends several uploads at the same time, and waits for the answers. */
  upload: { question: UploadJob; answer: UploadRun }
}

export interface Taken {
  readonly status: number
  readonly bytesRead: number
  readonly bytesOnDisk: number
}

export interface UploadJob {
  readonly port: number
  /** The request before and after the content of the file, as latin1. */
  readonly before: string
  readonly after: string
  /** The size of the file, in bytes. */
  readonly bytes: number
  /** The number of uploads at the same time. */
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
  /** As many are sent even when the time is over, on a machine that has little of it to give. */
  readonly minRequests: number
  readonly maxRequests: number
}

export interface Run {
  readonly requests: number
  /** From the first byte sent to the last answer. */
  readonly seconds: number
  /** The first answer, header and body. */
  readonly first: string
}

export interface LatencyRun {
  /** For each request: from the moment at which it was due to the end of its answer. */
  readonly microseconds: readonly number[]
}

export interface SealTimes {
  /** µs per call, one figure per batch. */
  readonly seal: readonly number[]
  readonly open: readonly number[]
  /** The length of a seal without bound values, in characters. */
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
 * Answers the parent's questions, one after the other. The process ends with its parent,
 * so that an interrupted benchmark leaves no process behind.
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
