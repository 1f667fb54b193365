import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'

const ownField = `<input type="hidden" name="${fieldNames.action}`
const name = ` name="${fieldNames.action}`
const unsealed = ` name="${fieldNames.unsealed}`

/**
 * Finds what cannot work in the HTML of a page: an action that was not among the props, so that it has no seal, and a button
 * with an action in a form without one. Such a form sends the seal last, behind fields of any length.
 *
 * React escapes `<`, `>` and `"` in texts and attributes, so a text of the page is never taken for a tag.
 *
 * @throws SealformError `ERR_REACT_PAGE`
 */
export function checkForms(html: string): void {
  const at = html.indexOf(unsealed)
  if (at !== -1)
    throw notAmongProps(html.slice(at + unsealed.length, html.indexOf('"', at + unsealed.length)))
  for (let found = html.indexOf(name); found !== -1; found = html.indexOf(name, found + name.length)) {
    const tag = html.lastIndexOf('<', found)
    if (html.startsWith(ownField, tag) || !isOfButton(html, tag)) continue
    const form = html.lastIndexOf('<form', tag)
    if (form === -1 || html.lastIndexOf('</form>', tag) > form) continue
    const inside = html.indexOf('>', form) + 1
    if (!html.startsWith(ownField, inside)) throw onlyOnButton()
  }
}

function isOfButton(html: string, tag: number): boolean {
  return html.startsWith('<button', tag) || html.startsWith('<input', tag)
}

function notAmongProps(action: string): SealformError {
  return new SealformError(
    'ERR_REACT_PAGE',
    `A form of the page has the action "${action}" itself, which has no seal. Hand it to the page as a prop, renderReact(ctx, { act: action }, …), and give the form that prop.`,
  )
}

function onlyOnButton(): SealformError {
  return new SealformError(
    'ERR_REACT_PAGE',
    'A form of the page has an action on a button and none of its own. Give the form itself an action: <form action={act}>. The seal has to come before the fields.',
  )
}
