import type { Submittable } from '../lib/action/action.js'
import { attributeNames, fieldNames } from '../lib/base/wire-names.js'
import type { FileRule } from '../lib/files/file-rules.js'
import type { ShownFile } from '../lib/files/uploads.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { FormRecord } from '../lib/page/form-record.js'
import { type FreshFile, freshFiles } from '../lib/page/fresh-fields.js'
import type { PageSeals } from '../lib/page/page-seals.js'
import { type Attributes, presentAttributes, printAttributes } from './attributes.js'
import { checkAttributes, checkControl } from './check-attributes.js'
import { escapeHtml } from './escape-html.js'
import type { Form, FormProps } from './form.js'
import { FormControls } from './form-controls.js'
import { printOwn } from './hidden-field.js'
import { printHoneypot } from './honeypot.js'
import { printKeptList, printReference } from './kept-files.js'
import { checkButton } from './own-attributes.js'
import { publish } from './publish.js'
import { SafeHtml } from './safe-html.js'

/** Makes the form that a page prints. */
export function createForm<State>(record: FormRecord, seals: PageSeals, messages: Messages): Form<State> {
  return new PageForm<State>(record, seals, messages)
}

/** Prints the form of an action: the controls, the seal, buttons and files. */
export class PageForm<State> extends FormControls implements Form<State> {
  readonly state: State | undefined
  readonly #record: FormRecord
  readonly #seals: PageSeals
  readonly #messages: Messages
  #attributes: SafeHtml | undefined
  #fields: SafeHtml | undefined
  #seal: SafeHtml | undefined
  /** The fields whose kept files are named on the page. */
  #shownKept: Set<string> | undefined

  constructor(record: FormRecord, seals: PageSeals, messages: Messages) {
    super(record, messages)
    this.state = record.state as State | undefined
    this.#record = record
    this.#seals = seals
    this.#messages = messages
  }

  get attributes(): SafeHtml {
    this.#attributes ??= new SafeHtml(this.#printTag.bind(this))
    return this.#attributes
  }

  get fields(): SafeHtml {
    this.#fields ??= new SafeHtml(this.#printFields.bind(this))
    return this.#fields
  }

  get seal(): SafeHtml {
    this.#seal ??= new SafeHtml(this.#printSeal.bind(this))
    return this.#seal
  }

  override get props(): FormProps {
    return {
      ...super.props,
      submit: (action, own = {}) => presentAttributes(this.#submitAttributes(action, own)),
      validate: (own = {}) => presentAttributes(this.#validateAttributes(own)),
    }
  }

  /** The id for an attribute. The name of an action needs no escapes. */
  get #idText(): string {
    const { id, definition } = this.#record
    return id === definition.name ? id : escapeHtml(id)
  }

  /** Prints what `formAttributes()` gives, in a third of the time: their names and values are known, except for the id. */
  #printTag(): string {
    const { definition, tagPrinted } = this.#record
    tagPrinted?.()
    const enctype = definition.files.size > 0 ? ' enctype="multipart/form-data"' : ''
    const once = definition.store ? ` ${attributeNames.once}="true"` : ''
    return `id="${this.#idText}" method="post"${enctype} accept-charset="utf-8"${once}`
  }

  override formAttributes(): Attributes {
    const { id, definition, tagPrinted } = this.#record
    tagPrinted?.()
    return {
      id,
      method: 'post',
      enctype: definition.files.size > 0 ? 'multipart/form-data' : undefined,
      'accept-charset': 'utf-8',
      [attributeNames.once]: definition.store ? 'true' : undefined,
    }
  }

  override inputAttributes(name: string, own: Attributes): Attributes {
    const { definition } = this.#record
    const rule = definition.files.get(name)
    if (!rule) return super.inputAttributes(name, own)
    checkControl({ method: 'input', name }, definition, own)
    return this.#file(name, rule, own)
  }

  /** The kept files of a field, unless the page has printed them already. */
  override beside(name: string): SafeHtml | undefined {
    return this.#shownKept?.has(name) ? undefined : this.kept(name)
  }

  kept(name: string): SafeHtml {
    const files = this.#keptIn(name)
    if (files.length === 0) return new SafeHtml('')
    this.#shownKept ??= new Set()
    this.#shownKept.add(name)
    return new SafeHtml(printKeptList(files, this.ids.kept(name), this.#messages))
  }

  honeypot(): SafeHtml {
    return new SafeHtml(printHoneypot(`${this.id}-website`, this.#messages))
  }

  validate(attributes: Attributes = {}): SafeHtml {
    return new SafeHtml(printAttributes(this.#validateAttributes(attributes)))
  }

  submit(action: Submittable, attributes?: Attributes): SafeHtml {
    const text = attributes
      ? printAttributes(this.#submitAttributes(action, attributes))
      : this.#printSubmit(action)
    return new SafeHtml(text)
  }

  /** Prints the same for a button without attributes of its own, whose names and values need no escapes: a list has many of them. */
  #printSubmit(action: Submittable): string {
    const token = this.#sealButton(action)
    const once = this.#onceOf(action)
    const marked = once === undefined ? '' : ` ${attributeNames.once}="${once}"`
    return `type="submit" name="${fieldNames.submit}" value="${token}" formnovalidate${marked}`
  }

  #validateAttributes(attributes: Attributes): Attributes {
    checkAttributes({ method: 'validate' }, attributes)
    const asked = { method: 'validate', form: this.id, types: ['submit'] } as const
    const { type, value, ...rest } = checkButton(asked, attributes)
    return {
      type: type ?? 'submit',
      name: fieldNames.validate,
      value: value ?? 'all',
      formnovalidate: true,
      ...rest,
    }
  }

  #submitAttributes(action: Submittable, attributes: Attributes): Attributes {
    checkAttributes({ method: 'submit' }, attributes)
    const asked = { method: 'submit', form: this.id, types: ['submit', 'image'] } as const
    const { type, value, ...rest } = checkButton(asked, attributes)
    const token = this.#sealButton(action)
    // The value of an input is its label, and an image sends only coordinates. For both the name carries the seal.
    const byName = type === 'image' || value !== undefined
    const carrier = byName
      ? { name: `${fieldNames.submit}.${token}`, value }
      : { name: fieldNames.submit, value: token }
    return {
      type: type ?? 'submit',
      ...carrier,
      formnovalidate: true,
      [attributeNames.once]: this.#onceOf(action),
      ...rest,
    }
  }

  #sealButton(action: Submittable): string {
    const { definition, boundText, buttonPrinted } = this.#record
    const token = this.#seals.button(action, { action: definition.name, boundText })
    buttonPrinted?.(action, token)
    return token
  }

  /** Says whether a copy runs again when this action is sent; `undefined` when that is as the form says. */
  #onceOf(action: Submittable): string | undefined {
    const oneTime = this.#seals.isOneTime(action)
    if (oneTime === (this.#record.definition.store !== undefined)) return undefined
    return oneTime ? 'true' : ''
  }

  #printFields(): string {
    const { definition, boundText, carriesState, state, sent } = this.#record
    const told = this.told
    const seals = this.#seals
    const marked = sent ? seals.sent(definition, boundText) : undefined
    const seal = marked?.seal ?? seals.action(definition, boundText)
    const mark = marked?.mark
    const sealedState = carriesState ? this.#seals.state(definition, boundText, state) : undefined
    const files = freshFiles(this.#record.files, (file) => this.#seals.file(definition, file))
    this.#record.printed?.({ seal, state: sealedState, files }, told, mark)
    let text = printOwn(fieldNames.seal, seal, mark)
    text += printOwn(fieldNames.form, this.#idText)
    if (sealedState !== undefined) text += printOwn(fieldNames.state, sealedState)
    return text + (told?.notice() ?? '') + this.#printKept(files)
  }

  /** A seal has only characters of base64url, so it needs no escapes. */
  #printSeal(): string {
    const { definition, boundText } = this.#record
    const seal = this.#seals.unique(definition, boundText)
    this.#record.sealed?.(seal)
    return seal
  }

  /** Whether the hidden fields list the kept files of a field that the page has not listed itself. */
  protected listsKept(_name: string): boolean {
    return true
  }

  /** The references to kept files, and a list of those that the page has not listed itself. */
  #printKept(files: readonly FreshFile[]): string {
    let text = ''
    for (const { name, seal } of files) text += printReference(name, seal)
    for (const { name } of files)
      if (!this.#shownKept?.has(name) && this.listsKept(name)) text += this.kept(name)
    return text
  }

  #file(name: string, rule: FileRule, attributes: Attributes): Attributes {
    const waits = this.#keptIn(name).length > 0
    const described = [waits ? this.ids.kept(name) : '', attributes['aria-describedby'] ?? ''].filter(Boolean)
    return this.describe(name, this.nextId(name), {
      accept: rule.types.length > 0 ? rule.types.join(',') : undefined,
      multiple: rule.maxFiles > 1,
      [attributeNames.resume]: rule.resumable,
      ...attributes,
      type: 'file',
      value: undefined,
      // A kept file need not be chosen again.
      required: waits ? false : (attributes.required ?? rule.required),
      'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
    })
  }

  #keptIn(name: string): readonly ShownFile[] {
    return this.#record.files.filter(({ field }) => field === name)
  }
}

publish(PageForm.prototype, [
  'attributes',
  'fields',
  'honeypot',
  'kept',
  'props',
  'seal',
  'submit',
  'validate',
])
