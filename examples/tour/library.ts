import type { Context } from 'koa'
import { html, type SafeHtml } from 'sealform/html'

/** What sends the forms of the tour. A visitor chooses it for all pages. */
export interface Library {
  readonly name: string
  /** How the switch calls it. */
  readonly label: string
  /** Paths of the scripts that every page loads. @default none */
  readonly scripts?: readonly string[]
  /** Further elements of the head. */
  readonly head?: SafeHtml
  /** The element of a region. @default `div` */
  readonly element?: SafeHtml
  /** Attributes of a region. @default none */
  readonly region?: SafeHtml
  /** Attributes of a form in the region with this id. @default none */
  form?(region: string): SafeHtml
  /** What lets a form send itself while somebody types. @default nothing: it has a button */
  readonly automatic?: Automatic
}

interface Automatic {
  /** Attributes of the form. */
  form(sending: AutomaticSending): SafeHtml
  /** Attributes of its text fields, which keep the text and the caret when the answer comes. @default none */
  readonly field?: Readonly<Record<string, string | true>>
}

/** How a form sends itself. */
export interface AutomaticSending {
  readonly region: string
  /** Milliseconds without a further letter. */
  readonly delay: number
  /** The path of a form with GET, which has its query in the address of the page; `undefined` for a form with POST. */
  readonly search?: string
}

/** The attributes are those that each library documents; docs/guide has a page for each. */
export const libraries = [
  { name: 'plain', label: 'Plain' },
  {
    name: 'ours',
    label: 'Our script',
    automatic: { form: ({ delay }) => html` data-submit-on="input" data-delay="${delay}"` },
  },
  {
    name: 'turbo',
    label: 'Turbo',
    // The second one has a line that Turbo lacks.
    scripts: ['/turbo.js', '/turbo-automatic.js'],
    element: html`turbo-frame`,
    // A link in the frame leads away from the page, and not to a part of another one.
    region: html` target="_top"`,
    form: (region) => html` data-turbo-frame="${region}"`,
    automatic: {
      form: ({ region, delay, search }) =>
        html` data-turbo-frame="${region}"${search !== undefined && html` data-turbo-action="replace"`} data-automatic="${delay}"`,
      field: { 'data-turbo-permanent': true },
    },
  },
  {
    name: 'htmx2',
    label: 'htmx 2',
    scripts: ['/htmx2.js'],
    // htmx would write a style element, and evaluate attributes of its own, which the policy of the tour forbids.
    head: html`<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false}'>`,
    // `hx-sync` drops the second click of a double-click.
    form: (region) => html` hx-post="" hx-target="#${region}" hx-swap="outerHTML" hx-sync="this:drop"`,
    automatic: { form: (sending) => automaticInHtmx(sending, 'outerHTML'), field: { 'hx-preserve': true } },
  },
  {
    name: 'htmx4',
    label: 'htmx 4',
    scripts: ['/htmx4.js'],
    form: (region) => html` hx-post="" hx-target="#${region}" hx-swap="outerHTML" hx-sync="this:drop"`,
    // It leaves the controls as they are.
    automatic: { form: (sending) => automaticInHtmx(sending, 'outerMorph') },
  },
  {
    name: 'unpoly',
    label: 'Unpoly',
    scripts: ['/unpoly.js'],
    head: html`<link rel="stylesheet" href="/unpoly.css">`,
    // A second click would abort the first request and send another.
    form: (region) => html` up-submit up-target="#${region}" up-disable="button"`,
    automatic: {
      form: ({ region, delay, search }) =>
        html` up-submit up-target="#${region}" up-autosubmit up-watch-delay="${delay}"${search !== undefined && html` up-history="true"`}`,
      field: { 'up-keep': true },
    },
  },
] as const satisfies readonly Library[]

function automaticInHtmx({ region, delay, search }: AutomaticSending, swap: string): SafeHtml {
  const verb =
    search === undefined
      ? html` hx-post="" hx-sync="this:queue last"`
      : html` hx-get="${search}" hx-replace-url="true" hx-sync="this:replace"`
  return html`${verb} hx-target="#${region}" hx-swap="${swap}" hx-trigger="submit, input delay:${delay}ms"`
}

export type LibraryName = (typeof libraries)[number]['name']

const cookie = 'tour.library'

/**
 * Returns what the visitor has chosen. Pages do not say `Vary: Cookie`: Chromium would then find no page behind Back once a
 * cookie has changed, and caches do not reuse a page that has no lifetime.
 *
 * @returns plain by default: every page works without a script
 */
export function libraryOf(ctx: Pick<Context, 'cookies'>): Library & { readonly name: LibraryName } {
  const chosen = ctx.cookies.get(cookie)
  return libraries.find(({ name }) => name === chosen) ?? libraries[0]
}

/**
 * Remembers a choice, and leads back to the page. The links of the switch carry it in the query, so they work without a
 * script and on every page.
 */
export function rememberLibrary(ctx: Context, next: () => Promise<unknown>): Promise<unknown> | undefined {
  const rest = new URLSearchParams(ctx.querystring)
  const library = rest.get('library')
  if (library === null || ctx.method !== 'GET') return next()
  rest.delete('library')
  if (libraries.some(({ name }) => name === library)) {
    ctx.cookies.set(cookie, library, { sameSite: 'lax', maxAge: 30 * 24 * 3600 * 1000 })
  }
  // Relative, so that a path such as `//example.org` leads nowhere else.
  ctx.redirect(`./${ctx.path.split('/').at(-1)}${rest.size > 0 ? `?${rest}` : ''}`)
  return undefined
}

/** Prints the switch: a link for each choice. No `nav`, since Unpoly sets `aria-current` by the address there. */
export function librarySwitch(ctx: Pick<Context, 'cookies' | 'querystring'>): SafeHtml {
  const chosen = libraryOf(ctx).name
  const links = libraries.map(({ name, label }) => {
    const query = new URLSearchParams(ctx.querystring)
    query.set('library', name)
    // The scripts of a page stay until it is left, so Turbo must not follow these links.
    return html`<li><a href="?${String(query)}" data-turbo="false"${name === chosen && html` aria-current="true"`}>${label}</a></li>`
  })
  return html`<section class="site switch" aria-labelledby="switch"><p id="switch">Forms are sent by</p><ul>${links}</ul></section>`
}
