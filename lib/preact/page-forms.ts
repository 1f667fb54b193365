import { standFor } from '../action/action.js'
import { answerOf } from '../answer/json-answer.js'
import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'
import type { Done, Invalid, Outcome, Refused } from '../outcome/outcome.js'
import type { FormRecord } from '../page/form-record.js'
import { freshFiles } from '../page/fresh-fields.js'
import type { RenderingHost } from '../page/rendering-host.js'
import type { SubmittedForm } from '../page/submitted-form.js'
import type { PageActions, SealedAction } from '../react/page-actions.js'
import { type ShownOutcome, stateOfOutcome } from '../react/problem.js'

/** What a form of a component asks for. */
interface AskedForm {
  readonly initial: unknown
  /** It shows an outcome. */
  readonly shows: boolean
}

/** What a form begins with, and prints. */
interface FormBeginning {
  readonly state: unknown
  readonly id: string
  readonly sealedState: string | undefined
  readonly enctype: string | undefined
}

/** What an action is to the forms and buttons of the tree, as `ActionParts` of the browser. */
interface ServerParts {
  readonly seal: string
  readonly action: SealedAction
  begin(at: string, form: AskedForm): FormBeginning
  button(form: ServerParts, byName: boolean): { readonly name: string; readonly value?: string }
}

const parts = Symbol.for('sealform.parts')

/** The forms of one rendering, by their places in the tree. */
export class PageForms {
  readonly #host: RenderingHost
  readonly #actions: PageActions
  readonly #begun = new Map<string, FormBeginning>()
  readonly #told = new Map<string, ShownOutcome>()
  #problem: ShownOutcome | undefined

  constructor(host: RenderingHost, actions: PageActions) {
    this.#host = host
    this.#actions = actions
  }

  /** What the forms show that a visit to the page would not have, by their places; `undefined` when none does. */
  get told(): Readonly<Record<string, ShownOutcome>> | undefined {
    return this.#told.size === 0 ? undefined : Object.fromEntries(this.#told)
  }

  /** The problem that one of the forms shows. */
  get problem(): ShownOutcome | undefined {
    return this.#problem
  }

  /** Writes a value as text, and makes of it what the tree gets, with a function in the place of each action. */
  writeBoth(value: unknown): ReturnType<PageActions['writeBoth']> {
    return this.#actions.writeBoth(value, (action) => this.#functionOf(action))
  }

  #functionOf(action: SealedAction): unknown {
    const { definition, details, seal } = action
    const call = async (): Promise<never> => {
      throw calledOnServer(definition.name)
    }
    const own: ServerParts = {
      seal,
      action,
      begin: (at, form) => this.#begin(call, action, { at, form }),
      button: (form, byName) => nameButton(action, form.action, byName),
    }
    const bind = () => {
      throw boundInTree(definition.name)
    }
    Object.defineProperties(call, {
      name: { value: definition.name },
      bind: { value: bind },
      [parts]: { value: own },
    })
    standFor(details, call)
    return call
  }

  /** Makes a form. The renderer can run a component again that waits for something: the form stays the same. */
  #begin(call: () => Promise<never>, action: SealedAction, { at, form }: Asked): FormBeginning {
    const known = this.#begun.get(at)
    if (known) return known
    const record = this.#host.page.form(call, form.initial === undefined ? {} : { initial: form.initial })
    const told = this.#tell(record, action, form)
    if (told) this.#told.set(at, told)
    const state = told ? stateOfOutcome(told) : form.initial
    const sealedState = told ? told.seals[0]?.state : sealState(action, form, state)
    if (!told && !record.outcome) {
      record.printed?.({ seal: action.seal, state: sealedState, files: [] }, undefined)
    }
    const enctype = action.definition.files.size > 0 ? 'multipart/form-data' : undefined
    const begun = { state, id: record.id, sealedState, enctype }
    this.#begun.set(at, begun)
    return begun
  }

  /** Tells what the form shows; `undefined` when it is as on a visit. */
  #tell(record: FormRecord, action: SealedAction, form: AskedForm): ShownOutcome | undefined {
    const { page } = this.#host
    const { outcome } = record
    if (!outcome) return undefined
    if (!form.shows || !canShow(outcome)) {
      page.adopted = false
      page.formId = undefined
      return undefined
    }
    const { submitted } = page.shown!
    const state = this.#stateFor(form, ofOther(outcome, submitted) ? submitted.state : record.state)
    const fields = {
      seal: action.seal,
      state: sealState(action, form, state),
      files: freshFiles(record.files, (file) => action.seals.file(action.definition, file)),
    }
    record.printed?.(fields, undefined)
    const told = { outcome, status: outcome.status, location: undefined, messages: this.#host.messages() }
    const seals = [{ ...fields, form: record.id, sent: true }]
    const shown = { ...answerOf({ ...told, received: { submitted } }, page, seals), state }
    if (outcome.kind !== 'done') this.#problem = shown
    return shown
  }

  /** Returns the state as the tree gets it: what the server and the browser read of the same text. */
  #stateFor({ initial }: AskedForm, state: unknown): unknown {
    return state === undefined ? initial : this.writeBoth(state).own
  }
}

interface Asked {
  readonly at: string
  readonly form: AskedForm
}

/** Whether a button of another action was done. It has a state of its own, so the form keeps its one. */
function ofOther(outcome: Outcome, { button }: SubmittedForm): boolean {
  return outcome.kind === 'done' && button !== undefined
}

function sealState({ definition, boundText, seals }: SealedAction, { shows }: AskedForm, state: unknown) {
  return shows && state !== undefined ? seals.state(definition, boundText, state) : undefined
}

/**
 * Tells whether a component can show an outcome. The built-in page shows others better: an action that failed, and a form of
 * another version, for which the page may have no field for all of the input.
 */
function canShow(outcome: Outcome): outcome is Done | Invalid | Refused {
  if (outcome.kind === 'refused') return outcome.reason !== 'other-version'
  return outcome.kind === 'done' || outcome.kind === 'invalid'
}

/** Names a button that runs another action. Where its value is its label, the name carries the seal. */
function nameButton(
  { definition, boundText, seals }: SealedAction,
  form: SealedAction,
  byName: boolean,
): { readonly name: string; readonly value?: string } {
  if (definition.stateOf) throw statefulButton(definition.name)
  const owner = { action: form.definition.name, boundText: form.boundText }
  const seal = seals.buttonOf(definition, boundText, owner)
  return byName ? { name: `${fieldNames.submit}.${seal}` } : { name: fieldNames.submit, value: seal }
}

function calledOnServer(name: string): SealformError {
  return new SealformError(
    'ERR_PREACT_PAGE',
    `"${name}" was called while the page is made on the server. Call it from an event handler or an effect, or give it to a <Form>.`,
  )
}

function boundInTree(name: string): SealformError {
  return new SealformError(
    'ERR_PREACT_PAGE',
    `Values were bound to "${name}" in a component, where they cannot be sealed. Bind them in the page: renderPreact(ctx, { act: action.bind(null, id) }, …).`,
  )
}

function statefulButton(name: string): SealformError {
  return new SealformError(
    'ERR_PREACT_PAGE',
    `"${name}" has the option stateOf, which the buttons of a page of components do not have. Give it a <Form> of its own.`,
  )
}
