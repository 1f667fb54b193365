import type { Context } from 'koa'
import { html, type SafeHtml } from 'sealform/html'
import type { SealformContext } from 'sealform/koa'
import { type Library, libraryOf, librarySwitch } from './library.js'
import { groups } from './page-list.js'
import { region } from './region.js'
import { allowScripts } from './security-headers.js'
import { wirePanel } from './wire/panel.js'

type PageContext = Pick<SealformContext, 'forms' | 'region'> &
  Pick<Context, 'cookies' | 'querystring' | 'set'>

export interface PageParts {
  /** The heading, and the title in the browser's tab. */
  readonly title: string
  /** `form.titlePrefix`, which marks the tab when something is wrong. */
  readonly titlePrefix?: string
  /** The path of the page, to mark it in the navigation. */
  readonly path: string
  readonly main: SafeHtml
  /** Things to try on this page. */
  readonly tryThis?: readonly (SafeHtml | string)[]
  /** The module that the page loads. The page works without it. */
  readonly script?: string
  /** The page is the same for everybody, so it leaves out what a visitor has chosen. @default false */
  readonly shared?: boolean
  /** The file in `pages/` that renders this page, without its extension. */
  readonly source?: string
}

const links = groups.flatMap(({ pages }) => pages)

/** Renders the common parts of all pages. */
export function layout(ctx: PageContext, parts: PageParts): SafeHtml {
  const { title, titlePrefix = '', path, main, tryThis = [], script, shared = false, source } = parts
  const library = shared ? undefined : libraryOf(ctx)
  const nonce = allowScripts(ctx, { library: library?.name ?? 'plain', own: script !== undefined })
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titlePrefix}${title} | Sealform tour</title>
<link rel="icon" href="/seal.svg" type="image/svg+xml">
<link rel="stylesheet" href="/styles.css">
${nonce && html`<meta name="csp-nonce" content="${nonce}">`}
${library && scriptsOf(ctx, library)}
${script !== undefined && html`<script type="module" src="${script}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="site">
<a class="brand" href="/"${current('/', path)}><img src="/seal.svg" alt="" width="32" height="32">Sealform</a>
<button type="button" class="secondary menu" popovertarget="pages">Pages</button>
<nav id="pages" aria-label="Pages" popover>
<ul>${links.map((link) => html`<li><a href="${link.path}"${current(link.path, path)}>${link.name}</a></li>`)}</ul>
</nav>
</header>
${library && librarySwitch(ctx)}
<main id="main">
${heading(ctx, title)}
${main}
${tryThis.length > 0 && html`<section class="try" aria-labelledby="try"><h2 id="try">Try this</h2><ul>${tryThis.map((text) => html`<li>${text}</li>`)}</ul></section>`}
${source !== undefined && html`<p class="source"><a href="/source/${source}">Read the source of this page</a></p>`}
</main>
${!shared && wirePanel(ctx)}
<footer class="site">
<p>${scriptNote(library, script)} What you enter stays in the memory of this server until it
stops. A file that waits for your correction waits on its disk, for about an hour.</p>
<p><a href="/sealform">Inspector: the actions of this app, and what became of each form that was sent</a></p>
</footer>
</body>
</html>
`
}

/** Renders the heading, below what an action that redirects has left for the next page. It comes with every answer. */
function heading(ctx: PageContext, title: string): SafeHtml {
  const content = () => html`
${typeof ctx.forms.flash === 'string' && success(ctx.forms.flash)}
<h1>${title}</h1>`
  return region(ctx, 'heading', content, { always: true })
}

function scriptsOf({ forms }: PageContext, { name, head, scripts = [] }: Library): SafeHtml {
  return html`${head}${name === 'ours' && forms.script}${scripts.map((src) => html`<script src="${src}" defer></script>`)}`
}

function scriptNote(library: Library | undefined, script: string | undefined): string {
  const own = script === undefined ? '' : 'a script of its own'
  const loads = [library?.name === 'plain' ? '' : library?.label, own].filter(Boolean).join(' and ')
  return loads ? `This page loads ${loads}, and works without.` : 'This page loads no script.'
}

/** Renders a success message. It gets the focus when the page opens, so that screen readers read it first. */
export function success(message: SafeHtml | string): SafeHtml {
  return html`<div class="success" role="status" tabindex="-1" autofocus><p>${message}</p></div>`
}

function current(path: string, here: string): SafeHtml | undefined {
  return path === here ? html` aria-current="page"` : undefined
}
