import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'

const ownField = `<input type="hidden" name="${fieldNames.action}`
/** How the names of both begin: of a field with a seal, and of one that should have one. */
const name = ' name="sealform.'
const sealed = ` name="${fieldNames.action}`
const unsealed = ` name="${fieldNames.unsealed}`

/**
 * Finds what cannot work in the HTML of a page: an action that was not among the props, so that it has no seal, and a button
 * with an action in a form without one. Such a form sends the seal last, behind fields of any length.
 *
 * React escapes `<`, `>` and `"` in texts and attributes, so a text of the page is never taken for a tag.
 *
 * @throws SealformError `ERR_REACT_PAGE`
 */
export function checkForms(html: Buffer): void {
  for (let found = html.indexOf(name); found !== -1; found = html.indexOf(name, found + name.length)) {
    if (stands(html, unsealed, found)) {
      const from = found + unsealed.length
      throw notAmongProps(html.toString('utf8', from, html.indexOf('"', from)))
    }
    if (!stands(html, sealed, found)) continue
    const tag = html.lastIndexOf('<', found)
    if (stands(html, ownField, tag) || !isOfButton(html, tag)) continue
    const form = html.lastIndexOf('<form', tag)
    if (form === -1 || html.lastIndexOf('</form>', tag) > form) continue
    const inside = html.indexOf('>', form) + 1
    if (!stands(html, ownField, inside)) throw onlyOnButton()
  }
}

/** Whether a text of ASCII stands at this place. */
function stands(html: Buffer, text: string, at: number): boolean {
  return html.toString('latin1', at, at + text.length) === text
}

function isOfButton(html: Buffer, tag: number): boolean {
  return stands(html, '<button', tag) || stands(html, '<input', tag)
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
