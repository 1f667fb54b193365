import type { Context } from 'koa'
import { html, type SafeHtml } from 'sealform/html'
import type { RegionFailure, SealformContext } from 'sealform/koa'
import { type AutomaticSending, libraryOf } from './library.js'

interface Options {
  readonly always?: boolean
  /** Tags. With our script, open pages ask for the region again when one of them is revalidated. */
  readonly live?: readonly string[]
  /** Makes what stands in the region when its content throws. */
  fallback?(failure: RegionFailure): SafeHtml
}

/**
 * Marks a part of the page that is sent alone to a script. Its element and its attributes are those of the library that the
 * visitor has chosen, and so the page itself need not know of it.
 *
 * @param content receives the attributes for the forms in the region
 */
export function region(
  ctx: Pick<SealformContext, 'region'> & Pick<Context, 'cookies'>,
  id: string,
  content: (sending: SafeHtml | undefined) => SafeHtml,
  { always = false, live, fallback }: Options = {},
): SafeHtml {
  const library = libraryOf(ctx)
  const element = library.element ?? html`div`
  const wrap = (inside: SafeHtml) =>
    html`<${element} id="${id}" class="region"${library.region}>${inside}</${element}>`
  return ctx.region(id, () => wrap(content(library.form?.(id))), {
    always,
    element: String(element),
    ...(live && { live }),
    ...(fallback && { fallback: (failure) => wrap(fallback(failure)) }),
  })
}

/** Returns what lets a form send itself by the library that the visitor has chosen. */
export function automatic(
  ctx: Pick<Context, 'cookies'>,
  sending: AutomaticSending,
): { readonly form: SafeHtml | undefined; readonly field: Readonly<Record<string, string | true>> } {
  const { automatic: ways } = libraryOf(ctx)
  return { form: ways?.form(sending), field: ways?.field ?? {} }
}
