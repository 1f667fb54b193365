import type { Page } from '../page/page.js'
import type { PageHost } from '../page/page-host.js'
import { chooseRegions } from './choose-regions.js'
import type { ClientRow } from './client-table.js'
import { anyTag, hasElement, markForReload, type Printed, printRegions, titleIn } from './print-for-client.js'

/** Regions that are sent in place of the page. */
interface PagePart extends Printed {
  readonly ids: readonly string[]
}

interface RenderedFacts {
  readonly client: ClientRow | undefined
  /** The status of the outcome, or of the page that is visited. */
  readonly status: number
  /** The page, as far as it is held. */
  readonly content: string | Buffer | undefined
}

interface OutcomeFacts extends RenderedFacts {
  /** It answers a submission. @default false: the page is visited */
  readonly isOutcome?: boolean
}

type Host = Pick<PageHost, 'req' | 'res'> & { readonly page: Page }

/** Returns the regions of a page that are sent to this client, or `undefined` for the whole page. */
export function partOfPage(
  { page, req, res }: Host,
  { client, status, content, isOutcome = false }: OutcomeFacts,
): PagePart | undefined {
  if (!client || !page.hasRegions) return undefined
  const fails = status < 200 || status > 299
  const ids = client.asks(req.headers, fails)
  const others = client.others(req.headers, { isOutcome, fails })
  const regions = chooseRegions({
    asked: ids,
    needsAll: client.needsAll,
    others,
    regions: page.regions,
    hasForm: page.printed,
    formId: page.formId,
    // A part that is loaded after its page must not take away the message that the page has just shown.
    isAlways: ({ always, id }) => always && (isOutcome || !page.flash?.isMissedBy(id)),
    holdsForm: ({ html }) => page.isPrintedIn(html),
  })
  if (!regions) return undefined
  const title = titleIn(content)
  const { html, headers } = printRegions(client, others, { regions, title, isOutcome, fails, ids, said: res })
  return { html, headers, ids: [...regions.asked, ...regions.others].map(({ id }) => id) }
}

/** What is sent of a page that shows no outcome. */
export type VisitPart =
  | { readonly kind: 'page' }
  | ({ readonly kind: 'region' } & PagePart)
  /** The page, for a client that does not show it but opens it, and so asks for it once more. */
  | { readonly kind: 'reload'; readonly html: string | Buffer }

/** Judges what is sent of a page that shows no outcome: regions only when its status is 200. */
export function partOfVisit(host: Host, facts: RenderedFacts & { readonly isHtml: boolean }): VisitPart {
  const { client, status, content, isHtml } = facts
  if (!client) return { kind: 'page' }
  const part = status === 200 ? partOfPage(host, facts) : undefined
  if (part) return { kind: 'region', ...part }
  if (client.lacking === 'shows it' || !isHtml || content === undefined) return { kind: 'page' }
  // A redirect that the client has followed leads here.
  const html = content.toString()
  const marks = client.lacking === 'opens it when it is marked'
  const ids = client.asks(host.req.headers, false)
  const tag = marks ? 'turbo-frame' : anyTag
  if (html === '' || ids.length === 0 || ids.every((id) => hasElement(html, tag, id))) return { kind: 'page' }
  return { kind: 'reload', html: marks ? marked(content) : content }
}

/** As latin1, every byte of a page in whatever encoding comes back as it was. */
function marked(content: string | Buffer): string | Buffer {
  if (typeof content === 'string') return markForReload(content)
  return Buffer.from(markForReload(content.toString('latin1')), 'latin1')
}
