import type { Definition, Submittable } from '../action/action.js'
import type { Registry } from '../action/registry.js'
import { sealKept } from '../files/kept-file-token.js'
import type { ShownFile } from '../files/uploads.js'
import { encodeBoundValues } from '../seal/bound-values.js'
import { type FormOwner, ownerOf } from '../seal/form-owner.js'
import { sealFormState } from '../seal/form-state.js'
import type { Key } from '../seal/key-ring.js'
import { sealLiveTags } from '../seal/live-tags.js'
import { pathBinding } from '../seal/path-binding.js'
import { type Seal, seal, sessionBinding } from '../seal/seal.js'
import type { SealContent } from '../seal/seal-content.js'
import { type SealLife, sealLife } from '../seal/seal-life.js'
import { takeMark } from './form-mark.js'

/** What a seal takes from the request. */
interface SealingRequest {
  readonly path: string
  session(): string | undefined
}

/** What a page has to know of the seals on it. */
export interface SealFacts {
  shortestTtl: number
  oneTime: boolean
  forgotten: boolean
}

/** The seal of the form that was sent. */
interface MarkedSeal {
  readonly seal: Seal
  /** A text that nothing else prints; `undefined` when the seal is such a text. */
  readonly mark: string | undefined
}

/** Makes the seals of one registry for a page. */
export class PageSeals implements SealFacts {
  /** The shortest life of the seals made so far, in seconds. */
  shortestTtl = Number.POSITIVE_INFINITY
  /** One of the seals is good for a single submission, so the page must not be shown to two visitors. */
  oneTime = false
  /** The page has to do with an action whose pages browsers must not store. */
  forgotten = false
  /**
   * When the visitor has opened the page, in whole seconds since 1970, on a page that answers a submission: its forms may be half
   * filled in.
   */
  begun: number | undefined
  readonly #registry: Registry
  readonly #request: SealingRequest
  readonly #facts: SealFacts
  #bound: { readonly session: string; readonly key: Key; readonly binding: Uint8Array } | undefined

  /** @param facts notes what these seals are. @default this object */
  constructor(registry: Registry, request: SealingRequest, facts?: SealFacts) {
    this.#registry = registry
    this.#request = request
    this.#facts = facts ?? this
  }

  /** Seals made at this moment are tied to a visitor. */
  get personal(): boolean {
    return this.#request.session() !== undefined
  }

  /** Seals the action of a form with the values bound to it, as `encodeBoundValues` wrote them. */
  action(definition: Definition, boundText: string): Seal {
    return this.#seal(definition, boundText, undefined)
  }

  /**
   * Seals the action of the form that was sent, for the page that shows its outcome. Where other pages may print the same seal, a
   * mark beside it tells that page from them.
   */
  sent(definition: Definition, boundText: string): MarkedSeal {
    const mark = this.#shares(definition) ? takeMark() : undefined
    return { seal: this.action(definition, boundText), mark }
  }

  /** Seals the action like `action()`, by a seal that nothing else prints, so that it shows where it was printed. */
  unique(definition: Definition, boundText: string): Seal {
    return this.#make(definition, boundText, { form: undefined, life: this.#note(definition) })
  }

  /** Seals the action that a button runs. The seal is good only beside the seal of the form that the button stands in. */
  button(action: Submittable, form: FormOwner): Seal {
    const { definition, values } = this.#registry.detailsOf(action)
    return this.buttonOf(definition, encodeBoundValues(values, definition.name, this.#registry), form)
  }

  /** Seals the action of a button with the values bound to it, as `encodeBoundValues` wrote them. */
  buttonOf(definition: Definition, boundText: string, form: FormOwner): Seal {
    return this.#seal(definition, boundText, form)
  }

  /** Says whether a copy of a submission of this action does not run again. */
  isOneTime(action: Submittable): boolean {
    return this.#registry.detailsOf(action).definition.store !== undefined
  }

  /** @param form the form of a button */
  #seal(definition: Definition, boundText: string, form: FormOwner | undefined): Seal {
    const life = this.#note(definition)
    if (!this.#shares(definition)) return this.#make(definition, boundText, { form, life })
    const { keys, recentSeals } = this.#registry
    const moment = { second: life.issued, key: keys.sealing }
    const name = nameOf(definition.path ? this.#request.path : '', boundText, form)
    const known = recentSeals.find(definition, name, moment)
    if (known !== undefined) return known
    const made = this.#make(definition, boundText, { form, life })
    recentSeals.keep(definition, name, made)
    return made
  }

  /** Tells whether all pages of a second print the same seals of this action. */
  #shares(definition: Definition): boolean {
    return !definition.store && !this.personal && !this.#keepsTime(definition)
  }

  #make(
    definition: Definition,
    boundText: string,
    { form, life }: { readonly form: FormOwner | undefined; readonly life: SealLife },
  ): Seal {
    const content = this.#content(definition, boundText, { life, owner: form && ownerOf(form) })
    return seal(this.#registry.keys, form ? 'button' : 'action', content)
  }

  /** Notes what a seal of this action means for the page. Returns how long it is good. */
  #note(definition: Definition): SealLife {
    const facts = this.#facts
    if (definition.ttl < facts.shortestTtl) facts.shortestTtl = definition.ttl
    if (definition.store) facts.oneTime = true
    if (definition.forgotten) facts.forgotten = true
    return sealLife(definition.ttl)
  }

  #content(
    definition: Definition,
    boundText: string,
    { life, owner }: { readonly life: SealLife; readonly owner: string | undefined },
  ): SealContent {
    return {
      audience: this.#registry.audience,
      action: definition.name,
      version: definition.version,
      issued: this.#issued(definition, life.issued),
      expires: life.expires,
      session: this.#binding(),
      path: definition.path ? pathBinding(this.#registry.keys, this.#request.path) : undefined,
      owner,
      values: boundText,
    }
  }

  /** A form that comes back keeps the time of its first page, as far as `minFillTime` reaches. */
  #issued(definition: Definition, now: number): number {
    return this.#keepsTime(definition) ? Math.max(this.begun, now - definition.spam.minFillTime) : now
  }

  #keepsTime({ spam }: Definition): this is { readonly begun: number } {
    return this.begun !== undefined && spam.minFillTime > 0
  }

  /** Seals the state that a form carries. */
  state(definition: Definition, boundText: string, state: unknown): Seal {
    const { name: action, ttl } = definition
    return sealFormState(this.#registry, state, { action, boundText, ttl, binding: this.#binding() })
  }

  /** Seals the reference to a file that waits for the next submission of a form of this action. */
  file(definition: Definition, file: ShownFile): Seal {
    const terms = { action: definition.name, field: file.field, ttl: this.#registry.keptTime }
    return sealKept(this.#registry, file, { ...terms, binding: this.#binding() })
  }

  /** Seals the tags of a live region. They are good for as long as the forms of the app are. */
  live(tags: readonly string[]): Seal {
    const { ttl } = this.#registry
    if (ttl < this.#facts.shortestTtl) this.#facts.shortestTtl = ttl
    return sealLiveTags(this.#registry, tags, { ttl, binding: this.#binding() })
  }

  /**
   * Ties a seal to the session. This costs as much as a seal, so it is kept while session and key stay the same. The session
   * changes when an action signs the visitor in; the key changes when the keys are replaced.
   */
  #binding(): Uint8Array | undefined {
    const session = this.#request.session()
    if (session === undefined) return undefined
    const { keys } = this.#registry
    if (this.#bound?.session !== session || this.#bound.key !== keys.sealing) {
      this.#bound = { session, key: keys.sealing, binding: sessionBinding(keys, session) }
    }
    return this.#bound.binding
  }
}

/**
 * Names what is in a seal beside its action. Names of actions and paths hold no line break, and what may hold one comes last or
 * has its length before it.
 */
function nameOf(path: string, boundText: string, form: FormOwner | undefined): string {
  if (boundText === '' && !form) return path
  const owner = form ? `${form.action}\n${form.boundText.length}\n${form.boundText}` : ''
  return `${path}\n${owner}\n${boundText}`
}
