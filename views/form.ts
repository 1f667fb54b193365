import type { Submittable } from '../lib/action/action.js'
import type { FieldName, StateOf } from '../lib/action/form-types.js'
import type { Issue } from '../lib/outcome/outcome.js'
import type { FormStatus } from '../lib/page/form-record.js'
import type { Attributes, Props } from './attributes.js'
import type { SelectOption } from './choice.js'
import type { FieldOptions } from './field-options.js'
import type { SafeHtml } from './safe-html.js'

/**
 * The attributes of controls as objects instead of text, by the names of HTML: `<input {...form.props.input('title')} />` in JSX,
 * `input&attributes(form.props.input('title'))` in Pug. What is left out in HTML is left out here; `true` stands for a name alone.
 */
export interface ControlProps<Name extends string = string> {
  /** For the form tag, as `form.attributes`. */
  readonly form: Props
  /** As `form.input()`. */
  input(name: Name, attributes?: Attributes): Props
  /** As `form.control()`. */
  control(name: Name, attributes?: Attributes): Props
  /** Of a `textarea`. Its text is `form.value(name)`. */
  textarea(name: Name, attributes?: Attributes): Props
  /** Of a `select`. The values of its selected options are `form.values(name)`. */
  select(name: Name, options: readonly SelectOption[], attributes?: Attributes): Props
}

/** The attributes of an action's form as objects. */
export interface FormProps<Name extends string = string> extends ControlProps<Name> {
  /** As `form.submit()`. */
  submit(action: Submittable, attributes?: Attributes): Props
  /** As `form.validate()`. */
  validate(attributes?: Attributes): Props
}

/** What all forms of a page have in common. Everything that holds HTML is safe to print raw in any template engine. */
export interface Controls<Name extends string = string> {
  /** The element's id: the name of the action or search, and the key when there is one. */
  readonly id: string
  /** For the form tag: `<form ${form.attributes}>`. */
  readonly attributes: SafeHtml
  /** Hidden fields. They go directly after the form tag. */
  readonly fields: SafeHtml
  readonly status: FormStatus
  readonly issues: readonly Issue[]
  /** `Error: ` when something is wrong, to begin the page's title with; otherwise empty. */
  readonly titlePrefix: string
  /**
   * Attributes of an `input`: id, name, the value given back or `attributes.value`, `checked` for checkboxes and
   * radios, `aria-invalid` and `aria-describedby` when there is an issue. What was typed into a secret field is not
   * given back. Added is what the action's schema declares, as far as its library can tell: `type`, `required`, `min`,
   * `max`, `step`, `minlength`, `maxlength` and `pattern`. `attributes` override these; `false` leaves one out. A field
   * that the action declares in `files` becomes `type="file"`, with `accept`, `multiple` and `required` from there.
   * With `type: 'password'`, a field that neither its name nor the action declares as secret gets the `name`
   * `sealform.secret.${name}`, so that no server gives it back. Everything else knows it by its own name. The first
   * control of a name has the id `${form.id}-${name}`; further ones get their value or a number appended.
   */
  input(name: Name, attributes?: Attributes): SafeHtml
  /** The same without a value, for a `textarea`, `select` or custom element that you fill yourself. */
  control(name: Name, attributes?: Attributes): SafeHtml
  /** A whole `textarea` with the text given back, or `attributes.value`; `required` as the schema says. */
  textarea(name: Name, attributes?: Attributes): SafeHtml
  /**
   * A whole `select`, the options given back selected, or `attributes.value`; `multiple` and `required` as the schema
   * says. `required` needs an empty option: the first one, with the value `''`.
   */
  select(name: Name, options: readonly SelectOption[], attributes?: Attributes): SafeHtml
  /** What was sent under this name, or `fallback`; of a secret always `fallback`. @default '' */
  value(name: Name, fallback?: string): string
  /** Everything that was sent under this name, or `fallback`. @default [] */
  values(name: Name, fallback?: readonly string[]): readonly string[]
  /** Whether this value was sent under this name; `fallback` until something was sent. @default false */
  checked(name: Name, value?: string, fallback?: boolean): boolean
  /**
   * The indexes of the rows that were sent, for a page to print them again: `[0, 2]` after `items[0].name` and
   * `items[2].name`. `fallback` until something was sent. A row that sent nothing, such as boxes without a tick, is not
   * among them. @default []
   */
  indexes(name: Name, fallback?: readonly number[]): readonly number[]
  /** The messages about a field, in an element that its control refers to; nothing when there are none. */
  issue(name: Name): SafeHtml
  /**
   * What went wrong, for the top of the page: takes focus, lists each issue and links to its field. Nothing when all is
   * well.
   */
  summary(): SafeHtml
  /**
   * A whole field: label, hint, messages and control, in the order in which screen readers need them, with the structure of the
   * GOV.UK Design System. `print` arranges the parts in another way.
   *
   * @throws SealformError `ERR_FORM_INVALID` on misspelt options, and as the method that prints the control
   * @example
   * ```ts
   * ctx.form(addTodo.bind(null, listId)).field('title', { label: 'Title', hint: 'At most 100 characters', attributes: { maxlength: 100 } })
   * ```
   */
  field(name: Name, options?: FieldOptions): SafeHtml
  /** The attributes of the form and its controls as objects, for JSX and Pug. */
  readonly props: ControlProps<Name>
  /**
   * Returns an object that has everything of this form as its own properties, functions included, for template engines that read
   * no others, such as Handlebars.
   *
   * @example
   * ```ts
   * const view = { form: ctx.form(addTodo.bind(null, listId)).toObject() }
   * ```
   */
  toObject(): this
}

/** An action as a page sees it. */
export interface Form<State = unknown, Name extends string = string> extends Controls<Name> {
  /**
   * For the form tag: `<form ${form.attributes}>`. No `action`, so that the form posts to its own page, query string
   * included.
   */
  readonly attributes: SafeHtml
  /**
   * Hidden fields, the seal first. They go directly after the form tag, before any other field. After a submission
   * that has to be corrected, they also name the files that were received, unless `kept()` does so elsewhere.
   */
  readonly fields: SafeHtml
  /**
   * A seal alone, for a script that calls the action without a form element: `<button data-like="${form.seal}">`, then
   * `call(button.dataset.like, values)` of `sealform/client/call`. It differs from the one in `fields`.
   */
  readonly seal: SafeHtml
  /** What the action returned last, what `flash()` brought when this is the form that was sent, or `initial`. */
  readonly state: State | undefined
  /**
   * `idle` until this page answers a submission of this form; `valid` when the form was checked and nothing is wrong.
   */
  readonly status: FormStatus
  /**
   * The files of a field that were received and need not be chosen again: a list of their names and sizes, each with a
   * box to remove it. Nothing when there are none. In a template that prints while it runs, call it before `fields` is
   * printed.
   */
  kept(name: Name): SafeHtml
  /**
   * A field that people do not see and leave empty, against programs that fill in every field. Screen readers, the keyboard and
   * password managers pass over it. What has text in it is answered as `onSpam` of the action says.
   */
  honeypot(): SafeHtml
  /**
   * Attributes of a submit button that runs another action with the fields of this form. The button is good in this form
   * only. For `<button>`; for `<input type="submit">` give its label as `value`, for an image give `type: 'image'`. The browser's
   * own validation is turned off, since it belongs to the form's action; `formnovalidate: false` turns it on.
   *
   * @throws SealformError `ERR_FORM_INVALID` on a `name`, and on other attributes that keep a button from its action
   */
  submit(action: Submittable, attributes?: Attributes): SafeHtml
  /**
   * Attributes of a submit button that asks what is wrong with the form, for `<button>` or, with its label as `value`,
   * for `<input type="submit">`. `authorize` and the schema run; the action does not. The page comes back
   * with the input in it: status 422 with what is wrong, or 200 when nothing is.
   *
   * @throws SealformError `ERR_FORM_INVALID`, as `submit()`
   */
  validate(attributes?: Attributes): SafeHtml
  /** The attributes of the form, its controls and buttons as objects, for JSX and Pug. */
  readonly props: FormProps<Name>
}

/**
 * The form of this action, for a function that prints a part of it.
 *
 * @example
 * ```ts
 * const titleOf = (form: FormOf<typeof addTodo>) => form.input('title')
 * ```
 */
export type FormOf<Of> = Form<StateOf<Of>, FieldName<Of>>
