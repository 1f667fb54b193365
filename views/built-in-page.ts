import { fieldNames } from '../lib/base/wire-names.js'
import type { FileRule } from '../lib/files/file-rules.js'
import type { ShownFile } from '../lib/files/uploads.js'
import { explain, type Messages } from '../lib/outcome/messages.js'
import { issuesOf, isValid } from '../lib/outcome/outcome.js'
import type { BuiltInPage } from '../lib/page/last-resort.js'
import type { SubmittedForm } from '../lib/page/submitted-form.js'
import { printAttributes } from './attributes.js'
import { isSecret } from './given-values.js'
import { html } from './html.js'
import { printKeptList, printReference } from './kept-files.js'
import { SafeHtml } from './safe-html.js'

/**
 * The page of last resort, when the app's own cannot be shown: says what happened, and holds the visitor's input in
 * a form that can be sent again, or for copying when there is nothing to send it with. No style sheet and no script,
 * so that no Content-Security-Policy can break it.
 */
export function builtInPage(page: BuiltInPage): SafeHtml {
  const { outcome, messages, onward, advice, reference } = page
  const text = reference === undefined ? explain(outcome, messages) : messages.pageFailed(reference)
  const wrong = (outcome.kind !== 'done' && !isValid(outcome)) || reference !== undefined
  const title = wrong ? `${messages.titlePrefix}${messages.summaryTitle}` : text
  const issues = issuesOf(outcome)
  return html`<!doctype html>
<html lang="${messages.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
</head>
<body>
<main>
<h1>${wrong ? messages.summaryTitle : text}</h1>
<div role="alert" tabindex="-1" autofocus>
${wrong && issues.length === 0 && html`<p>${text}</p>`}
${issues.length > 0 && html`<ul>${issues.map((issue) => html`<li>${issue.message}</li>`)}</ul>`}
</div>
${advice !== undefined && html`<p>${advice}</p>`}
${(wrong || isValid(outcome)) && inputGivenBack(page)}
<p><a href="">${messages.backToPage}</a></p>
${onward !== undefined && isWebLink(onward) && html`<p><a href="${onward}">${messages.continue}</a></p>`}
</main>
</body>
</html>
`
}

/** What the visitor sent, in a form that can be sent again, or for copying when there is nothing to send it with. */
export function inputGivenBack(page: BuiltInPage): SafeHtml {
  const { outcome, submitted, messages } = page
  const fields = submitted.entries.filter(
    ([name]) => !isSecret(name, secretsOf(submitted)) && !soundsSecret.test(name),
  )
  const shown = new Set(fields.map(([name]) => name))
  const secrets = [...new Set(submitted.entries.map(([name]) => name))].filter(
    (name) => !shown.has(name) && !name.startsWith('_'),
  )
  const canSend = outcome.kind !== 'done' && page.seal !== undefined
  const heading = fields.length + secrets.length > 0 && html`<h2>${messages.yourInput}</h2>`
  if (canSend) return html`${heading}\n${sendAgain(page, fields, secrets)}`
  return html`${fields.length > 0 && html`${heading}\n${forCopying(fields, messages)}`}`
}

/** As a Location `javascript:` does nothing; as a link it would run. */
function isWebLink(location: string): boolean {
  return URL.canParse(location, anySite) && /^https?:$/.test(new URL(location, anySite).protocol)
}

const anySite = 'http://sealform.invalid'

/** Until a page has rendered a field as a password on this server, only its name can tell. */
const soundsSecret = /passw|passphrase|passcode|secret|\bpin\b|\bcv[cv]\b/i

function secretsOf(submitted: SubmittedForm): ReadonlySet<string> {
  return submitted.definition?.secrets ?? new Set()
}

type Fields = SubmittedForm['entries']

function sendAgain(
  { seal, state, submitted, messages, files }: BuiltInPage,
  fields: Fields,
  secrets: readonly string[],
): SafeHtml {
  const rules = [...(submitted.definition?.files.values() ?? [])]
  return html`<form method="post" accept-charset="utf-8"${rules.length > 0 && html` enctype="multipart/form-data"`}>
<input type="hidden" name="${fieldNames.seal}" value="${seal}">
${submitted.formId !== undefined && html`<input type="hidden" name="${fieldNames.form}" value="${submitted.formId}">`}
${state !== undefined && html`<input type="hidden" name="${fieldNames.state}" value="${state}">`}
${files.map(({ file, reference }) => new SafeHtml(printReference(file.field, reference)))}
${fields.map(([name, value], i) => editable(name, value, `field-${i}`))}
${rules.map((rule, i) => fileField(rule, keptIn(rule.field), messages, `file-${i}`))}
${secrets.map((name, i) => html`<p><label for="secret-${i}">${name}</label><br><input type="password" id="secret-${i}" name="${name}"></p>`)}
<p><button type="submit">${messages.sendAgain}</button></p>
</form>`

  function keptIn(field: string): readonly ShownFile[] {
    return files.flatMap(({ file }) => (file.field === field ? [file] : []))
  }
}

function fileField(
  { field, types, maxFiles }: FileRule,
  kept: readonly ShownFile[],
  messages: Messages,
  id: string,
): SafeHtml {
  const control = printAttributes({
    type: 'file',
    id,
    name: field,
    accept: types.length > 0 ? types.join(',') : undefined,
    multiple: maxFiles > 1,
    'aria-describedby': kept.length > 0 ? `${id}-kept` : undefined,
  })
  return html`<p><label for="${id}">${field}</label><br><input ${new SafeHtml(control)}></p>
${kept.length > 0 && new SafeHtml(printKeptList(kept, `${id}-kept`, messages))}`
}

function forCopying(fields: Fields, messages: Messages): SafeHtml {
  return html`<p>${messages.copyInput}</p>
${fields.map(
  ([name, value], i) => html`<p><label for="field-${i}">${name}</label><br><textarea id="field-${i}" readonly>
${value}</textarea></p>`,
)}`
}

/** Browsers drop newlines from an `input`, so text that has some needs a `textarea`. */
function editable(name: string, value: string, id: string): SafeHtml {
  const control = /[\r\n]/.test(value)
    ? html`<textarea id="${id}" name="${name}">
${value}</textarea>`
    : html`<input type="text" id="${id}" name="${name}" value="${value}">`
  return html`<p><label for="${id}">${name}</label><br>${control}</p>`
}
