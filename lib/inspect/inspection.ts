/** What is kept of one submission. It holds no field's value, no bound value and no query string. */
export interface InspectedSubmission {
  /** Counts up from 1 in this process. */
  readonly id: number
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number
  readonly path: string
  /** `undefined` when its seal did not open. */
  readonly action: string | undefined
  /** The kind of the outcome, `valid` after validation alone, or `left` when the visitor left before the answer. */
  readonly outcome: string
  /** The status of the answer; `undefined` when there was none. */
  readonly status: number | undefined
  /** From the opened body to the answer. */
  readonly milliseconds: number
  readonly stages: readonly { readonly stage: string; readonly milliseconds: number }[]
  /** Why it was refused. */
  readonly refusal: { readonly reason: string; readonly detail: string } | undefined
  /** What `mode: 'report'` has let through. */
  readonly reported: string | undefined
  /** The reference of a failure, which is also in the log; empty when nothing failed. */
  readonly reference: string
  /** The names of the fields and files that came. */
  readonly fields: Names
  /** The names of the fields with a message. */
  readonly issues: Names
  /** The browser library that sent it; `undefined` for a browser without one. */
  readonly client: string | undefined
  /** The ids of the regions that it asked for. */
  readonly regions: Names
  /** It is a copy of a one-time submission, and got the outcome of the first one. */
  readonly repeated: boolean
}

/** The first of some names that a visitor has sent. */
export interface Names {
  readonly list: readonly string[]
  /** How many more there were. */
  readonly more: number
}

/** Pages on which forms of an action were printed. */
export interface PrintedPages {
  readonly paths: readonly string[]
  /** There were more. */
  readonly more: boolean
}

const mostSubmissions = 50
const mostPaths = 20
const mostNames = 50
/** Characters. */
const longestPath = 200
const longestName = 80
const longestText = 600

/** Keeps for the developer of an app what its last submissions and pages did. All of it is bounded. */
export class Inspection {
  readonly #submissions: InspectedSubmission[] = []
  readonly #printed = new Map<string, { readonly paths: Set<string>; more: boolean }>()
  #count = 0

  /** The last submissions, newest first. */
  get submissions(): readonly InspectedSubmission[] {
    return this.#submissions.toReversed()
  }

  /** How many submissions this process has received. */
  get count(): number {
    return this.#count
  }

  /** Returns a submission, as long as it is among the last ones. */
  find(id: number): InspectedSubmission | undefined {
    return this.#submissions.find((submission) => submission.id === id)
  }

  /** Keeps a submission, and forgets the oldest when there are more than 50. Cuts its texts. */
  keep(submission: Omit<InspectedSubmission, 'id'>): void {
    this.#count++
    const { path, refusal, reported } = submission
    this.#submissions.push({
      ...submission,
      id: this.#count,
      path: cut(path, longestPath),
      refusal: refusal && { reason: refusal.reason, detail: cut(refusal.detail, longestText) },
      reported: reported === undefined ? undefined : cut(reported, longestText),
    })
    if (this.#submissions.length > mostSubmissions) this.#submissions.shift()
  }

  /** Notes that a page has printed a form or a button of an action. Keeps the last 20 paths of each. */
  notePrinted(action: string, path: string): void {
    let printed = this.#printed.get(action)
    if (!printed) {
      printed = { paths: new Set(), more: false }
      this.#printed.set(action, printed)
    }
    const { paths } = printed
    const short = cut(path, longestPath)
    paths.delete(short)
    paths.add(short)
    if (paths.size <= mostPaths) return
    const [oldest = ''] = paths
    paths.delete(oldest)
    printed.more = true
  }

  /** Returns the pages that have printed an action, the last one first. */
  pagesOf(action: string): PrintedPages {
    const printed = this.#printed.get(action)
    return { paths: [...(printed?.paths ?? [])].reverse(), more: printed?.more ?? false }
  }
}

/** Cuts a list of names, and each of them. */
export function cutNames(names: readonly string[]): Names {
  const list = names.slice(0, mostNames).map((name) => cut(name, longestName))
  return { list, more: names.length - list.length }
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
