import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { createAction, type Submittable } from '../../lib/action/action.js'
import { type Actions, asRegistry, createActions, type Registry } from '../../lib/action/registry.js'
import type { Admitted } from '../../lib/answer/admit.js'
import { type Arrival, PendingSubmission } from '../../lib/answer/pending-submission.js'
import type { Body, Reading, ReadingOptions } from '../../lib/body/reading.js'
import { compileAllowedOrigins } from '../../lib/origin/allowed-origins.js'
import { english } from '../../lib/outcome/messages.js'
import { PageSeals } from '../../lib/page/page-seals.js'
import { encodeValues } from '../../lib/seal/bound-values.js'

/** Actions as an app defines them, and the registry that the library makes of them. */
export function registryWith(
  define: (actions: Actions) => void,
  options: Parameters<typeof createActions>[0] = {},
): Registry {
  const actions = createActions({
    keys: Buffer.from(Array.from({ length: 32 }, (_, i) => 7 * i)).toString('base64'),
    ...options,
  })
  define(actions)
  return asRegistry(actions, 'the test')
}

/** Seals forms as a visitor's page does. */
export function sealsOf(registry: Registry, session?: string) {
  const seals = new PageSeals(registry, { path: '/page', session: () => session })
  const definitionOf = (name: string) => {
    const definition = registry.find(name)
    if (!definition) throw new Error(`there is no action "${name}"`)
    return definition
  }
  return {
    action: (name: string, ...values: unknown[]) =>
      seals.action(definitionOf(name), encodeValues(values, name, registry)),
    /** For a button of the action `name`, in a form of the action `form`. */
    button: (form: readonly [name: string, ...values: unknown[]], name: string, ...values: unknown[]) => {
      const [action, ...bound] = form
      const other = createAction<Submittable>({
        definition: definitionOf(name),
        registry,
        values,
      })
      return seals.button(other, { action, boundText: encodeValues(bound, action, registry) })
    },
    state: (name: string, state: unknown, ...values: unknown[]) =>
      seals.state(definitionOf(name), encodeValues(values, name, registry), state),
  }
}

/** A body with given content, which records how it was read. */
export class GivenBody implements Body {
  readonly complete = true
  readonly reads: (ReadingOptions | undefined)[] = []
  readonly seal: string | undefined
  readonly #reading: Reading | Promise<Reading>

  constructor(seal: string | undefined, reading: Reading | Promise<Reading>) {
    this.seal = seal
    this.#reading = reading
  }

  read(_limits: unknown, options?: ReadingOptions): Reading | Promise<Reading> {
    this.reads.push(options)
    return this.#reading
  }
}

/** Makes a reading with the given parts. The others are empty. */
export function readingOf({ own, ...given }: PartialReading = {}): Reading {
  return {
    entries: [],
    secrets: undefined,
    kept: undefined,
    refusal: undefined,
    aborted: false,
    cut: false,
    taken: false,
    ...given,
    own: {
      form: undefined,
      state: undefined,
      submit: undefined,
      validate: undefined,
      trapped: false,
      named: undefined,
      ...own,
    },
  }
}

type PartialReading = Partial<Omit<Reading, 'own'>> & { readonly own?: Partial<Reading['own']> }

export interface Given {
  readonly seal?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly session?: string
  readonly path?: string
  readonly mode?: 'enforce' | 'report'
  readonly reading?: Reading | Promise<Reading>
}

/** Makes a submission from a page of the app itself, unless its headers differ. */
export function arrivalAt(registry: Registry, given: Given = {}): Arrival & { readonly body: GivenBody } {
  const req = new IncomingMessage(new Socket())
  req.headers = { host: 'app.test', 'sec-fetch-site': 'same-origin', ...given.headers }
  req.rawHeaders = Object.entries(req.headers).flatMap(([name, value]) => [name, String(value)])
  const path = given.path ?? '/page'
  return {
    registry,
    exchange: {
      req,
      res: new ServerResponse(req),
      url: path,
      path,
      protocol: 'http',
      host: 'app.test',
      secure: false,
      context: undefined,
      session: () => given.session,
      watchAnswer: () => {},
      ownAnswer: () => 'none',
      takeBackAnswer: () => {},
    },
    body: new GivenBody(given.seal, given.reading ?? readingOf()),
    rules: {
      origin: { origin: undefined, allowed: compileAllowedOrigins(undefined) },
      mode: given.mode ?? 'enforce',
      messages: () => english,
    },
  }
}

export function pendingAt(registry: Registry, given: Given = {}): PendingSubmission {
  return new PendingSubmission(arrivalAt(registry, given))
}

/** Shortens an outcome for comparison. */
export function brief(outcome: unknown): string {
  const { kind, status, reason } = Object(outcome) as { kind?: string; status?: number; reason?: string }
  return [kind, status, reason].filter((part) => part !== undefined).join(' ')
}

/** Returns the admitted action, or fails the test. */
export function admitted(value: Admitted | { readonly kind: string }): Admitted {
  if ('kind' in value) throw new Error(`not admitted: ${brief(value)}`)
  return value
}
