import type { Registry } from '../action/registry.js'
import { SealformError } from '../base/errors.js'
import { matchesPath } from '../seal/path-binding.js'
import type { SealPurpose } from '../seal/purpose.js'
import { open } from '../seal/seal.js'

/**
 * A middleware that was made, as the others of this process know it. An app can have several: one on the app and one on a
 * sub-app, each with a registry of its own. A submission then has to reach the one that knows its action. That one may be
 * mounted behind other middleware, such as a session or a guard, so the outer one must not answer in its place.
 */
export class Mount {
  readonly registry: Registry
  readonly #hasOptions: boolean
  /** It has seen a request. */
  #met = false
  /** The registries whose middleware was mounted before it on a request. */
  readonly #outer = new WeakSet<Registry>()
  #warned = false

  constructor(registry: Registry, options: object) {
    this.registry = registry
    this.#hasOptions = Object.keys(options).length > 0
    for (const known of mounts) if (!known.deref()) mounts.delete(known)
    mounts.add(new WeakRef(this))
  }

  /** Notes the registries whose middleware has seen a request before this one. */
  meet(outer: readonly Registry[]): void {
    this.#met = true
    for (const registry of outer) {
      if (this.#outer.has(registry)) continue
      this.#outer.add(registry)
      warnOfSameNames(registry, this.registry)
    }
  }

  /**
   * Tells whether a seal is for a middleware that is mounted further inside, so that the submission has to be passed on. One
   * that has seen no request yet may be there: this process may have started after the page was rendered.
   */
  passesOn(token: string | undefined, path: string | undefined, purpose: SealPurpose = 'action'): boolean {
    if (mounts.size < 2 || token === undefined || knows(this.registry, token, { purpose })) return false
    for (const known of mounts) {
      const mount = known.deref()
      if (mount && mount.registry !== this.registry && mount.#mayBeInside(this.registry)) {
        if (knows(mount.registry, token, { path, purpose })) return true
      }
    }
    return false
  }

  #mayBeInside(registry: Registry): boolean {
    return !this.#met || this.#outer.has(registry)
  }

  /** Warns once that the options of a middleware are not used, because another one of the same registry does its work. */
  warnOfOptions(): void {
    if (this.#warned || !this.#hasOptions) return
    this.#warned = true
    process.emitWarning(
      'sealform() is mounted inside another sealform() with the same actions. The outer one does the work of both, so the options of the inner one are not used. Pass them to the outer one, or take the inner one out.',
      { type: 'SealformWarning', code: 'SEALFORM_MOUNTED_TWICE' },
    )
  }
}

/** Weak, so that a test that makes many apps does not keep them. */
const mounts = new Set<WeakRef<Mount>>()

/** What a seal is asked for. */
interface Asked {
  readonly path?: string | undefined
  readonly purpose: SealPurpose
}

/** Tells whether a registry opens a seal, has the action that it names, and would take it on this path. */
function knows(registry: Registry, token: string, { path, purpose }: Asked): boolean {
  const opened = open(registry.keys, purpose, token)
  if (!opened || (path !== undefined && !matchesPath(registry.keys, opened, path))) return false
  const { audience, action } = opened.content
  return audience === registry.audience && registry.find(action) !== undefined
}

/** Two registries on one request can tell their seals apart by the app, the key or the action's name only. */
function warnOfSameNames(outer: Registry, inner: Registry): void {
  if (outer.audience !== inner.audience || !outer.keys.ids.some((id) => inner.keys.ids.includes(id))) return
  const same = outer.names.filter((name) => inner.find(name))
  if (same.length === 0) return
  process.emitWarning(
    `Two registries that are mounted on one request both have the action "${same[0]}". Its submissions go to the outer one. Rename one of the two, or give one registry a name: createActions({ app }).`,
    { type: 'SealformWarning', code: 'SEALFORM_SAME_ACTION' },
  )
}

/** The error for a middleware that something else than its framework calls. */
export function otherFramework(own: 'Koa' | 'Express'): SealformError {
  return new SealformError(
    'ERR_MOUNT',
    `sealform(actions) of 'sealform/${own.toLowerCase()}' was not called by ${own}. Import it from the entry point of your framework: 'sealform/koa', 'sealform/express' or 'sealform/node'.`,
  )
}

/** The error for a middleware that is mounted where it cannot see both the page and its submissions. */
export function misplaced(where: string, instead: string): SealformError {
  return new SealformError(
    'ERR_MOUNT',
    `sealform(actions) is mounted with ${where}, where it does not see the submissions of its pages: a router chooses by the method, and a form has no POST route. ${instead}`,
  )
}
