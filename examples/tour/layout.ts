import { html, type SafeHtml } from 'sealform/html'
import type { SealformContext } from 'sealform/koa'

export interface PageParts {
  /** The heading, and the title in the browser's tab. */
  readonly title: string
  /** `form.titlePrefix`, which marks the tab when something is wrong. */
  readonly titlePrefix?: string
  /** The path of the page, to mark it in the navigation. */
  readonly path: string
  /** The content before the heading: error summaries and success messages. */
  readonly notices?: readonly SafeHtml[]
  readonly main: SafeHtml
  /** Things to try on this page. */
  readonly tryThis?: readonly (SafeHtml | string)[]
  /** The module that the page loads. The page works without it. */
  readonly script?: string
  /** The file in `pages/` that renders this page, without its extension. */
  readonly source?: string
}

const links = [
  { path: '/todos', text: 'Todos' },
  { path: '/signup', text: 'Sign up' },
  { path: '/counter', text: 'Counter' },
  { path: '/wizard', text: 'Wizard' },
  { path: '/order', text: 'Order' },
  { path: '/stale', text: 'Stale form' },
  { path: '/boundary', text: 'Failures' },
  { path: '/upload', text: 'Upload' },
  { path: '/large', text: 'Large file' },
  { path: '/news', text: 'News' },
  { path: '/search', text: 'Search' },
  { path: '/likes', text: 'Likes' },
]

/** Renders the common parts of all pages. An action that redirects leaves its message in `forms.flash`. */
export function layout({ forms }: Pick<SealformContext, 'forms'>, parts: PageParts): SafeHtml {
  const { title, titlePrefix = '', path, notices = [], main, tryThis = [], script, source } = parts
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titlePrefix}${title} | Sealform tour</title>
<link rel="icon" href="/seal.svg" type="image/svg+xml">
<link rel="stylesheet" href="/styles.css">
${script !== undefined && html`<script type="module" src="${script}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="site">
<a class="brand" href="/"${current('/', path)}><img src="/seal.svg" alt="" width="32" height="32">Sealform</a>
<button type="button" class="secondary menu" popovertarget="pages">Pages</button>
<nav id="pages" aria-label="Pages" popover>
<ul>${links.map((link) => html`<li><a href="${link.path}"${current(link.path, path)}>${link.text}</a></li>`)}</ul>
</nav>
</header>
<main id="main">
${typeof forms.flash === 'string' && success(forms.flash)}
${notices}
<h1>${title}</h1>
${main}
${tryThis.length > 0 && html`<section class="try" aria-labelledby="try"><h2 id="try">Try this</h2><ul>${tryThis.map((text) => html`<li>${text}</li>`)}</ul></section>`}
${source !== undefined && html`<p class="source"><a href="/source/${source}">Read the source of this page</a></p>`}
</main>
<footer class="site">
<p>${script === undefined ? 'This page loads no script.' : 'This page loads a script, and works without it.'} What you enter stays in the memory of this server until it
stops. A file that waits for your correction waits on its disk, for about an hour.</p>
</footer>
</body>
</html>
`
}

/** Renders a success message. It gets the focus when the page opens, so that screen readers read it first. */
export function success(message: SafeHtml | string): SafeHtml {
  return html`<div class="success" role="status" tabindex="-1" autofocus><p>${message}</p></div>`
}

function current(path: string, here: string): SafeHtml | undefined {
  return path === here ? html` aria-current="page"` : undefined
}
