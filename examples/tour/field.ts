import { html, type SafeHtml } from 'sealform/html'
import type { Controls, Form } from 'sealform/koa'

type InputAttributes = NonNullable<Parameters<Controls['input']>[1]>

/** Renders a label, its issue and the control, in the order in which a screen reader should read them. */
export function field<Name extends string>(
  form: Controls<Name>,
  name: NoInfer<Name>,
  label: string,
  { hint, ...attributes }: InputAttributes & { readonly hint?: string } = {},
): SafeHtml {
  const hintId = `${form.id}-${name}-hint`
  return html`<div class="field">
<label for="${form.id}-${name}">${label}</label>
${hint !== undefined && html`<p class="hint" id="${hintId}">${hint}</p>`}
${form.issue(name)}
<input ${form.input(name, { ...attributes, 'aria-describedby': hint && hintId })}>
</div>`
}

/** Renders a field for files, with the kept files. The action declares its limits and types. */
export function fileField<Name extends string>(
  form: Form<unknown, Name>,
  name: NoInfer<Name>,
  label: string,
  { hint, hintWhenKept = '' }: { readonly hint: string; readonly hintWhenKept?: string },
): SafeHtml {
  const hintId = `${form.id}-${name}-hint`
  const kept = form.kept(name)
  const more = `${kept}` === '' ? '' : hintWhenKept
  return html`<div class="field">
<label for="${form.id}-${name}">${label}</label>
<p class="hint" id="${hintId}">${hint}</p>
${form.issue(name)}
${kept}
${more !== '' && html`<p class="hint" id="${hintId}-kept">${more}</p>`}
<input ${form.input(name, { 'aria-describedby': more === '' ? hintId : `${hintId}-kept ${hintId}` })}>
</div>`
}

/** Renders a field for several lines of text. */
export function textField<Name extends string>(
  form: Controls<Name>,
  name: NoInfer<Name>,
  label: string,
  { hint, ...attributes }: InputAttributes & { readonly hint: string },
): SafeHtml {
  const hintId = `${form.id}-${name}-hint`
  return html`<div class="field">
<label for="${form.id}-${name}">${label}</label>
<p class="hint" id="${hintId}">${hint}</p>
${form.issue(name)}
${form.textarea(name, { ...attributes, 'aria-describedby': hintId })}
</div>`
}

/** Renders radio buttons or checkboxes with one name, under one legend. */
export function choices<Name extends string>(
  form: Controls<Name>,
  name: NoInfer<Name>,
  legend: string,
  type: 'radio' | 'checkbox',
  options: readonly { readonly value: string; readonly label: string }[],
  chosen?: string,
): SafeHtml {
  return html`<fieldset class="field">
<legend>${legend}</legend>
${form.issue(name)}
${options.map(({ value, label }) => html`<label class="choice"><input ${form.input(name, { type, value, checked: value === chosen })}> ${label}</label>`)}
</fieldset>`
}
