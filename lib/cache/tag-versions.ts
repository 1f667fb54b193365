import { randomBytes } from 'node:crypto'
import type { GuardedTier } from './guarded-tier.js'
import type { TagSource, TagWatcher } from './tag-source.js'
import { tierKey } from './tier-key.js'

/** Milliseconds that a version is used without asking the shared tier again. */
const believed = 5000

/** Seconds that the shared tier keeps a version: longer than any entry may be kept. */
const remembered = 31 * 86_400

/** The most tags whose version this server knows. */
const mostTags = 10_000

/** Milliseconds between two attempts to tell the shared tier a new version. */
const tellAgain = 2000

/** The version of a tag that was never revalidated. */
const first = '0'

/**
 * Knows the version of each tag. The address of an entry holds the versions of its tags, so a new version hides all
 * entries of the tag at once, in memory and in the shared tier. A result that is still being computed is kept under the
 * old version, where it is not found. No two clocks are compared.
 */
export class TagVersions implements TagSource {
  readonly #tier: GuardedTier | undefined
  readonly #known = new Map<string, { readonly version: string; readonly until: number }>()
  readonly #lookUps = new Map<string, Promise<string>>()
  /** Versions that the shared tier has not taken yet. */
  readonly #untold = new Map<string, string>()
  #unlisted: string
  readonly #watchers = new Set<TagWatcher>()
  #timer: NodeJS.Timeout | undefined

  constructor(tier?: GuardedTier) {
    this.#tier = tier
    // Without a tier nothing is kept from an earlier process, whose pages may be open still: its first version is another.
    this.#unlisted = tier ? first : newVersion()
  }

  /** Starts to listen to the revalidations of other servers. */
  listen(): void {
    void this.#tier?.listen({
      message: (message) => {
        const tags = tagsIn(message)
        for (const tag of tags) this.#forget(tag)
        this.#report(tags)
      },
      interrupted: () => {
        this.#known.clear()
        this.#lookUps.clear()
        this.#report(undefined)
      },
    })
  }

  /** Gives the versions of these tags; without a promise when this server knows them all. */
  of(tags: readonly string[]): string | Promise<string> {
    const now = Date.now()
    let versions = ''
    for (const tag of tags) {
      const version = this.#versionHere(tag, now)
      if (version === undefined) return this.#lookUpAll(tags)
      versions += `.${version}`
    }
    return versions
  }

  /** Gives these tags new versions: here at once, everywhere when the promise is fulfilled. */
  async renew(tags: readonly string[]): Promise<void> {
    for (const tag of tags) {
      if (this.#tier) {
        this.#untold.set(tag, newVersion())
        this.#forget(tag)
      } else this.#know(tag, newVersion(), Number.POSITIVE_INFINITY)
    }
    if (this.#tier) await this.#tell(this.#tier, tags)
    this.#report(tags)
  }

  watch(watcher: TagWatcher): void {
    this.#watchers.add(watcher)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #versionHere(tag: string, now: number): string | undefined {
    const untold = this.#untold.get(tag)
    if (untold !== undefined) return untold
    const known = this.#known.get(tag)
    if (known && known.until > now) return known.version
    return this.#tier ? undefined : this.#unlisted
  }

  async #lookUpAll(tags: readonly string[]): Promise<string> {
    const now = Date.now()
    const versions = await Promise.all(tags.map((tag) => this.#versionHere(tag, now) ?? this.#lookUp(tag)))
    return versions.map((version) => `.${version}`).join('')
  }

  #lookUp(tag: string): Promise<string> {
    const running = this.#lookUps.get(tag)
    if (running) return running
    const lookUp = this.#ask(tag).then((version) => {
      // A message that came in the meantime may be newer than the answer.
      if (this.#lookUps.get(tag) === lookUp) {
        this.#lookUps.delete(tag)
        this.#know(tag, version, Date.now() + believed)
      }
      return version
    })
    this.#lookUps.set(tag, lookUp)
    return lookUp
  }

  /** While the tier is down, revalidations of other servers are unknown. A new version hides all earlier entries. */
  async #ask(tag: string): Promise<string> {
    try {
      return (await this.#tier?.get(tagKey(tag))) ?? first
    } catch {
      return newVersion()
    }
  }

  /**
   * Tells the shared tier new versions. They are not the versions that this server used until now, so that a late
   * message never brings an earlier address back.
   */
  async #tell(tier: GuardedTier, tags: readonly string[]): Promise<void> {
    const announced = await Promise.all(
      tags.map(async (tag) => {
        const own = this.#untold.get(tag)
        try {
          await tier.set(tagKey(tag), newVersion(), remembered)
        } catch {
          return undefined
        }
        if (this.#untold.get(tag) === own) this.#untold.delete(tag)
        this.#forget(tag)
        return tag
      }),
    )
    const changed = announced.filter((tag) => tag !== undefined)
    if (changed.length > 0) await tier.publish(JSON.stringify(changed)).catch(() => {})
    this.#tellLater(tier)
  }

  #tellLater(tier: GuardedTier): void {
    while (this.#untold.size > mostTags) this.#untold.delete(oldest(this.#untold))
    if (this.#untold.size === 0 || this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#tell(tier, [...this.#untold.keys()])
    }, tellAgain).unref()
  }

  #report(tags: readonly string[] | undefined): void {
    for (const watcher of this.#watchers) watcher(tags)
  }

  #know(tag: string, version: string, until: number): void {
    this.#known.delete(tag)
    this.#known.set(tag, { version, until })
    if (this.#known.size <= mostTags) return
    this.#known.delete(oldest(this.#known))
    // Without a tier, a dropped tag would get its first version again, and with it the entries of that version.
    this.#unlisted = newVersion()
  }

  #forget(tag: string): void {
    this.#known.delete(tag)
    this.#lookUps.delete(tag)
  }
}

function tagKey(tag: string): string {
  return tierKey('v', tag)
}

function newVersion(): string {
  return randomBytes(9).toString('base64url')
}

function oldest<Key>(map: ReadonlyMap<Key, unknown>): Key {
  const [key] = map.keys()
  return key!
}

function tagsIn(message: string): string[] {
  try {
    const tags: unknown = JSON.parse(message)
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
  } catch {
    return []
  }
}
