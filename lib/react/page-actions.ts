import { type ActionDetails, type Definition, detailsOf } from '../action/action.js'
import { writeJson } from '../answer/write-json.js'
import { lazyPackage } from '../base/lazy-package.js'
import type { Page } from '../page/page.js'
import type { PageSeals } from '../page/page-seals.js'
import { actionIdentity } from '../seal/action-identity.js'
import { encodeBoundValues } from '../seal/bound-values.js'
import type { Seal } from '../seal/seal.js'
import { writePlain } from './plain-writer.js'

const devalue = lazyPackage<typeof import('devalue')>('devalue')

/** An action among the props of a page, sealed for the page. */
export interface SealedAction {
  readonly details: ActionDetails
  readonly definition: Definition
  /** The values bound to it, as its seal holds them. */
  readonly boundText: string
  /** By which a script knows it again on the next page. */
  readonly id: string
  readonly seal: Seal
  readonly seals: PageSeals
}

/** Makes what stands for an action in a tree. */
type Make = (action: SealedAction) => unknown

/**
 * Seals the actions among what a page is made of, and writes all of it as text. A page on the server and the page in the
 * browser are made of the same values.
 */
export class PageActions {
  readonly #page: Page
  readonly #session: string | undefined
  readonly #what: string
  readonly #known = new Map<unknown, SealedAction>()
  readonly #byId = new Map<string, SealedAction>()

  /**
   * @param session the value that the seals are bound to
   * @param what how an error calls what is written
   */
  constructor(page: Page, session: string | undefined, what: string) {
    this.#page = page
    this.#session = session
    this.#what = what
  }

  /**
   * Writes a value as text. An action is written as its id, its name and its seal.
   *
   * @throws SealformError `ERR_VALUE_UNSUPPORTED` on a value that would arrive changed, or on an action of another registry
   */
  write(value: unknown): string {
    return this.#writeQuickly(value, () => undefined)?.text ?? this.#writeSlowly(value)
  }

  /**
   * Writes a value as text, and makes of it what the tree on the server gets: the same values as in the browser, with what `make`
   * returns in the place of each action.
   */
  writeBoth(value: unknown, make: Make): { readonly text: string; readonly own: unknown } {
    const made = new Map<SealedAction, unknown>()
    const standIn = (action: SealedAction) => {
      if (!made.has(action)) made.set(action, make(action))
      return made.get(action)
    }
    const quick = this.#writeQuickly(value, standIn)
    if (quick) return quick
    const text = this.#writeSlowly(value)
    return { text, own: this.#read(text, standIn) }
  }

  /** Returns `undefined` for what is not plain data, and for what cannot be written. */
  #writeQuickly(value: unknown, standIn: Make): { readonly text: string; readonly own: unknown } | undefined {
    if (typeof value !== 'object' || value === null) return undefined
    try {
      return writePlain(value, (action) => {
        const sealed = this.#sealed(action)
        return sealed && { told: told(sealed), own: standIn(sealed) }
      })
    } catch {
      return undefined
    }
  }

  /** Writes what devalue can write, and says where something stands that it cannot. */
  #writeSlowly(value: unknown): string {
    const reducers = {
      Action: (value: unknown) => {
        const sealed = typeof value === 'function' ? this.#sealed(value) : undefined
        return sealed && told(sealed)
      },
    }
    return writeJson(value, 'rich', { what: this.#what, reducers })
  }

  /** Reads the text again. */
  #read(text: string, standIn: Make): unknown {
    return devalue().parse(text, {
      Action: ([id = '']: readonly string[]) => standIn(this.#byId.get(id)!),
      Symbol: ([key = '']: readonly string[]) => Symbol.for(key),
      FormData: formDataOf,
    })
  }

  /** Returns `undefined` for a function that is no action. */
  #sealed(action: object): SealedAction | undefined {
    if (!detailsOf(action)) return undefined
    let sealed = this.#known.get(action)
    if (!sealed) {
      sealed = this.#seal(action)
      this.#known.set(action, sealed)
    }
    return sealed
  }

  /** Seals an action. One that was bound twice to equal values has one seal, as it is one action in the browser. */
  #seal(value: unknown): SealedAction {
    const page = this.#page
    const { registry, seals } = page.mountings.joinedOf(value as never) ?? page
    const details = registry.detailsOf(value)
    const { definition, values } = details
    const boundText = encodeBoundValues(values, definition.name, registry)
    const id = actionIdentity(registry, { action: definition.name, boundText }, this.#session)
    const same = this.#byId.get(id)
    if (same) return same
    if (seals.personal) page.personal = true
    page.noteSealed(registry, definition.name)
    const submitted = page.shown?.submitted
    if (submitted?.definition === definition) {
      page.asked = true
      if (page.wantsProps && submitted.boundText === boundText) page.adopted = true
    }
    // A form that was sent is found in what is sent by this seal, and which form that is shows later.
    const seal = page.shown ? seals.unique(definition, boundText) : seals.action(definition, boundText)
    const sealed = { details, definition, boundText, id, seal, seals }
    this.#byId.set(id, sealed)
    return sealed
  }
}

function told({ id, definition, seal }: SealedAction): readonly string[] {
  return [id, definition.name, seal]
}

function formDataOf(texts: readonly string[]): FormData {
  const data = new FormData()
  for (let i = 0; i + 1 < texts.length; i += 2) data.append(texts[i]!, texts[i + 1]!)
  return data
}
