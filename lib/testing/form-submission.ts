import { type Button, type Control, keyword } from './control.js'
import { attribute, type Element } from './document.js'
import { entryList, type Submitter } from './entry-list.js'
import { encodeForm, encodingTypes, urlencoded } from './form-body.js'
import type { Navigation } from './navigation.js'
import { policyOfElement, type ReferrerPolicy } from './referrer-policy.js'
import { refuse } from './refuse.js'
import { formEncoding, type TextEncoding } from './text-encoding.js'

/** What a form needs to know about its page. */
export interface FormPlace {
  readonly url: URL
  /** The base of relative addresses in the page. */
  readonly base: URL
  /** By its name for decoders. */
  readonly encoding: string
  readonly policy: ReferrerPolicy
}

/** A form at the moment when it is submitted. */
interface FilledForm {
  readonly form: Element
  readonly controls: readonly Control[]
  readonly submitter: Submitter | undefined
}

/**
 * Plans what a browser sends when a form is submitted.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-algorithm
 */
export async function planSubmission(
  { form, controls, submitter }: FilledForm,
  place: FormPlace,
): Promise<Navigation> {
  const button = submitter?.button
  const method = keyword(setting(form, button, 'method'), ['get', 'post', 'dialog'], 'get')
  if (method === 'dialog') refuse('method="dialog" closes a dialog, and sends nothing.')
  const url = actionUrl(setting(form, button, 'action'), place)
  const encoding = encodingOf(form, place)
  const entries = entryList(controls, submitter, encoding.name)
  const from = { url: place.url, policy: policyOfElement(form, place.policy) }
  if (method === 'get') {
    const query = urlencoded(entries, encoding)
    const { origin, pathname, hash } = url
    return {
      method: 'GET',
      url: new URL(`${origin}${pathname}?${query}${hash}`),
      body: undefined,
      from,
      reload: false,
    }
  }
  const type = keyword(setting(form, button, 'enctype'), encodingTypes, 'application/x-www-form-urlencoded')
  return { method: 'POST', url, body: await encodeForm(type, entries, encoding), from, reload: false }
}

export function encodingOf(form: Element, place: FormPlace): TextEncoding {
  return formEncoding(attribute(form, 'accept-charset'), place.encoding)
}

/** Reads an attribute of the button or, where it has none, of the form. */
function setting(form: Element, button: Button | undefined, name: string): string | undefined {
  return (button && attribute(button.element, `form${name}`)) ?? attribute(form, name)
}

function actionUrl(action: string | undefined, { url, base }: FormPlace): URL {
  if (!action) return new URL(url)
  if (!URL.canParse(action, base.href)) refuse(`The form's action is no URL: ${JSON.stringify(action)}`)
  const target = new URL(action, base)
  if (target.origin !== url.origin) {
    refuse(
      `The form leads to ${target.href}, which is another site than ${url.origin}; nothing is sent there.`,
    )
  }
  return target
}
