import type { SentBody } from './sent-fields.js'

/** One submission and its answer, without any value that was typed. */
export interface Exchange {
  readonly method: string
  readonly url: string
  readonly sent: Headers
  readonly body: SentBody
  readonly status: number
  readonly received: Headers
  /** The regions of the answer; `page` for a whole page. */
  readonly parts: 'page' | readonly string[]
  readonly bytes: number
  readonly milliseconds: number
}

export type Headers = readonly (readonly [name: string, value: string])[]

/** What the panel is filled with once the answer is known. A page cannot print such comments otherwise: it escapes texts. */
export const places = { last: '<!-- the last exchange -->', log: '<!-- all exchanges -->' }
