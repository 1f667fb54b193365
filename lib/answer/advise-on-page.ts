import type { IncomingMessage } from 'node:http'
import { adviseOnce } from '../base/advise-once.js'
import type { Outcome } from '../outcome/outcome.js'
import type { FormOnPage, Rendering } from './judge-rendering.js'

/** A page that was run for an outcome, and has not shown it. */
interface Unshown {
  readonly req: IncomingMessage
  readonly path: string
  readonly action: string | undefined
  readonly outcome: Outcome
  readonly rendering: Rendering
  readonly form: FormOnPage
}

/** Tells the developer why a visitor got the built-in page: the app's page has not printed the form that was sent. For development. */
export function adviseOnUnshown({ req, path, action, outcome, rendering, form }: Unshown): void {
  // Without a seal that opens, the form may be one of another build, and no page has to print it.
  if (action === undefined || rendering.kind !== 'rendered' || rendering.status >= 300) return
  const sentFrom = pathOfReferer(req)
  const elsewhere = sentFrom !== undefined && sentFrom !== path
  if (outcome.kind === 'refused' && outcome.reason === 'other-path') {
    adviseOnce(
      `the form of "${action}"${elsewhere ? ` on ${sentFrom}` : ''} posts to ${path}, and its seal is good only on the page that has printed it. Leave out "action" in the form tag, or define the action with path: false.`,
    )
    return
  }
  const what = form.adopted ? 'made a form of' : 'did not make the form of'
  const printed = form.adopted && !form.printed ? ' and did not print it' : ''
  if (form.adopted && printed === '') return
  adviseOnce(
    `GET ${path} was run to show ${words[outcome.kind]} and ${what} "${action}" that was sent${printed}, so the visitor got the built-in page. ${
      elsewhere
        ? `The form was sent from ${sentFrom}: leave out "action" in its form tag, so that it posts to its own page.`
        : 'Print it each time the page is run, with the same bound values and the same key.'
    }`,
  )
}

const words: Readonly<Record<Outcome['kind'], string>> = {
  invalid: 'what is wrong with a submission',
  refused: 'why a submission was refused',
  failed: 'that an action has failed',
  done: 'that an action is done',
  redirect: 'the page of a redirect',
  answered: 'an answer',
}

function pathOfReferer({ headers: { referer } }: IncomingMessage): string | undefined {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).pathname : undefined
}
