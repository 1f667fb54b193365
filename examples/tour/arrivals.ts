/** An uploaded picture, with the type of its content. */
export interface Picture {
  readonly name: string
  /** Set when a browser may show it: a pixel image, which cannot contain a script. */
  readonly type: string | undefined
  readonly content: Buffer
}

export interface Attachment {
  readonly name: string
  readonly size: number
}

export interface Arrival {
  readonly id: number
  readonly title: string
  readonly picture: Picture
  readonly attachments: readonly Attachment[]
}

const mostArrivals = 12

/** The last twelve uploads, newest first. It keeps pictures in memory, at most 60 MiB, and the names of attachments. */
export class Arrivals {
  #list: readonly Arrival[] = []
  #lastId = 0

  get list(): readonly Arrival[] {
    return this.#list
  }

  add(arrival: Omit<Arrival, 'id'>): void {
    this.#list = [{ id: ++this.#lastId, ...arrival }, ...this.#list].slice(0, mostArrivals)
  }

  find(id: string | undefined): Arrival | undefined {
    return this.#list.find((arrival) => String(arrival.id) === id)
  }
}

/**
 * Recognises the type of a picture by its first bytes, not by the sender's claim. SVG is excluded, since it can contain
 * scripts.
 */
export function pixelType(content: Buffer): string | undefined {
  const start = content.toString('latin1', 0, 12)
  return signatures.find(({ pattern }) => pattern.test(start))?.type
}

const signatures = [
  { type: 'image/png', pattern: /^\x89PNG\r\n\x1a\n/ },
  { type: 'image/jpeg', pattern: /^\xff\xd8\xff/ },
  { type: 'image/gif', pattern: /^GIF8[79]a/ },
  { type: 'image/webp', pattern: /^RIFF.{4}WEBP/s },
  { type: 'image/avif', pattern: /^.{4}ftypavif/s },
]
