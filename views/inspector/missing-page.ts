import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'
import { type Place, shell } from './shell.js'

/** Prints that there is no such page. A submission that is not among the last ones has none any more. */
export function missingPage(place: Place): SafeHtml {
  const main = place.rest.startsWith('submissions/')
    ? html`<p>This submission is not among the last 50 of this process. <a href="${place.root}">See those that are.</a></p>`
    : html`<p>The inspector has no page here. <a href="${place.root}">See the submissions.</a></p>`
  return shell(place, { title: 'Not found', main })
}
