import type { ServerResponse } from 'node:http'
import type { ForeignForm } from './recognise.js'

/**
 * Says on the console, outside of production, what a form lacks that was answered with 404. A form of Sealform that lacks its seal goes to
 * the app, which has no route for it.
 */
export function hintAtForm(
  form: ForeignForm,
  res: ServerResponse,
  { path, advises }: { readonly path: string; readonly advises: boolean },
): void {
  if (!advises || form === 'none') return
  res.once('finish', () => {
    if (res.statusCode === 404) console.warn(`sealform: POST ${path} was answered with 404. ${hints[form]}`)
  })
}

const hints: Readonly<Record<Exclude<ForeignForm, 'none'>, string>> = {
  empty:
    'It has the Content-Type of a form and no body. Either the form has no fields, so print form.fields in it; or a proxy, a redirect or a script dropped the body.',
  unsealed:
    'It is a form without the field "sealform" in the first 16 KiB of its body. Print form.fields as the first thing in the form.',
}
