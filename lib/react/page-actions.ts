import { type ActionDetails, type Definition, detailsOf } from '../action/action.js'
import { writeJson } from '../answer/write-json.js'
import { lazyPackage } from '../base/lazy-package.js'
import type { Page } from '../page/page.js'
import type { PageSeals } from '../page/page-seals.js'
import { actionIdentity } from '../seal/action-identity.js'
import { encodeBoundValues } from '../seal/bound-values.js'
import type { Seal } from '../seal/seal.js'

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

/**
 * Seals the actions among what a page is made of: writes all of it as text, and reads the text again, with something else in
 * the place of each action. So a page on the server and the page in the browser are made of the same values.
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
   * @throws SealformError `ERR_VALUE_UNSUPPORTED` on a value that would arrive changed, `ERR_ACTION_UNKNOWN` on an action of
   *   another registry
   */
  write(value: unknown): string {
    return writeJson(value, 'rich', { what: this.#what, reducers: { Action: this.#reduce } })
  }

  /** Reads the text again. `make` returns what stands for an action. */
  revive(text: string, make: (action: SealedAction) => unknown): unknown {
    const made = new Map<SealedAction, unknown>()
    return devalue().parse(text, {
      Action: (list: readonly string[]) => {
        const action = this.#byId.get(list[0] ?? '')
        if (!action) throw new Error('The text of a page names an action that the page has not sealed.')
        if (!made.has(action)) made.set(action, make(action))
        return made.get(action)
      },
      Symbol: ([key = '']: readonly string[]) => Symbol.for(key),
      FormData: formDataOf,
    })
  }

  readonly #reduce = (value: unknown): readonly string[] | undefined => {
    if (typeof value !== 'function' || !detailsOf(value)) return undefined
    let sealed = this.#known.get(value)
    if (!sealed) {
      sealed = this.#seal(value)
      this.#known.set(value, sealed)
    }
    return [sealed.id, sealed.definition.name, sealed.seal]
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
    const sealed = { details, definition, boundText, id, seal: seals.action(definition, boundText), seals }
    this.#byId.set(id, sealed)
    return sealed
  }
}

function formDataOf(texts: readonly string[]): FormData {
  const data = new FormData()
  for (let i = 0; i + 1 < texts.length; i += 2) data.append(texts[i]!, texts[i + 1]!)
  return data
}
