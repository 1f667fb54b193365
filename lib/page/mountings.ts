import { detailsOf, type Submittable } from '../action/action.js'
import type { Registry } from '../action/registry.js'
import type { SecretFields } from '../action/secrets.js'
import type { Messages } from '../outcome/messages.js'
import { PageSeals, type SealFacts } from './page-seals.js'

/** A registry whose middleware is mounted on a request. */
export interface Mounting {
  readonly registry: Registry
  session(): string | undefined
  messages(): Messages
}

/** A further registry whose forms a page can make. */
interface JoinedRegistry extends Mounting {
  readonly seals: PageSeals
}

/** What the registry of the page itself knows of the request. */
interface OwnPage {
  readonly path: string
  session(): string | undefined
}

const none: readonly JoinedRegistry[] = []

/**
 * The registries whose forms a page can make. A page belongs to the registry that answers the request. Others join it when
 * their middleware is mounted on the same request: on a sub-app, on a router, or beside the first.
 */
export class Mountings {
  readonly #own: Registry
  readonly #page: OwnPage
  readonly #facts: SealFacts
  #joined: JoinedRegistry[] | undefined

  /** @param facts notes what the seals on the page are */
  constructor(own: Registry, page: OwnPage, facts: SealFacts) {
    this.#own = own
    this.#page = page
    this.#facts = facts
  }

  /** Lets the page make forms of a further registry. */
  join(mounting: Mounting): void {
    const { registry } = mounting
    const session = () => mounting.session()
    const seals = new PageSeals(registry, { path: this.#page.path, session }, this.#facts)
    this.#joined ??= []
    this.#joined.push({ registry, seals, session, messages: () => mounting.messages() })
  }

  get joined(): readonly JoinedRegistry[] {
    return this.#joined ?? none
  }

  /** Tells whether the page makes the forms of this registry. */
  serve(registry: Registry): boolean {
    return registry === this.#own || this.joined.some((each) => each.registry === registry)
  }

  /** Returns the joined registry that an action belongs to. Returns nothing for any other action. */
  joinedOf(action: Submittable): JoinedRegistry | undefined {
    if (!this.#joined) return undefined
    const registry = detailsOf(action)?.registry
    return this.#joined.find((each) => each.registry === registry)
  }

  /** The registry that answers the request, then those that have joined, each with the session as its middleware reads it. */
  get all(): readonly Pick<JoinedRegistry, 'registry' | 'session'>[] {
    return [{ registry: this.#own, session: () => this.#page.session() }, ...this.joined]
  }

  /** One of the registries has a one-time action. */
  get haveOneTime(): boolean {
    return this.#own.hasOneTime || this.joined.some(({ registry }) => registry.hasOneTime)
  }

  /** Whether uploads of at least one action can be resumed. */
  get hasResumable(): boolean {
    return this.#own.hasResumable || this.joined.some(({ registry }) => registry.hasResumable)
  }

  /** One of the registries has an action whose pages browsers must not store. */
  get haveForgotten(): boolean {
    return this.#own.hasForgotten || this.joined.some(({ registry }) => registry.hasForgotten)
  }

  /** The secret fields of all actions, for a form whose action is not known. */
  get secretFields(): SecretFields {
    if (!this.#joined) return this.#own
    return { secrets: new Set(this.all.flatMap(({ registry }) => [...registry.secrets])) }
  }
}
