import type { TagVersions } from './tag-versions.js'
import { tierKey } from './tier-key.js'
import type { Tiers } from './tiers.js'

/** The key of an entry in the tiers. It holds the versions that the tags of the entry have at this moment. */
export type Address = string & { readonly address: unique symbol }

/** Texts that are found until their time is over or one of their tags is revalidated. */
export class TaggedEntries {
  readonly #tiers: Tiers
  readonly #versions: TagVersions

  constructor(tiers: Tiers, versions: TagVersions) {
    this.#tiers = tiers
    this.#versions = versions
  }

  /**
   * Makes the address of a key. Ask for it before the entry is computed: when its data change in the meantime, the
   * entry is kept at an address that is no longer used.
   *
   * @param key ends in JSON, so that the tags behind it cannot be taken for a part of it
   */
  async address(kind: 'd' | 'p', key: string, tags: readonly string[]): Promise<Address> {
    const own = [...new Set(tags)].sort()
    const found = this.#versions.of(own)
    const versions = typeof found === 'string' ? found : await found
    return tierKey(kind, `${key}|${own.map((tag) => JSON.stringify(tag)).join()}${versions}`) as Address
  }

  get(address: Address): Promise<string | undefined> {
    return this.#tiers.get(address)
  }

  /** @param ttl seconds */
  set(address: Address, text: string, ttl: number): Promise<void> {
    return this.#tiers.set(address, text, ttl)
  }
}
