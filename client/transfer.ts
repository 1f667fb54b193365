import { sealField, uploadFileHeader, uploadKeptHeader, uploadSealHeader } from './wire.js'

/** How often in a row nothing may come of an attempt, after which the form is sent as a whole: some two minutes. */
const mostFailures = 8

/** Bytes of the parts in which a file is sent where a proxy passes on only whole requests. */
const part = 2 ** 23

/** Waits, or until the browser has a network again. */
const wait = (milliseconds: number): Promise<unknown> => {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
    addEventListener('online', resolve, { once: true })
  })
}

/** One file on its way: the client's part of the draft draft-ietf-httpbis-resumable-upload. */
export class Transfer {
  onProgress!: (sent: number) => void
  readonly #form: HTMLFormElement
  readonly #field: string
  readonly #file: File
  readonly #page: URL
  /** Where it goes on is remembered in the tab, so that the same file goes on after the page was left. */
  readonly #memory: string
  #url: string | null
  #offset = 0
  #most: number
  #failures = 0

  constructor(form: HTMLFormElement, field: string, file: File) {
    this.#form = form
    this.#field = field
    this.#file = file
    this.#page = new URL(form.getAttribute('action') || location.href, document.baseURI)
    this.#page.hash = ''
    this.#memory = ['sealform', this.#page.pathname, field, file.name, file.size, file.lastModified].join()
    this.#url = sessionStorage.getItem(this.#memory)
    this.#most = file.size
  }

  /** Returns the reference to the file, or nothing when the form has to be sent with it, to say what is wrong. */
  async run(): Promise<string | undefined> {
    while (this.#failures < mostFailures) {
      // After a 404 it begins anew, after a 409 it goes on elsewhere, and with 408 Node ends a request of five minutes. What the server
      // has no answer to may be better in a moment. All else the visitor has to read.
      const url = this.#url
      const answer = await (url ? this.#ask('HEAD', {}) : this.#begin())
      const sent = answer.status && answer.status < 300 ? await this.#append(answer) : answer
      const { status } = sent
      const kept = sent.getResponseHeader(uploadKeptHeader)
      if (kept || status === 404) {
        sessionStorage.removeItem(this.#memory)
        this.#url = null
      }
      if (kept) return kept
      const again = /^(0|[123]|408|409|429|50[0-6])/.test(status as never) || (url && status === 404)
      if (!again) return
      if (status !== 204) await wait(Math.min(1000 * 2 ** this.#failures++, 30_000))
    }
    return
  }

  #begin(): Promise<XMLHttpRequest> {
    const { name, size, type } = this.#file
    const seal = (this.#form.elements as unknown as { [sealField]: HTMLInputElement })[sealField]
    return this.#ask('POST', {
      [uploadSealHeader]: seal.value,
      [uploadFileHeader]: new URLSearchParams({ field: this.#field, name, type }) as never,
      'Upload-Length': size as never,
      'Upload-Complete': '?0',
    })
  }

  /** Sends what is missing after an answer that says how far the upload is. */
  async #append(answer: XMLHttpRequest): Promise<XMLHttpRequest> {
    if (answer.getResponseHeader(uploadKeptHeader)) return answer
    const begun = answer.getResponseHeader('Location')
    if (begun) {
      this.#url = new URL(begun, this.#page).href
      sessionStorage.setItem(this.#memory, this.#url)
    }
    const { size } = this.#file
    const offset = +answer.getResponseHeader('Upload-Offset')!
    // Nothing has arrived of what was sent: a proxy keeps a request until it has all of it.
    if (this.#failures && offset === this.#offset) this.#most = Math.max(part, size / 64)
    if (offset > this.#offset) this.#failures = 0
    this.#offset = offset
    const end = Math.min(offset + this.#most, size)
    return this.#ask(
      'PATCH',
      {
        'Content-Type': 'application/partial-upload',
        'Upload-Offset': offset as never,
        'Upload-Complete': end < size ? '?0' : '?1',
      },
      this.#file.slice(offset, end),
    )
  }

  /** Sends a request, and gives the answer also when there is none. It has the status 0 then. */
  #ask(method: string, headers: Readonly<Record<string, string>>, body?: Blob): Promise<XMLHttpRequest> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest()
      request.open(method, this.#url ?? this.#page)
      for (const name in headers) request.setRequestHeader(name, headers[name]!)
      if (body) request.upload.onprogress = ({ loaded }) => this.onProgress(this.#offset + loaded)
      request.onloadend = () => resolve(request)
      request.send(body)
    })
  }
}
