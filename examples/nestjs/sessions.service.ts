import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { parseCookie } from 'cookie'

/** Knows who is signed in: the keepers of the board. Pages and actions ask the same service. */
@Injectable()
export class SessionsService {
  readonly #ids = new Set<string>()

  begin(): string {
    const id = randomUUID()
    this.#ids.add(id)
    return id
  }

  endAll(): void {
    this.#ids.clear()
  }

  isKeeper({ headers }: { readonly headers: { readonly cookie?: string | undefined } }): boolean {
    const { session } = parseCookie(headers.cookie ?? '')
    return session !== undefined && this.#ids.has(session)
  }
}
