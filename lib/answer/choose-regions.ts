import type { PageRegion } from '../page/page.js'
import type { Others } from './client-answer.js'

export interface RegionFacts {
  /** The ids that the client asks for. */
  readonly asked: readonly string[]
  /** The client cannot do without one of them. */
  readonly needsAll: boolean
  readonly others: Others
  /** The regions of the page. */
  readonly regions: ReadonlyMap<string, PageRegion>
  /** The page has the form that was sent. */
  readonly hasForm: boolean
  /** Its id, which a client can ask for in the place of a region: Unpoly does when something is wrong. @default none */
  readonly formId?: string | undefined
  /** Tells whether a region is sent with every answer. */
  isAlways(region: PageRegion): boolean
  /** Tells whether a region has that form. */
  holdsForm(region: PageRegion): boolean
}

/** The regions that are sent in place of the page. */
export interface ChosenRegions {
  readonly asked: readonly PageRegion[]
  /** Those that are sent with every answer, and the one with the form that was sent. */
  readonly others: readonly PageRegion[]
  /** The region with the form that was sent. */
  readonly form: PageRegion | undefined
}

/**
 * Chooses the regions to send; `undefined` for the whole page. The form that was sent is always among what is sent: it holds
 * the message, the input, and the seal that follows the used one.
 */
export function chooseRegions(facts: RegionFacts): ChosenRegions | undefined {
  const { regions, needsAll } = facts
  const ids = [...new Set(facts.asked)]
  const inPlace =
    facts.formId !== undefined && ids.includes(facts.formId) ? regionOfForm(facts, []) : undefined
  const asked = ids.flatMap(
    (id) => regions.get(id) ?? (id === facts.formId && inPlace !== 'none' ? (inPlace ?? []) : []),
  )
  if (asked.length === 0 || (needsAll && asked.length < ids.length)) return undefined
  const always = [...regions.values()].filter((region) => facts.isAlways(region) && !isIn(asked, region))
  const form = facts.hasForm ? regionOfForm(facts, [...asked, ...always]) : undefined
  if (form === 'none') return undefined
  const others = form && !isIn(asked, form) && !isIn(always, form) ? [...always, form] : always
  if (facts.others !== 'never') return { asked, others, form }
  return form && !isIn(asked, form) ? undefined : { asked, others: [], form }
}

/** Prefers a region that is sent anyway, then the smallest. */
function regionOfForm({ regions, holdsForm }: RegionFacts, sent: readonly PageRegion[]): PageRegion | 'none' {
  const all = [...regions.values()].filter(holdsForm).sort((a, b) => a.html.length - b.html.length)
  return all.find((region) => sent.includes(region)) ?? all[0] ?? 'none'
}

/** A region can stand inside of another one. */
function isIn(others: readonly PageRegion[], { html }: PageRegion): boolean {
  return others.some((other) => other.html.includes(html))
}
