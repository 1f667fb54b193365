import type { Submittable } from '../lib/action/action.js'
import { attributeNames, fieldNames } from '../lib/base/wire-names.js'
import type { FileRule } from '../lib/files/file-rules.js'
import type { ShownFile } from '../lib/files/uploads.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { Issue } from '../lib/outcome/outcome.js'
import type { FormRecord, FormStatus } from '../lib/page/page.js'
import type { PageSeals } from '../lib/page/page-seals.js'
import { type Attributes, printAttributes } from './attributes.js'
import { checkAttributes, checkControl, checkSelectOptions } from './check-attributes.js'
import { unsaid, unsaidOfSelect, withStepsFor } from './constrained.js'
import { ControlIds } from './control-ids.js'
import { escapeHtml } from './escape-html.js'
import type { Form, SelectOption } from './form.js'
import { nthValue, sentIndexes } from './given-values.js'
import { printHidden } from './hidden-field.js'
import { printKeptList, printReference } from './kept-files.js'
import { checkButton, refuseName } from './own-attributes.js'
import { nameAsSecret } from './password-control.js'
import { SafeHtml } from './safe-html.js'
import { ToldOutcome } from './told-outcome.js'

/** Makes the form that a page prints. */
export function createForm<State>(record: FormRecord, seals: PageSeals, messages: Messages): Form<State> {
  return new PageForm<State>(record, seals, messages)
}

/**
 * Everything that a page prints or calls is an own property and needs no `this`: Handlebars reads own properties only.
 * Methods are bound, and text is made when it is printed. Closures and getters would do the same, but every page makes
 * forms, and V8 keeps object literals that hold these until the next full collection.
 */
class PageForm<State> implements Form<State> {
  readonly id: string
  readonly attributes: SafeHtml
  readonly fields: SafeHtml
  readonly state: State | undefined
  readonly status: FormStatus
  readonly issues: readonly Issue[]
  readonly titlePrefix: string
  readonly #record: FormRecord
  readonly #seals: PageSeals
  readonly #messages: Messages
  readonly #ids: ControlIds
  /** Set when something is wrong. */
  readonly #told: ToldOutcome | undefined
  #byName: Map<string, Issue[]> | undefined
  /** The fields whose kept files are named on the page. */
  #shownKept: Set<string> | undefined

  constructor(record: FormRecord, seals: PageSeals, messages: Messages) {
    const wrong = !quiet.has(record.status)
    this.id = record.id
    const enctype = record.definition.files.size > 0 ? ' enctype="multipart/form-data"' : ''
    const once = record.definition.store ? ` ${attributeNames.once}="true"` : ''
    this.attributes = new SafeHtml(
      `id="${escapeHtml(record.id)}" method="post"${enctype} accept-charset="utf-8"${once}`,
    )
    this.fields = new SafeHtml(() => this.#printFields())
    this.state = record.state as State | undefined
    this.status = record.status
    this.titlePrefix = wrong ? messages.titlePrefix : ''
    this.#record = record
    this.#seals = seals
    this.#messages = messages
    this.#ids = new ControlIds(record.id, record.definition.limits.depth)
    this.#told = wrong ? this.#tellOutcome(record) : undefined
    this.issues = this.#told?.issues ?? noIssues
    this.input = this.input.bind(this)
    this.control = this.control.bind(this)
    this.textarea = this.textarea.bind(this)
    this.select = this.select.bind(this)
    this.value = this.value.bind(this)
    this.values = this.values.bind(this)
    this.checked = this.checked.bind(this)
    this.indexes = this.indexes.bind(this)
    this.issue = this.issue.bind(this)
    this.kept = this.kept.bind(this)
    this.submit = this.submit.bind(this)
    this.validate = this.validate.bind(this)
    this.summary = this.summary.bind(this)
  }

  input(name: string, own: Attributes = {}): SafeHtml {
    const { definition } = this.#record
    checkControl({ method: 'input', name }, definition, own)
    const rule = definition.files.get(name)
    if (rule) return this.#file(name, rule, own)
    const added = unsaid(definition, { kind: 'input', name }, own)
    const type = own.type ?? added.type
    if (type === 'checkbox' || type === 'radio') return this.#choice(name, type, { ...own, ...added })
    const nth = this.#ids.count(name)
    const value = valueless.has(String(type).toLowerCase()) ? undefined : nthValue(this.#sent(name), nth, own)
    return this.#describe(name, this.#ids.nth(name, nth), {
      ...own,
      value,
      ...withStepsFor(value, added, own),
    })
  }

  control(name: string, attributes: Attributes = {}): SafeHtml {
    checkControl({ method: 'control', name }, this.#record.definition, attributes)
    return this.#describe(name, this.#nextId(name), attributes)
  }

  textarea(name: string, given: Attributes = {}): SafeHtml {
    checkControl({ method: 'textarea', name }, this.#record.definition, given)
    const { value, ...own } = given
    const attributes = { ...own, ...unsaid(this.#record.definition, { kind: 'textarea', name }, own) }
    const nth = this.#ids.count(name)
    const text = nthValue(this.#sent(name), nth, { value, disabled: attributes.disabled }) ?? ''
    const control = this.#describe(name, this.#ids.nth(name, nth), attributes)
    // An HTML parser drops the first newline in a textarea: this one.
    return new SafeHtml(`<textarea ${control}>\n${escapeHtml(String(text))}</textarea>`)
  }

  select(name: string, options: readonly SelectOption[], given: Attributes = {}): SafeHtml {
    checkControl({ method: 'select', name }, this.#record.definition, given)
    checkSelectOptions(name, options)
    const { value, ...own } = given
    const attributes = { ...own, ...unsaidOfSelect(this.#record.definition, { name, options }, own) }
    const fallback = value === undefined || value === null ? [] : [String(value)]
    const chosen = new Set(attributes.disabled ? fallback : this.values(name, fallback))
    const control = this.#describe(name, this.#nextId(name), attributes)
    return new SafeHtml(
      `<select ${control}>${options.map((option) => printOption(option, chosen)).join('')}</select>`,
    )
  }

  value(name: string, fallback = ''): string {
    return this.#sent(name)?.[0] ?? fallback
  }

  values(name: string, fallback: readonly string[] = []): readonly string[] {
    // A group without a tick sends nothing, so once there is a submission the page's own choice no longer counts.
    return this.#sent(name) ?? (this.#record.given ? [] : fallback)
  }

  checked(name: string, value = 'on', fallback = false): boolean {
    return this.#record.given ? this.values(name).includes(value) : fallback
  }

  indexes(name: string, fallback: readonly number[] = []): readonly number[] {
    const { given } = this.#record
    return given ? sentIndexes(given, name) : fallback
  }

  issue(name: string): SafeHtml {
    const own = this.#issuesOf(name)
    if (own.length === 0) return new SafeHtml('')
    const text = own.map((issue) => escapeHtml(issue.message)).join('<br>')
    const printed = `<p class="sealform-issue" id="${escapeHtml(this.#ids.issue(name))}">${text}</p>`
    return new SafeHtml(() => {
      this.#told?.tell(own)
      return printed
    })
  }

  kept(name: string): SafeHtml {
    const files = this.#keptIn(name)
    if (files.length === 0) return new SafeHtml('')
    this.#shownKept ??= new Set()
    this.#shownKept.add(name)
    return new SafeHtml(printKeptList(files, this.#ids.kept(name), this.#messages))
  }

  validate(attributes: Attributes = {}): SafeHtml {
    checkAttributes({ method: 'validate' }, attributes)
    const asked = { method: 'validate', form: this.id, types: ['submit'] } as const
    const { type, value, ...rest } = checkButton(asked, attributes)
    return new SafeHtml(
      printAttributes({
        type: type ?? 'submit',
        name: fieldNames.validate,
        value: value ?? 'all',
        formnovalidate: true,
        ...rest,
      }),
    )
  }

  submit(action: Submittable, attributes: Attributes = {}): SafeHtml {
    checkAttributes({ method: 'submit' }, attributes)
    const asked = { method: 'submit', form: this.id, types: ['submit', 'image'] } as const
    const { type, value, ...rest } = checkButton(asked, attributes)
    const { definition, boundText } = this.#record
    const token = this.#seals.button(action, { action: definition.name, boundText })
    // The value of an input is its label, and an image sends only coordinates. For both the name carries the seal.
    const byName = type === 'image' || value !== undefined
    const carrier = byName
      ? { name: `${fieldNames.submit}.${token}`, value }
      : { name: fieldNames.submit, value: token }
    const oneTime = this.#seals.isOneTime(action)
    const once = oneTime === (definition.store !== undefined) ? undefined : String(oneTime)
    return new SafeHtml(
      printAttributes({
        type: type ?? 'submit',
        ...carrier,
        formnovalidate: true,
        [attributeNames.once]: once,
        ...rest,
      }),
    )
  }

  summary(): SafeHtml {
    return new SafeHtml(this.#told?.summary() ?? '')
  }

  #tellOutcome({ id: formId, outcome, issues }: FormRecord): ToldOutcome | undefined {
    return outcome && new ToldOutcome({ formId, outcome, issues, ids: this.#ids, messages: this.#messages })
  }

  #printFields(): string {
    const { definition, boundText, carriesState, state } = this.#record
    const told = this.#told
    const seal = this.#seals.action(definition, boundText)
    this.#record.printed(seal, told)
    let text = printHidden(fieldNames.seal, seal)
    text += printHidden(fieldNames.form, this.id)
    if (carriesState) text += printHidden(fieldNames.state, this.#seals.state(definition, boundText, state))
    return text + (told?.notice() ?? '') + this.#printKept()
  }

  /** The references to kept files, and a list of those that the page has not listed itself. */
  #printKept(): string {
    const { files, definition } = this.#record
    let text = ''
    for (const file of files) text += printReference(file.field, this.#seals.file(definition, file))
    for (const { field } of files) if (!this.#shownKept?.has(field)) text += this.kept(field)
    return text
  }

  #file(name: string, rule: FileRule, attributes: Attributes): SafeHtml {
    const waits = this.#keptIn(name).length > 0
    const described = [waits ? this.#ids.kept(name) : '', attributes['aria-describedby'] ?? ''].filter(
      Boolean,
    )
    return this.#describe(name, this.#nextId(name), {
      accept: rule.types.length > 0 ? rule.types.join(',') : undefined,
      multiple: rule.maxFiles > 1,
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

  /** What was sent under a name, when it is to be given back. */
  #sent(name: string): readonly string[] | undefined {
    return this.#record.given?.get(name)
  }

  #choice(name: string, type: 'checkbox' | 'radio', attributes: Attributes): SafeHtml {
    const value = String(attributes.value ?? 'on')
    const given = attributes.checked === true
    const checked = attributes.disabled ? given : this.checked(name, value, given)
    return this.#describe(name, this.#ids.choice(name, value), { ...attributes, type, value, checked })
  }

  #describe(name: string, ownId: string, attributes: Attributes): SafeHtml {
    refuseName(name, attributes)
    const all: Record<string, Attributes[string]> = {
      id: ownId,
      name,
      ...attributes,
      ...this.#wrong(name, attributes),
    }
    all.name = name
    return new SafeHtml(printAttributes(nameAsSecret(this.#record.definition, all)))
  }

  /** The attributes by which a screen reader finds the issues of a control. */
  #wrong(name: string, { type, 'aria-describedby': others }: Attributes): Attributes | undefined {
    if (type === 'hidden' || this.#issuesOf(name).length === 0) return undefined
    const issue = this.#ids.issue(name)
    return { 'aria-invalid': 'true', 'aria-describedby': others ? `${issue} ${others}` : issue }
  }

  #issuesOf(name: string): readonly Issue[] {
    const { issues } = this.#record
    if (issues.length === 0) return noIssues
    if (!this.#byName) {
      this.#byName = new Map()
      for (const issue of issues) {
        const key = this.#ids.plain(issue.name)
        const others = this.#byName.get(key)
        if (others) others.push(issue)
        else this.#byName.set(key, [issue])
      }
    }
    return this.#byName.get(this.#ids.plain(name)) ?? noIssues
  }

  #nextId(name: string): string {
    return this.#ids.nth(name, this.#ids.count(name))
  }
}

/** Statuses with which nothing is wrong. */
const quiet: ReadonlySet<FormStatus> = new Set(['idle', 'valid', 'done'])

const noIssues: readonly Issue[] = []
const valueless = new Set(['password', 'file', 'image', 'submit', 'reset', 'button'])

function printOption(option: SelectOption, chosen: ReadonlySet<string>): string {
  const { value, label, disabled } =
    typeof option === 'string' ? { value: option, label: option, disabled: false } : option
  const attributes = printAttributes({ value, selected: chosen.has(value), disabled })
  return `<option ${attributes}>${escapeHtml(label)}</option>`
}
