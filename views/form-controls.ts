import type { Definition } from '../lib/action/action.js'
import { labelOf } from '../lib/action/labels.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { Issue, Outcome } from '../lib/outcome/outcome.js'
import type { FormStatus, TellingProblem } from '../lib/page/form-record.js'
import type { GivenInput } from '../lib/page/given-input.js'
import { type Attributes, printAttributes } from './attributes.js'
import { checkControl } from './check-attributes.js'
import { checkChoices, type SelectOption } from './choice.js'
import { unsaid, unsaidOfSelect, withStepsFor } from './constrained.js'
import { ControlIds } from './control-ids.js'
import type { ControlParts, SelectParts, TextareaParts } from './control-parts.js'
import { controlProps } from './control-props.js'
import { escapeHtml } from './escape-html.js'
import { printField } from './field.js'
import type { FieldOptions } from './field-options.js'
import type { ControlProps, Controls } from './form.js'
import { nthValue, sentIndexes } from './given-values.js'
import { refuseName } from './own-attributes.js'
import { nameAsSecret } from './password-control.js'
import { printSelect, printTextarea } from './print-control.js'
import { publish } from './publish.js'
import { SafeHtml } from './safe-html.js'
import { ToldOutcome } from './told-outcome.js'

/** A form as data: everything that its controls are printed from. */
interface ControlsRecord<Status extends FormStatus = FormStatus> {
  readonly id: string
  readonly definition: Pick<Definition, 'name' | 'files' | 'constraints' | 'secrets' | 'labels'> & {
    readonly limits: Pick<Definition['limits'], 'depth'>
  }
  readonly status: Status
  readonly issues: readonly Issue[]
  /** What the visitor sent, when the form shows it again. */
  readonly given: GivenInput | undefined
  /** What controls show that were not sent. */
  readonly defaults?: GivenInput | undefined
  /** Set when this is the form that was sent. */
  readonly outcome: Outcome | undefined
  /** What controls have to know, where it is not what the definition says. @default the definition */
  readonly controls?: ControlsRecord['definition'] | undefined
  /** Called when it knows what is wrong with it. @default not called */
  readonly problemMade?: ((problem: TellingProblem) => void) | undefined
}

/**
 * Prints the controls of a form. Every page makes forms, and reads a few of their parts. So text is made and methods are bound when
 * they are read, by getters of the prototype: V8 keeps object literals with closures or getters of their own until the next
 * full collection.
 */
export abstract class FormControls<Status extends FormStatus = FormStatus> implements Controls, ControlParts {
  readonly id: string
  abstract readonly attributes: SafeHtml
  abstract readonly fields: SafeHtml
  readonly status: Status
  readonly issues: readonly Issue[]
  readonly titlePrefix: string
  readonly #record: ControlsRecord
  readonly #definition: ControlsRecord['definition']
  readonly #messages: Messages
  #ids: ControlIds | undefined
  readonly #told: ToldOutcome | undefined
  #byName: Map<string, Issue[]> | undefined

  constructor(record: ControlsRecord<Status>, messages: Messages) {
    const wrong = !quiet.has(record.status)
    this.id = record.id
    this.status = record.status
    this.titlePrefix = wrong ? messages.titlePrefix : ''
    this.#record = record
    this.#definition = record.controls ?? record.definition
    this.#messages = messages
    this.#told = wrong ? this.#tellOutcome(record, messages) : undefined
    this.issues = this.#told?.issues ?? noIssues
  }

  input(name: string, own: Attributes = {}): SafeHtml {
    return printed(this.inputAttributes(name, own))
  }

  control(name: string, attributes: Attributes = {}): SafeHtml {
    return printed(this.controlAttributes(name, attributes))
  }

  textarea(name: string, given: Attributes = {}): SafeHtml {
    return new SafeHtml(printTextarea(this.textareaParts(name, given)))
  }

  select(name: string, options: readonly SelectOption[], given: Attributes = {}): SafeHtml {
    return new SafeHtml(printSelect(this.selectParts(name, options, given), options))
  }

  field(name: string, options: FieldOptions = {}): SafeHtml {
    return printField(this, name, options)
  }

  toObject(): this {
    const plain: Record<string, unknown> = {}
    for (const name in this) plain[name] = this[name]
    plain.toObject = () => plain
    return plain as this
  }

  get props(): ControlProps {
    return controlProps(this)
  }

  abstract formAttributes(): Attributes

  inputAttributes(name: string, own: Attributes): Attributes {
    const definition = this.#definition
    checkControl({ method: 'input', name }, definition, own)
    const added = unsaid(definition, { kind: 'input', name }, own)
    const type = own.type ?? added.type
    if (type === 'checkbox' || type === 'radio') return this.#choice(name, type, { ...own, ...added })
    const nth = this.ids.count(name)
    const value = valueless.has(String(type).toLowerCase()) ? undefined : nthValue(this.#sent(name), nth, own)
    return this.describe(name, this.ids.nth(name, nth), {
      ...own,
      value,
      ...withStepsFor(value, added, own),
    })
  }

  controlAttributes(name: string, attributes: Attributes): Attributes {
    checkControl({ method: 'control', name }, this.#definition, attributes)
    return this.describe(name, this.nextId(name), attributes)
  }

  textareaParts(name: string, given: Attributes): TextareaParts {
    checkControl({ method: 'textarea', name }, this.#definition, given)
    const { value, ...own } = given
    const attributes = { ...own, ...unsaid(this.#definition, { kind: 'textarea', name }, own) }
    const nth = this.ids.count(name)
    const text = nthValue(this.#sent(name), nth, { value, disabled: attributes.disabled }) ?? ''
    return { attributes: this.describe(name, this.ids.nth(name, nth), attributes), text: String(text) }
  }

  selectParts(name: string, options: readonly SelectOption[], given: Attributes): SelectParts {
    checkControl({ method: 'select', name }, this.#definition, given)
    checkChoices(`form.select('${name}')`, options)
    const { value, ...own } = given
    const attributes = { ...own, ...unsaidOfSelect(this.#definition, { name, options }, own) }
    const fallback = value === undefined || value === null ? [] : [String(value)]
    const chosen = new Set(attributes.disabled ? fallback : this.values(name, fallback))
    return { attributes: this.describe(name, this.nextId(name), attributes), chosen }
  }

  value(name: string, fallback = ''): string {
    return this.#sent(name)?.[0] ?? fallback
  }

  values(name: string, fallback: readonly string[] = []): readonly string[] {
    // A group without a tick sends nothing, so once there is a submission the page's own choice no longer counts.
    return this.#sent(name) ?? (this.#record.given ? [] : fallback)
  }

  checked(name: string, value = 'on', fallback = false): boolean {
    return this.#sent(name)?.includes(value) ?? (this.#record.given ? false : fallback)
  }

  indexes(name: string, fallback: readonly number[] = []): readonly number[] {
    const given = this.#record.given ?? this.#record.defaults
    return given ? sentIndexes(given, name) : fallback
  }

  issue(name: string): SafeHtml {
    const own = this.#issuesOf(name)
    if (own.length === 0) return new SafeHtml('')
    const text = own.map((issue) => escapeHtml(issue.message)).join('<br>')
    const printed = `<p class="sealform-issue" id="${escapeHtml(this.ids.issue(name))}">${text}</p>`
    return new SafeHtml(() => {
      this.#told?.tell(own)
      return printed
    })
  }

  summary(): SafeHtml {
    const told = this.#told
    if (!told) return new SafeHtml('')
    told.summarise()
    return new SafeHtml(() => told.printSummary())
  }

  issueId(name: string): string | undefined {
    return this.#issuesOf(name).length === 0 ? undefined : this.ids.issue(name)
  }

  labelOf(name: string): string | undefined {
    const { name: action, labels } = this.#definition
    return this.#messages.label(name, action) ?? labelOf(labels, name)
  }

  controlId(name: string): string {
    return this.ids.first(name)
  }

  beside(_name: string): SafeHtml | undefined {
    return undefined
  }

  protected get ids(): ControlIds {
    this.#ids ??= new ControlIds(this.id, this.#record.definition.limits.depth)
    return this.#ids
  }

  /** Set when something is wrong. */
  protected get told(): ToldOutcome | undefined {
    return this.#told
  }

  protected describe(name: string, ownId: string, attributes: Attributes): Attributes {
    refuseName(name, attributes)
    const all: Record<string, Attributes[string]> = {
      id: ownId,
      name,
      ...attributes,
      ...this.#wrong(name, attributes),
    }
    all.name = name
    return this.named(all)
  }

  /** Names a control as it is sent. */
  protected named(attributes: Attributes): Attributes {
    return nameAsSecret(this.#definition, attributes)
  }

  protected nextId(name: string): string {
    return this.ids.nth(name, this.ids.count(name))
  }

  #tellOutcome(record: ControlsRecord, messages: Messages): ToldOutcome | undefined {
    const { id: formId, outcome, issues } = record
    if (!outcome) return undefined
    const told = new ToldOutcome({ formId, outcome, issues, ids: this.ids, messages })
    record.problemMade?.(told)
    return told
  }

  /** What was sent under a name, when it is to be given back, or what stands there otherwise. */
  #sent(name: string): readonly string[] | undefined {
    const { given, defaults } = this.#record
    return given?.get(name) ?? defaults?.get(this.ids.plain(name))
  }

  #choice(name: string, type: 'checkbox' | 'radio', attributes: Attributes): Attributes {
    const value = String(attributes.value ?? 'on')
    const given = attributes.checked === true
    const checked = attributes.disabled ? given : this.checked(name, value, given)
    return this.describe(name, this.ids.choice(name, value), { ...attributes, type, value, checked })
  }

  /** The attributes by which a screen reader finds the issues of a control. */
  #wrong(name: string, { type, 'aria-describedby': others }: Attributes): Attributes | undefined {
    const issue = type === 'hidden' ? undefined : this.issueId(name)
    if (issue === undefined) return undefined
    return { 'aria-invalid': 'true', 'aria-describedby': others ? `${issue} ${others}` : issue }
  }

  #issuesOf(name: string): readonly Issue[] {
    const { issues } = this.#record
    if (issues.length === 0) return noIssues
    if (!this.#byName) {
      this.#byName = new Map()
      for (const issue of issues) {
        const key = this.ids.plain(issue.name)
        const others = this.#byName.get(key)
        if (others) others.push(issue)
        else this.#byName.set(key, [issue])
      }
    }
    return this.#byName.get(this.ids.plain(name)) ?? noIssues
  }
}

publish(FormControls.prototype, [
  'checked',
  'control',
  'field',
  'indexes',
  'input',
  'issue',
  'props',
  'select',
  'summary',
  'textarea',
  'toObject',
  'value',
  'values',
])

/** Statuses with which nothing is wrong. */
const quiet: ReadonlySet<FormStatus> = new Set(['idle', 'valid', 'done'])

const noIssues: readonly Issue[] = []
const valueless = new Set(['password', 'file', 'image', 'submit', 'reset', 'button'])

function printed(attributes: Attributes): SafeHtml {
  return new SafeHtml(printAttributes(attributes))
}
