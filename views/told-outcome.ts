import { explain, type Messages } from '../lib/outcome/messages.js'
import type { Issue, Outcome } from '../lib/outcome/outcome.js'
import type { TellingProblem } from '../lib/page/form-record.js'
import type { ControlIds } from './control-ids.js'
import { escapeHtml } from './escape-html.js'
import { printSummary } from './summary.js'

/** The problem that a form has to show. */
interface Problem {
  readonly formId: string
  readonly outcome: Outcome
  readonly issues: readonly Issue[]
  readonly ids: ControlIds
  readonly messages: Messages
}

/** The problem of a form, and which of its messages the page has shown. */
export class ToldOutcome implements TellingProblem {
  /** The issues for the page to print by itself. A page that reads a message shows it. */
  readonly issues: readonly Issue[]
  readonly #problem: Problem
  readonly #told = new Set<Issue>()
  /** The page has printed what happened, for an outcome without issues. */
  #textTold = false
  /** The page has asked for the summary, so the notice beside the hidden fields is not needed. */
  #summarised = false

  constructor(problem: Problem) {
    this.#problem = problem
    this.issues = problem.issues.map((issue) => new WatchedIssue(issue, this.#told))
  }

  /** Notes that the page has printed these messages. */
  tell(issues: readonly Issue[]): void {
    for (const issue of issues) this.#told.add(issue)
  }

  summarise(): void {
    this.#summarised = true
  }

  /** Prints the summary for the top of the page. A page may print it before the controls, so each issue gets a link. */
  printSummary(): string {
    const { issues, ids } = this.#problem
    this.tellAll()
    return this.#print({ issues, controlId: (name) => ids.first(name) })
  }

  tellAll(): void {
    this.tell(this.#problem.issues)
    this.#textTold = true
  }

  /** Says why the form came back, on a page that has asked for no summary so far: everything that is about no field. */
  notice(): string {
    if (this.#summarised) return ''
    const { formId, outcome, issues, messages } = this.#problem
    const general = issues.filter((issue) => issue.name === '')
    const aboutFields = outcome.kind === 'invalid' && issues.length > 0
    const lines =
      aboutFields || general.length > 0 ? general.map((issue) => issue.message) : [explain(outcome, messages)]
    this.tell(general)
    this.#textTold = true
    if (lines.length === 0) return ''
    const id = escapeHtml(`${formId}-notice`)
    return `<div class="sealform-notice" id="${id}" role="alert">${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</div>`
  }

  /** Whether the page has printed all messages. */
  get saysAll(): boolean {
    const { issues } = this.#problem
    return issues.length === 0 ? this.#textTold : issues.every((issue) => this.#told.has(issue))
  }

  /**
   * Prints a summary of the messages that are not shown, to stand beside the hidden fields. Returns an empty string when
   * all are shown.
   *
   * @param region the region that is sent alone; `undefined` for the whole page
   */
  untold(region: string | undefined): string {
    const { issues, ids } = this.#problem
    if (region === undefined ? this.saysAll : this.#saysAllIn(region)) return ''
    const isTold = (issue: Issue) =>
      region === undefined ? this.#told.has(issue) : this.#isIn(region, issue.name, issue.message)
    return this.#print({
      issues: issues.filter((issue) => !isTold(issue)),
      controlId: (name) => (ids.has(name) ? ids.first(name) : undefined),
      issueId: (name) => ids.issue(name),
    })
  }

  #saysAllIn(region: string): boolean {
    const { outcome, issues, messages } = this.#problem
    if (issues.length === 0) return this.#isIn(region, '', explain(outcome, messages))
    return issues.every(({ name, message }) => this.#isIn(region, name, message))
  }

  /** Whether a part of the page has a message: by an element of the library, or as text. */
  #isIn(region: string, name: string, message: string): boolean {
    const { formId, ids } = this.#problem
    const element = name === '' ? `${formId}-notice` : ids.issue(name)
    const elements = [`${formId}-summary`, element].map((id) => `id="${escapeHtml(id)}"`)
    return elements.some((id) => region.includes(id)) || region.includes(escapeHtml(message))
  }

  #print(more: Pick<Parameters<typeof printSummary>[0], 'issues' | 'controlId' | 'issueId'>): string {
    const { formId, outcome, messages } = this.#problem
    const text = explain(outcome, messages)
    return printSummary({ id: `${formId}-summary`, text, messages, ...more }).toString()
  }
}

/**
 * An issue that notes when the page reads its message. `message` is an own property, because Handlebars reads no other. All issues
 * share one getter: V8 makes a slow object for each literal with a getter of its own.
 */
class WatchedIssue implements Issue {
  readonly name: string
  declare readonly message: string
  readonly #issue: Issue
  readonly #told: Set<Issue>

  constructor(issue: Issue, told: Set<Issue>) {
    this.name = issue.name
    this.#issue = issue
    this.#told = told
    Object.defineProperty(this, 'message', WatchedIssue.#message)
  }

  static readonly #message: PropertyDescriptor & ThisType<WatchedIssue> = {
    enumerable: true,
    get() {
      this.#told.add(this.#issue)
      return this.#issue.message
    },
  }
}
