/** What was measured of an app and seen of it. */
export interface Facts {
  readonly cpu: Cpu
  readonly packages: Packages
  /** Bytes of JavaScript that Chromium loads for the page, each file and inline script by gzip. */
  readonly script: number
  readonly withoutScript: WithoutScript
  /** How often the action ran for one form that was sent twice at the same time. */
  readonly runsOfTwo: number
  readonly crossSite: { readonly status: number; readonly ran: boolean }
  /** A form of a page that is older than the server's process. */
  readonly restart: { readonly status: number; readonly ran: boolean; readonly kept: boolean }
  readonly upload: Upload
  readonly thrown: Thrown
}

/** CPU µs per request, turn by turn. */
export interface Cpu {
  readonly page: number[]
  readonly redirect: number[]
  readonly invalid: number[]
}
export type CpuKind = keyof Cpu
export const cpuKinds = ['page', 'redirect', 'invalid'] as const satisfies readonly CpuKind[]

export interface Packages {
  readonly installed: number
  readonly toRun: number
  readonly megabytes: number
}

/** A form with an empty title that Chromium sends with JavaScript switched off. */
export interface WithoutScript {
  readonly status: number
  readonly kept: boolean
  readonly message: boolean
  /** The corrected form is taken. */
  readonly done: boolean
}

/** A file of 20 MB where 1 MB is allowed. */
export interface Upload {
  /** Bytes that the server had read when its answer began, or when it had closed the connection. */
  readonly taken: number
  /** What Chromium got, with JavaScript switched off; undefined for a connection that broke. */
  readonly status: number | undefined
  readonly kept: boolean
  readonly ran: boolean
}

/** An action that throws. */
export interface Thrown {
  readonly status: number
  readonly message: boolean
  readonly stack: boolean
  readonly kept: boolean
}
