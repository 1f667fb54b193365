import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'

/** Where a page of the inspector is. */
export interface Place {
  /** The path below that of the inspector, without a slash in front. */
  readonly rest: string
  /** Leads from this page to the first one: the beginning of relative links. */
  readonly root: string
}

interface Parts {
  readonly title: string
  readonly titlePrefix?: string
  /** Stands above the heading. */
  readonly before?: SafeHtml | undefined
  readonly main: SafeHtml
}

const pages = [
  { rest: '', text: 'Submissions' },
  { rest: 'actions', text: 'Actions' },
  { rest: 'seal', text: 'Open a seal' },
]

/** Prints the common parts of the pages. */
export function shell({ rest, root }: Place, { title, titlePrefix = '', before, main }: Parts): SafeHtml {
  const here = rest.split('/', 1)[0] === 'submissions' ? '' : rest
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titlePrefix}${title} | Sealform inspector</title>
<link rel="stylesheet" href="${root}style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="brand">Sealform <span>inspector</span></p>
<nav aria-label="Inspector">
<ul>${pages.map((page) => html`<li><a href="${root}${page.rest}"${page.rest === here && current(page.rest === rest)}>${page.text}</a></li>`)}</ul>
</nav>
</header>
<main id="main" tabindex="-1">
${before}
<h1>${title}</h1>
${main}
</main>
<footer>
<p>Only a browser on this machine gets these pages, and only in development. What they show is in the memory of this
process, and is gone when it stops.</p>
</footer>
</body>
</html>
`
}

function current(isPage: boolean): SafeHtml {
  return isPage ? html` aria-current="page"` : html` aria-current="true"`
}

/** Prints the name of an action, or that there is none. */
export function actionName(name: string | undefined): SafeHtml {
  return name === undefined ? html`<span class="none">unknown</span>` : html`<code>${name}</code>`
}
