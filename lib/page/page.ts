import type { Definition, Submittable } from '../action/action.js'
import type { Registry } from '../action/registry.js'
import { checkOptions, kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import type { Keeping } from '../cache/offered-page.js'
import type { ShownFile } from '../files/uploads.js'
import { failed, saysMissing } from '../outcome/failure.js'
import type { Messages } from '../outcome/messages.js'
import { type Issue, issuesOf, isValid, keepsFiles, type Outcome } from '../outcome/outcome.js'
import { encodeBoundValues } from '../seal/bound-values.js'
import type { Seal } from '../seal/seal.js'
import type { FormRecord, FormStatus, PrintedProblem, ShownProblem, TellingProblem } from './form-record.js'
import type { FreshFields, FreshSeals, SealedFields } from './fresh-fields.js'
import { type GivenInput, groupInput, secretsOf, WatchedInput } from './given-input.js'
import { type BuiltInPage, lastResort } from './last-resort.js'
import { liveMark } from './live-mark.js'
import { Mountings } from './mountings.js'
import type { PageHost } from './page-host.js'
import { PageSeals } from './page-seals.js'
import { PrintedForms } from './printed-forms.js'
import type { SubmittedForm } from './submitted-form.js'
import { WaitingFlash } from './waiting-flash.js'

/** Options of `ctx.form(action, options)`. */
export interface FormOptions<State = unknown> {
  /** Tells several forms of one action on a page apart; becomes part of the form's id. @default none */
  key?: string | number
  /** State before the first submission. With it, the form carries its state from submission to submission. @default none */
  initial?: State
}

/** What tells a form on a page from the others. */
interface FormIdentity extends Pick<FormRecord, 'id' | 'definition' | 'boundText'> {
  /** The page gave it a `key`. */
  readonly keyed: boolean
}

/** The outcome of a submission, and the form that was sent. */
export interface Shown {
  readonly outcome: Outcome
  readonly submitted: SubmittedForm
}

/** A part of a page that can be sent alone. */
export interface PageRegion {
  readonly id: string
  readonly html: string
  /** It is sent with every other region, because it can show something of every outcome. */
  readonly always: boolean
  /** What a browser needs to keep it live; `undefined` when it is not. */
  readonly live?: string | undefined
}

/** A part of a page that may fail without the rest. */
interface Boundary {
  /**
   * Reports what the part has thrown. Returns the input that it should have shown.
   *
   * @throws the error itself when it has a status of the 400s: the page does not exist for this visitor
   */
  catch(
    error: unknown,
    messages: Messages,
  ): { readonly reference: string; readonly lost: BuiltInPage | undefined }
}

/**
 * What is known of the page in one answer: its forms, its regions, and the outcome that it shows.
 */
export class Page {
  /** A form on this page shows the outcome, so no input is lost when the page is sent. */
  adopted = false
  /** The id of that form. */
  formId: string | undefined
  /** The mark that was printed last for the form that shows the outcome, in the tag with its seal. */
  printedMark: string | undefined
  /** What is wrong with that form, when something is. */
  problem: PrintedProblem | undefined
  /** The same, from the moment at which that form is made. */
  #telling: TellingProblem | undefined
  /** The page has asked for the summary of whichever form was sent, or has printed it before it made that form. */
  #summary: 'asked' | 'printed' | undefined
  /** It has made a form of the action that was sent, or has printed the form that was sent before. */
  asked = false
  /** The answer is made for one visitor: no cache may keep it. */
  personal = false
  /** A part of it has failed, and something else was printed instead. */
  failed = false
  /** Collects the hidden fields that the page prints, for an answer that is not the page itself. */
  fresh: FreshSeals | undefined
  /** Components make its forms. Which of them shows an outcome is for them to say. */
  ofComponents = false
  /** The page runs for a script that makes it in the browser, and gives its props in place of HTML. */
  wantsProps = false
  /** Those props, as text. */
  props: string | undefined
  /** Set when the page asked to be kept in a cache. The adapter gives it the page that was sent. */
  keeping: Keeping | undefined
  readonly seals: PageSeals
  readonly registry: Registry
  readonly mountings: Mountings
  readonly #host: PageHost
  #shown: Shown | undefined
  #watched: WatchedInput | undefined
  /** The marks that were printed for the form that shows the outcome. */
  #printed: string[] | undefined
  /** Set in development. */
  #printedForms: PrintedForms | undefined
  #firstId: string | undefined
  #ids: Map<string, number> | undefined
  #regions: Map<string, PageRegion> | undefined
  /** The moment at which it began to be made. */
  #began: number
  /** `null` when the visitor sent none. */
  #flash: WaitingFlash | null | undefined

  constructor(registry: Registry, host: PageHost) {
    this.seals = new PageSeals(registry, host)
    this.registry = registry
    this.mountings = new Mountings(registry, host, this.seals)
    this.#host = host
    this.#began = host.live?.sequence ?? 0
  }

  /**
   * Makes the page show an outcome from now on. With a redirect to the page itself, the page is as on a visit, and only
   * notes where the form that was sent is printed.
   */
  show(outcome: Outcome, submitted: SubmittedForm): void {
    this.#shown = { outcome, submitted }
    this.seals.begun = submitted.begun
    this.asked = submitted.onOwnPath
    // The page runs with other cookies than those that the visitor sent: an action can set a flash for it.
    this.#flash = undefined
    this.#began = this.#host.live?.sequence ?? 0
  }

  /** The flash that waits for this page; `undefined` when the visitor sent none. */
  get flash(): WaitingFlash | undefined {
    if (this.#flash === undefined) this.#flash = WaitingFlash.of(this.mountings, this.#host) ?? null
    return this.#flash ?? undefined
  }

  /** Gives the state of the flash to the page, which is then for this visitor alone. */
  readFlash(): unknown {
    const opened = this.flash?.read()
    if (opened) this.personal = true
    return opened?.state
  }

  /** Begins a part of the page that may fail: the forms made after this belong to it. */
  openBoundary(): Boundary {
    const adoptedBefore = this.adopted
    return {
      catch: (error, messages) => {
        if (saysMissing(error)) throw error
        const { reference } = failed(error)
        this.failed = true
        const shown = this.#shown
        this.#host.reportError(error, { reference, action: shown?.submitted.definition?.name })
        if (!shown || adoptedBefore || !this.adopted) return { reference, lost: undefined }
        this.adopted = false
        this.printedMark = this.problem = this.#telling = undefined
        if (shown.outcome.kind === 'redirect') return { reference, lost: undefined }
        return { reference, lost: lastResort(this, { ...shown, messages }) }
      },
    }
  }

  /**
   * The form that shows the outcome differs from the one that was filled in, and has no control for something that was
   * typed.
   */
  get losesInput(): boolean {
    return this.#watched?.lost ?? false
  }

  /** The form that shows the outcome was printed. A page can make a form and then show something else. */
  get printed(): boolean {
    return this.#printed !== undefined
  }

  /** Notes a text by which the printed form is found in what is sent: no other page has it. */
  notePrinted(text: string): void {
    this.#printed ??= []
    this.#printed.push(text)
  }

  /** Tells whether this content has the form that shows the outcome. */
  isPrintedIn(content: string | Buffer | undefined): boolean {
    if (content === undefined || !this.#printed) return false
    for (const text of this.#printed) if (content.includes(text)) return true
    return false
  }

  /** Leaves it to the page's own summary to say what is wrong. Returns what prints it, once the page's forms are made. */
  askForSummary(): (printWithoutForm: (problem: ShownProblem) => string) => string {
    this.#summary ??= 'asked'
    this.#telling?.summarise()
    return (printWithoutForm) => {
      if (this.#telling) return this.#telling.printSummary()
      const problem = this.shownProblem
      if (!problem) return ''
      this.#summary = 'printed'
      return printWithoutForm(problem)
    }
  }

  /** What is wrong with the form that was sent; `undefined` when nothing is. */
  get shownProblem(): ShownProblem | undefined {
    const shown = this.#shown
    if (!shown || !this.#givesBack || isValid(shown.outcome)) return undefined
    const { outcome, submitted } = shown
    return {
      outcome,
      issues: issuesOf(outcome),
      formId: submitted.formId ?? submitted.definition?.name ?? '',
      depth: submitted.definition?.limits.depth ?? 0,
    }
  }

  #noteProblem(problem: TellingProblem): void {
    this.#telling = problem
    if (this.#summary !== undefined) problem.summarise()
    if (this.#summary === 'printed') problem.tellAll()
  }

  /** The outcome that the page shows, and the form that was sent. */
  get shown(): Shown | undefined {
    return this.#shown
  }

  get showsOutcome(): boolean {
    return this.#shown !== undefined
  }

  /** Keeps a region, so that it can be sent alone. */
  keepRegion(region: PageRegion): void {
    const { id, html } = region
    if (typeof id !== 'string' || id === '' || /\s/.test(id)) {
      throw new SealformError('ERR_REGION_INVALID', `${JSON.stringify(id)} cannot be the id of an element.`)
    }
    const opening = /^\s*<[a-zA-Z][^>]*>/.exec(html)?.[0]
    if (!opening || !new RegExp(`\\sid\\s*=\\s*(["']?)${escapePattern(id)}\\1[\\s>/]`).test(opening)) {
      throw new SealformError(
        'ERR_REGION_INVALID',
        `The HTML of the region "${id}" must be one element with id="${id}", so that a client can find what to replace.`,
      )
    }
    this.#regions ??= new Map()
    this.#regions.set(id, region)
  }

  /**
   * Returns what a browser needs to keep a region live; `undefined` while the region gives back what was typed, which a visit to the
   * page would not show.
   *
   * @param html the content of the region
   * @throws SealformError `ERR_OPTION_INVALID` on bad tags, `ERR_REGION_INVALID` when the page has more of it than a request can hold
   */
  liveMark(id: string, html: string, tags: readonly string[]): string | undefined {
    const { live } = this.#host
    if (!live || (this.#givesBack && this.isPrintedIn(html))) return undefined
    const { seals } = this
    if (seals.personal) this.personal = true
    const others = [...this.regions.values()].filter((region) => region.id !== id)
    return liveMark({ live, seals, others, began: this.#began }, id, tags)
  }

  /** The page shows an outcome with the input. */
  get #givesBack(): boolean {
    const { kind = 'done' } = this.#shown?.outcome ?? {}
    return kind === 'invalid' || kind === 'refused' || kind === 'failed'
  }

  /** It is as for any other visitor, shows no outcome and no flash, and nothing of it can be sent alone. */
  get isOrdinary(): boolean {
    const { oneTime, forgotten } = this.seals
    const isPlain = this.#shown === undefined && this.#regions === undefined && this.flash === undefined
    return isPlain && !this.personal && !oneTime && !forgotten
  }

  get hasRegions(): boolean {
    return this.#regions !== undefined
  }

  /** The regions by their ids, in the order in which the page has made them. */
  get regions(): ReadonlyMap<string, PageRegion> {
    return this.#regions ?? noRegions
  }

  form(action: Submittable, options: FormOptions = noOptions): FormRecord {
    const { registry, seals } = this.mountings.joinedOf(action) ?? this
    const { definition, values } = registry.detailsOf(action)
    if (options !== noOptions) checkOptions(`form('${definition.name}')`, options, formOptions)
    if (seals.personal) this.personal = true
    const boundText = encodeBoundValues(values, definition.name, registry)
    if (this.#shown?.submitted.definition === definition) this.asked = true
    const id = this.newId(definition.name, options.key)
    const keyed = options.key !== undefined
    const adopted = this.#adopt({ id, keyed, definition, boundText })
    const shown = adopted?.outcome.kind === 'redirect' ? undefined : adopted
    const flashed = shown
      ? undefined
      : this.flash?.readBy({ registry, action: definition.name, boundText, formId: id, keyed })
    if (flashed) this.personal = true
    const record: FormRecord = {
      id,
      definition,
      boundText,
      status: shown ? formStatus(shown.outcome) : flashed ? 'done' : 'idle',
      issues: shown ? issuesOf(shown.outcome) : noIssues,
      state: shownState(shown, flashed, options),
      carriesState: options.initial !== undefined || shown?.submitted.hasState === true,
      given: shown && shown.outcome.kind !== 'done' ? this.#give(shown) : undefined,
      files: shown ? filesOf(shown, definition) : noFiles,
      outcome: shown?.outcome,
      sent: adopted !== undefined,
      problemMade: shown ? this.#noteProblem.bind(this) : undefined,
      printed: adopted
        ? this.#notePrintedForm.bind(this, id)
        : this.fresh
          ? this.#collect.bind(this, { form: id, sent: false })
          : undefined,
      buttonPrinted: adopted && this.fresh ? this.#collectButton.bind(this) : undefined,
      sealed: this.fresh
        ? this.#collectSeal.bind(this, { form: id, sent: adopted !== undefined })
        : undefined,
    }
    return definition.advises ? this.#watchPrinted(record, registry) : record
  }

  /** Notes that an action of this page was sealed for components, which print its forms. For development. */
  noteSealed({ inspection }: Registry, action: string): void {
    inspection?.notePrinted(action, this.#host.path)
  }

  #watchPrinted(record: FormRecord, { inspection }: Registry): FormRecord {
    this.#printedForms ??= new PrintedForms(this.#host)
    return this.#printedForms.watch(record, inspection)
  }

  #notePrintedForm(
    form: string,
    fields: SealedFields,
    ...[problem, mark = fields.seal]: [problem: PrintedProblem | undefined, mark?: string]
  ): void {
    this.notePrinted(mark)
    this.printedMark = mark
    this.problem = problem
    this.#collect({ form, sent: true }, fields)
  }

  #collect(form: Pick<FreshFields, 'form' | 'sent'>, fields: SealedFields): void {
    this.fresh?.add({ ...form, ...fields })
  }

  #collectButton(action: Submittable, seal: Seal): void {
    const { registry } = this.mountings.joinedOf(action) ?? this
    const { definition, values } = registry.detailsOf(action)
    this.fresh?.addButton(definition.name, encodeBoundValues(values, definition.name, registry), seal)
  }

  #collectSeal(form: Pick<FreshFields, 'form' | 'sent'>, seal: Seal): void {
    this.#collect(form, { seal, state: undefined, files: [] })
  }

  /** Makes the id of a form that no other form of this page has. */
  newId(name: string, key: string | number | undefined): string {
    if (key !== undefined && key !== '' && typeof key !== 'string' && !Number.isFinite(key)) {
      const given = typeof key === 'number' ? key : kindOf(key)
      throw new SealformError(
        'ERR_FORM_INVALID',
        `The key of a form of "${name}" must be a text or a finite number, not ${given}.`,
      )
    }
    if (key === '') {
      throw new SealformError('ERR_FORM_INVALID', `The key of a form of "${name}" must not be empty.`)
    }
    const id = key === undefined ? name : `${name}-${encodeURIComponent(key)}`
    // Most pages make one form, which needs no map.
    if (!this.#ids && this.#firstId === undefined) {
      this.#firstId = id
      return id
    }
    this.#ids ??= new Map([[this.#firstId ?? '', 1]])
    const count = (this.#ids.get(id) ?? 0) + 1
    this.#ids.set(id, count)
    return count === 1 ? id : `${id}-${count}`
  }

  /**
   * Decides whether a form is the one that was submitted. A key identifies a form by itself. Without a key, the bound values
   * in its seal do: the ids of forms in a list move when the list changes, and input must not end in another item's form.
   * When the seal did not open, only the id that travels in clear is left. It decides which form shows the input, and
   * nothing else.
   */
  #adopt({ id, keyed, definition, boundText }: FormIdentity): Shown | undefined {
    const shown = this.#shown
    if (!shown || this.adopted) return undefined
    const { formId, definition: sealed, boundText: sealedText } = shown.submitted
    const sameId = formId === id
    const sameValues = () => sealedText === boundText && (sameId || formId === undefined || sealedText !== '')
    const same = sealed
      ? sealed === definition && (keyed && formId !== undefined ? sameId : sameValues())
      : sameId
    if (!same) return undefined
    this.adopted = true
    this.formId = id
    return shown
  }

  /** Returns the input for the form, watched when it was typed into a form of another version: this one may lack its controls. */
  #give({ outcome, submitted }: Shown): GivenInput {
    const input = groupInput(submitted.entries, secretsOf(submitted, this.mountings.secretFields))
    if (outcome.kind !== 'refused' || outcome.reason !== 'other-version') return input
    this.#watched = new WatchedInput(input)
    return this.#watched
  }
}

const formOptions = ['key', 'initial'] as const
const noOptions: FormOptions = {}
const noRegions: ReadonlyMap<string, PageRegion> = new Map()
const noIssues: readonly Issue[] = []
const noFiles: readonly ShownFile[] = []

/** The kept files of the form. A reference is good only for the action that it was made for. */
function filesOf({ outcome, submitted }: Shown, definition: Definition): readonly ShownFile[] {
  return keepsFiles(outcome) && submitted.files?.definition === definition ? submitted.files.list : noFiles
}

function shownState(
  shown: Shown | undefined,
  flashed: { readonly state: unknown } | undefined,
  options: FormOptions,
): unknown {
  if (shown?.outcome.kind === 'done') return shown.outcome.state
  if (shown?.submitted.hasState) return shown.submitted.state
  return flashed ? flashed.state : options.initial
}

function formStatus(outcome: Outcome): FormStatus {
  if (isValid(outcome)) return 'valid'
  return outcome.kind === 'redirect' || outcome.kind === 'answered' ? 'done' : outcome.kind
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
