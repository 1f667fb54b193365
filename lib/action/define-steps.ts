import type { StandardSchemaV1 } from '@standard-schema/spec'
import { callSiteOf } from '../base/call-site.js'
import { checkOptions, kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import type { FileOptions } from '../files/file-rules.js'
import { inputJsonSchema } from '../input/to-json-schema.js'
import { Done, type Outcome, Refused } from '../outcome/outcome.js'
import { sealFormState } from '../seal/form-state.js'
import { type Action, type ActionOptions, type Definition, detailsOf, type InputOf } from './action.js'
import { checkSteps } from './check-steps.js'
import type { Check } from './checked.js'
import type { SchemaNames } from './field-names.js'
import { type Actions, asRegistry, type Registry } from './registry.js'
import { validates } from './resolve-action.js'
import { resolveSecrets } from './secrets.js'
import { moveTo, type StepsState } from './steps-state.js'
import type { Submission } from './submission.js'

/** One page of a form of several steps. */
export interface Step {
  /** What the step is called for people. @default its key */
  readonly title?: string
  /** A schema of any Standard Schema library for the fields of this step. @default none */
  readonly input?: StandardSchemaV1
  /** The file fields of this step, as `files` of an action. @default none */
  readonly files?: Readonly<Record<string, FileOptions>>
  /** What the fields are called for people, as `labels` of an action. @default none */
  readonly labels?: Readonly<Record<string, string>>
}

/** The input of all steps: the output of each schema, by the key of its step. */
export type StepsInput<Steps> = {
  readonly [Name in keyof Steps]: InputOf<
    Steps[Name] extends { readonly input: infer Schema } ? Schema : undefined
  >
}

/** The names of the fields of all steps. Any text where a step has no schema. */
export type StepsFields<Steps, Depth extends number = number> = {
  [Name in keyof Steps]: SchemaNames<
    Steps[Name] extends { readonly input: infer Schema } ? Schema : undefined,
    Depth,
    Steps[Name] extends { readonly files: infer Files } ? keyof Files & string : never
  >
}[keyof Steps]

type SharedOptions<Context, Depth extends number> = Pick<
  ActionOptions<undefined, unknown, never[], Context, unknown, Depth>,
  'authorize' | 'ttl' | 'limits' | 'history' | 'version' | 'path' | 'secrets'
>

type LastOptions<Context> = Pick<
  ActionOptions<undefined, unknown, never[], Context>,
  'once' | 'timeout' | 'before' | 'after' | 'onError'
>

/** Options of `defineSteps()`. */
export interface StepsOptions<
  Steps extends Readonly<Record<string, Step>>,
  Bound extends unknown[],
  Context,
  Depth extends number = number,
> extends SharedOptions<Context, Depth>,
    LastOptions<Context> {
  /** The steps, in their order. */
  readonly steps: Steps
  /**
   * Whether a page follows the last step on which the visitor checks everything before it is sent. Without it, the button of the
   * last step sends.
   * @default true
   */
  readonly review?: boolean
  /**
   * Runs when the visitor sends the form, once the fields of all steps are valid. `submission.input` has the output of each
   * step's schema; `submission.formData` has the files of all steps.
   */
  run(submission: Submission<StepsInput<Steps>, unknown, Context>, ...bound: Bound): unknown
}

declare const carries: unique symbol

/** A form of several steps, for `ctx.forms.steps()`. */
export interface SteppedAction<
  Names extends string = string,
  Bound extends unknown[] = [],
  Field extends string = string,
> {
  /** The name from `defineSteps()`. */
  readonly name: string
  /** Binds values, as `bind()` of an action. */
  bind<Head extends unknown[], Tail extends unknown[]>(
    this: SteppedAction<Names, [...Head, ...Tail], Field>,
    self: null,
    ...values: Head
  ): SteppedAction<Names, Tail, Field>
  readonly [carries]?: (bound: Bound) => readonly [Names, Field]
}

/** One step with its action. */
export interface DefinedStep {
  readonly name: string
  readonly title: string
  /** Validates the step and goes to the next. */
  readonly next: Action<unknown, StepsState, unknown[]>
  /** The names of its file fields. */
  readonly files: ReadonlySet<string>
  /** The form's own definition, with what controls of this step have to know. */
  readonly controls: Definition
}

/** What a page needs of a form of several steps. */
export interface StepsDetails {
  readonly steps: readonly DefinedStep[]
  readonly review: boolean
  /** The action of the form itself, which keeps what was typed and stays where it is. */
  readonly own: Action<unknown, StepsState, unknown[]>
  /** Goes to a step, which is bound after the values of the page, without validation. */
  readonly goTo: Action<unknown, StepsState, unknown[]>
  readonly finish: Action<unknown, StepsState, unknown[]>
  readonly values: readonly unknown[]
}

const details = new WeakMap<object, StepsDetails>()

/**
 * Defines a form of several steps, each on a page of its own. The form carries what was typed, encrypted, so that no session is
 * needed; files wait on the server. Back and Next keep everything. In the end all steps are validated again.
 *
 * @param actions what `createActions()` returned
 * @param name of the form, as in `actions.define()`
 * @throws SealformError `ERR_ACTION_NAME` and `ERR_OPTION_INVALID` as `actions.define()`
 * @example
 * ```ts
 * import { createActions, redirect } from 'sealform'
 * import { z } from 'zod'
 *
 * const booking = defineSteps(createActions(), 'booking', {
 *   steps: {
 *     guest: { title: 'About you', input: z.object({ name: z.string().min(1) }) },
 *     stay: { title: 'Your stay', input: z.object({ nights: z.int().min(1) }) },
 *   },
 *   once: true,
 *   run: ({ input }) => redirect(`/thanks?nights=${input.stay.nights}`),
 * })
 * const form = ctx.forms.steps(booking)
 * ```
 */
export function defineSteps<
  const Steps extends Readonly<Record<string, Step>>,
  Bound extends unknown[],
  Context,
  const Depth extends number = number,
>(
  actions: Actions<Context>,
  name: string,
  options: StepsOptions<Steps, Bound, Context, Depth>,
): SteppedAction<keyof Steps & string, Bound, StepsFields<Steps, Depth>> {
  const registry = asRegistry(actions, 'defineSteps()')
  checkStepsOptions(name, options)
  const asked = options as unknown as StepsOptions<Readonly<Record<string, Step>>, unknown[], unknown>
  const defined = defineActions(registry, name, asked)
  if (registry.mode === 'development') {
    // Not the place in the library at which each of them is defined.
    const place = callSiteOf(defineSteps)
    const nexts = defined.steps.map(({ next }) => next)
    for (const action of [defined.own, defined.goTo, defined.finish, ...nexts])
      registry.places.set(action.name, place)
  }
  return createStepped(name, defined)
}

/** Returns what is behind a form of several steps; `undefined` for anything else. */
export function stepsOf(value: unknown): StepsDetails | undefined {
  return typeof value === 'object' && value !== null ? details.get(value) : undefined
}

function createStepped<Names extends string, Bound extends unknown[], Field extends string>(
  name: string,
  own: StepsDetails,
): SteppedAction<Names, Bound, Field> {
  const stepped = {
    name,
    bind: (_self: null, ...more: unknown[]) =>
      createStepped(name, { ...own, values: [...own.values, ...more] }),
  }
  details.set(stepped, own)
  return stepped as SteppedAction<Names, Bound, Field>
}

function defineActions(
  registry: Registry,
  name: string,
  options: StepsOptions<Readonly<Record<string, Step>>, unknown[], unknown>,
): StepsDetails {
  const { steps, review = true, run, once, timeout, before, after, onError, ...shared } = options
  const keys = Object.keys(steps)
  const start: StepsState = { step: keys[0], answers: {} }
  const files = Object.assign({}, ...keys.map((key) => steps[key]!.files ?? {}))
  const common = { ...shared, files, secrets: secretsOf(registry, name, options) }
  // The rules of `required` are for the step that has the field: its own action has them.
  const own = define(`${name}`, { ...common, files: optional(files), run: stay })
  const goTo = define(`${name}.go`, {
    ...shared,
    stateOf: own,
    run: ({ previous = start, formData }, ...bound) =>
      moved(previous, formData, keys.includes(String(bound.at(-1))) ? String(bound.at(-1)) : previous.step),
  })
  const defined = keys.map((key, i) => defineStep(key, i))
  const check: Check = (sent, messages) =>
    checkSteps(
      defined.map(({ name, next }) => ({ name, definition: definitionOf(next) })),
      { ...sent, state: (sent.previous as StepsState | undefined) ?? start },
      messages,
    )
  const finish = define(`${name}.finish`, {
    ...common,
    stateOf: own,
    ...given({ once, timeout, before, after, onError }),
    run: run as Run,
    [validates]: check,
  })
  return { steps: defined, review, own, goTo, finish, values: [] }

  function defineStep(key: string, i: number): DefinedStep {
    const { title = key, input, files: ownFiles, labels } = steps[key]!
    const next = define(`${name}.step.${key}`, {
      ...shared,
      stateOf: own,
      ...given({ input, files: ownFiles, labels }),
      run: ({ previous = start, formData }) => moved(previous, formData, keys[i + 1]),
    })
    const { constraints, labels: resolved } = definitionOf(next)
    return {
      name: key,
      title,
      next,
      files: new Set(Object.keys(ownFiles ?? {})),
      controls: { ...definitionOf(own), constraints, labels: resolved },
    }
  }

  function define(actionName: string, own: DefinedOptions): Action<unknown, StepsState, unknown[]> {
    return registry.define(actionName, own)
  }

  function moved(state: StepsState, formData: FormData, to: string | undefined): Outcome {
    const next = moveTo(state, formData, to)
    if (isCarried(registry, next, name)) return new Done(next, 200, true)
    return new Refused('too-large', 413, `The steps of "${name}" hold more text than a form can carry.`)
  }

  function stay({ previous = start, formData }: StepSubmission): Outcome {
    return moved(previous, formData, previous.step)
  }
}

/** Tells whether a form can carry a state: sealed, with all that may come with it, it must not be too long. */
function isCarried(registry: Registry, state: StepsState, action: string): boolean {
  try {
    const binding = new Uint8Array(16)
    sealFormState(registry, state, { action, boundText: '', ttl: registry.ttl, binding })
    return true
  } catch {
    return false
  }
}

type StepSubmission = Submission<unknown, StepsState>
type Run = (submission: StepSubmission, ...bound: unknown[]) => unknown

interface DefinedOptions extends SharedOptions<never, number> {
  readonly run: Run
  readonly stateOf?: Action<unknown, StepsState, unknown[]>
  readonly files?: Readonly<Record<string, FileOptions>>
  readonly [validates]?: Check
}

function optional(files: Readonly<Record<string, FileOptions>>): Readonly<Record<string, FileOptions>> {
  return Object.fromEntries(
    Object.entries(files).map(([field, rule]) => [field, { ...rule, required: false }]),
  )
}

/** The secret fields of all steps. The form's own action has no schema that could mark them. */
function secretsOf(
  registry: Registry,
  name: string,
  { steps, secrets, limits }: StepsOptions<Readonly<Record<string, Step>>, unknown[], unknown>,
): readonly string[] {
  const depth = limits?.depth ?? registry.limits.depth
  const marked = Object.values(steps).flatMap(({ input }) => {
    const schema = input && inputJsonSchema(input)
    return [
      ...resolveSecrets({ names: undefined, schema, files: new Map(), depth }, `defineSteps('${name}')`),
    ]
  })
  return [...(secrets ?? []), ...marked]
}

function definitionOf(action: unknown): Definition {
  return detailsOf(action)!.definition
}

/** Leaves out what is not given. */
function given<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<Options>
}

const optionNames = [
  'steps',
  'review',
  'run',
  'once',
  'timeout',
  'before',
  'after',
  'onError',
  'authorize',
  'ttl',
  'limits',
  'history',
  'version',
  'path',
  'secrets',
] as const

/** @throws SealformError `ERR_OPTION_INVALID` */
function checkStepsOptions(name: string, options: unknown): void {
  const where = `defineSteps('${name}')`
  checkOptions(where, options, optionNames)
  const { steps, review, run } = Object(options) as Partial<
    StepsOptions<Record<string, Step>, never[], unknown>
  >
  if (steps === null || typeof steps !== 'object' || Object.keys(steps).length === 0) {
    throw invalid(`${where} needs "steps": an object with at least one step.`)
  }
  for (const [key, step] of Object.entries(steps)) {
    checkOptions(`${where}, step "${key}"`, step ?? {}, ['title', 'input', 'files', 'labels'])
    if (step === null || typeof step !== 'object')
      throw invalid(`${where}: the step "${key}" must be an object, not ${kindOf(step)}.`)
  }
  if (review !== undefined && typeof review !== 'boolean')
    throw invalid(`${where}: "review" must be true or false.`)
  if (typeof run !== 'function') throw invalid(`${where} needs a function "run".`)
}

function invalid(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}
