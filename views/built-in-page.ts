import { fieldNames } from '../lib/base/wire-names.js'
import type { FileRule } from '../lib/files/file-rules.js'
import { explain } from '../lib/outcome/messages.js'
import { type Issue, issuesOf, isValid } from '../lib/outcome/outcome.js'
import type { BuiltInPage } from '../lib/page/last-resort.js'
import { printAttributes } from './attributes.js'
import { printHidden } from './hidden-field.js'
import { html } from './html.js'
import { printKeptList, printReference } from './kept-files.js'
import { SafeHtml } from './safe-html.js'

/** The page of last resort, for a layout of the app. */
export interface BuiltInParts {
  /** The language of the texts, as a BCP 47 tag, for `lang` of the `html` element. */
  readonly language: string
  /** For the `title` element. Begins with `Error: ` when something is wrong. */
  readonly title: string
  /** For the `main` element: a heading, what happened, and the input in a form that can be sent again. */
  readonly content: SafeHtml
}

/**
 * Prints the page of last resort, which is sent when the app's own page cannot be shown. It says what happened and
 * holds the visitor's input in a form that can be sent again, or for copying when there is no seal to send it with. It
 * has no style sheet and no script, so no Content-Security-Policy can break it.
 */
export function builtInPage(page: BuiltInPage): SafeHtml {
  return plainLayout(builtInParts(page))
}

/** Makes the parts of the page of last resort. */
export function builtInParts(page: BuiltInPage): BuiltInParts {
  const { outcome, messages, advice, reference } = page
  const text =
    reference === undefined
      ? explain(outcome, messages, page.seal !== undefined)
      : messages.pageFailed(reference)
  const done = outcome.kind === 'done' || outcome.kind === 'answered'
  const wrong = (!done && !isValid(outcome)) || reference !== undefined
  return {
    language: messages.language,
    title: wrong ? `${messages.titlePrefix}${messages.summaryTitle}` : text,
    content: html`<h1>${wrong ? messages.summaryTitle : text}</h1>
<div role="alert" tabindex="-1" autofocus>
${wrong && problem(text, issuesOf(outcome))}
</div>
${advice !== undefined && html`<p>${advice}</p>`}
${(wrong || isValid(outcome)) && inputGivenBack(page)}
${linkOnward(page)}`,
  }
}

function plainLayout({ language, title, content }: BuiltInParts): SafeHtml {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`
}

/** Prints the page of last resort in the app's own layout. Returns `undefined` when the layout leaves out the content. */
export function builtInPageIn(
  layout: (parts: BuiltInParts) => SafeHtml | string,
  page: BuiltInPage,
): string | undefined {
  const parts = builtInParts(page)
  const made: unknown = layout(parts)
  const text = made instanceof SafeHtml || typeof made === 'string' ? String(made) : ''
  return text.includes(parts.content.toString()) ? text : undefined
}

/** Prints what went wrong in a region that failed, and the input. */
export function problemGivenBack(page: BuiltInPage): SafeHtml {
  const { outcome, messages } = page
  const wrong = outcome.kind !== 'done' && !isValid(outcome)
  const text = explain(outcome, messages, page.seal !== undefined)
  return html`${wrong && problem(text, issuesOf(outcome))}${inputGivenBack(page)}`
}

function problem(text: string, issues: readonly Issue[]): SafeHtml {
  if (issues.length === 0) return html`<p>${text}</p>`
  return html`<ul>${issues.map((issue) => html`<li>${issue.message}</li>`)}</ul>`
}

/** Prints the link to the page, or to where that page redirects this visitor. */
function linkOnward({ onward, messages }: BuiltInPage): SafeHtml {
  const place = onward === undefined ? undefined : placeOf(onward)
  if (onward === undefined || place === undefined) return html`<p><a href="">${messages.backToPage}</a></p>`
  return html`<p><a href="${onward}">${messages.continue(place)}</a></p>`
}

/**
 * Prints what the visitor sent: in a form that can be sent again, or for copying when there is no seal to send it with.
 */
function inputGivenBack(page: BuiltInPage): SafeHtml {
  const { messages, given, withheld } = page
  const canSend = page.seal !== undefined
  const shown = given.length + (canSend ? withheld.length : 0)
  const heading = shown > 0 && html`<h2>${messages.yourInput}</h2>`
  if (canSend) return html`${heading}\n${sendAgain(page)}`
  return html`${given.length > 0 && html`${heading}\n${forCopying(page)}`}`
}

/**
 * Names the place that a location leads to: its path, after the host when it is another one. The query is left out, because
 * it is long and can hold a secret. Returns `undefined` for what is not safe as a link: in a `Location` header
 * `javascript:` does nothing; a link would run it.
 */
function placeOf(location: string): string | undefined {
  if (!URL.canParse(location, anySite)) return undefined
  const url = new URL(location, anySite)
  if (!/^https?:$/.test(url.protocol)) return undefined
  if (url.origin !== anySite) return url.host + (url.pathname === '/' ? '' : url.pathname)
  return location.startsWith('/') ? url.pathname : location.replace(/[?#].*$/, '') || location
}

const anySite = 'http://sealform.invalid'

function sendAgain(page: BuiltInPage): SafeHtml {
  const { seal = '', state, submitted, messages, files, given, withheld } = page
  const { definition, formId } = submitted
  const rules = [...(definition?.files.values() ?? [])]
  return html`<form method="post" accept-charset="utf-8"${rules.length > 0 && html` enctype="multipart/form-data"`}>
${hidden(fieldNames.seal, seal)}
${formId !== undefined && hidden(fieldNames.form, formId)}
${state !== undefined && hidden(fieldNames.state, state)}
${files.map(({ file, reference }) => new SafeHtml(printReference(file.field, reference)))}
${given.map(([name, value], i) => editable(page, [name, value], `field-${i}`))}
${rules.map((rule, i) => fileField(rule, page, `file-${i}`))}
${withheld.map(({ name, sentAs }, i) => control(`secret-${i}`, page.labelOf(name), html`<input type="password" id="secret-${i}" name="${sentAs}">`))}
<p><button type="submit">${messages.sendAgain}</button></p>
</form>`
}

function hidden(name: string, value: string): SafeHtml {
  return new SafeHtml(printHidden(name, value))
}

function fileField(
  { field, types, maxFiles }: FileRule,
  { files, messages, labelOf }: BuiltInPage,
  id: string,
): SafeHtml {
  const kept = files.flatMap(({ file }) => (file.field === field ? [file] : []))
  const attributes = printAttributes({
    type: 'file',
    id,
    name: field,
    accept: types.length > 0 ? types.join(',') : undefined,
    multiple: maxFiles > 1,
    'aria-describedby': kept.length > 0 ? `${id}-kept` : undefined,
  })
  return html`${control(id, labelOf(field), html`<input ${new SafeHtml(attributes)}>`)}
${kept.length > 0 && new SafeHtml(printKeptList(kept, `${id}-kept`, messages))}`
}

function forCopying({ given, messages, labelOf }: BuiltInPage): SafeHtml {
  return html`<p>${messages.copyInput}</p>
${given.map(([name, value], i) =>
  control(
    `field-${i}`,
    labelOf(name),
    html`<textarea id="field-${i}" readonly>
${value}</textarea>`,
  ),
)}`
}

/** Prints a text field. Browsers drop newlines from an `input`, so text with newlines gets a `textarea`. */
function editable(
  { labelOf }: BuiltInPage,
  [name, value]: readonly [name: string, value: string],
  id: string,
): SafeHtml {
  return control(
    id,
    labelOf(name),
    /[\r\n]/.test(value)
      ? html`<textarea id="${id}" name="${name}">
${value}</textarea>`
      : html`<input type="text" id="${id}" name="${name}" value="${value}">`,
  )
}

/** Prints a control below its label. */
function control(id: string, label: string, printed: SafeHtml): SafeHtml {
  return html`<p><label for="${id}">${label}</label><br>${printed}</p>`
}
