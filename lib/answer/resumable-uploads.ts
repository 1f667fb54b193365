import type { IncomingMessage } from 'node:http'
import { debuglog } from 'node:util'
import type { Exchange } from '../action/exchange.js'
import type { Registry } from '../action/registry.js'
import { uploadNames } from '../base/wire-names.js'
import { openTicket } from '../files/upload-ticket.js'
import { judgeOrigin, type OriginPolicy } from '../origin/judge-origin.js'
import { readOriginFacts } from '../origin/origin-headers.js'
import { matchesSession, open } from '../seal/seal.js'
import { beginUpload } from './begin-upload.js'
import {
  appendPiece,
  type BegunUpload,
  cancelUpload,
  storageAnswer,
  tellProgress,
} from './continue-upload.js'
import type { Mount } from './mount.js'
import type { PieceSource } from './piece-source.js'
import { refuseUpload, type UploadAnswer, unknownUpload } from './upload-answer.js'

const log = debuglog('sealform')

/** Where an upload goes on. No browser sends a fragment. */
const uploadUrl = new RegExp(`^[^#?]*\\?[^#]*?\\b${uploadNames.ticket}=([\\w-]+)(?:[&#]|$)`)

const sealHeader = uploadNames.seal.toLowerCase()

/** A request of an upload, as the host of a framework sees it. */
export interface UploadRequest extends Exchange {
  takeOverAnswer(): void
}

interface Terms {
  readonly origin: OriginPolicy
  readonly mode: 'enforce' | 'report'
}

/** A request that appends, until its piece is stored. */
interface Running {
  source: PieceSource | undefined
  /** It is to end, also when its bytes are not being read yet. */
  stopped: boolean
  readonly done: Promise<unknown>
}

/**
 * Receives files in several requests, so that one that breaks off goes on where it was: the server's part of the draft
 * draft-ietf-httpbis-resumable-upload. It keeps nothing but the pieces of files in the storage, so that any server that shares
 * the storage can go on.
 */
export class ResumableUploads {
  readonly #registry: Registry
  readonly #mount: Mount
  readonly #terms: Terms
  readonly #running = new Map<string, Running>()

  constructor(registry: Registry, mount: Mount, { origin, mode }: Terms) {
    this.#registry = registry
    this.#mount = mount
    // A page of another origin would need CORS for it, which is the app's business.
    this.#terms = { origin: { ...origin, allowed: () => false }, mode }
  }

  /** Tells whether a request is one of an upload that this app has to do with. */
  asked({ method, url = '', headers }: IncomingMessage, path: string): boolean {
    if (!this.#registry.hasResumable) return false
    if (method === 'POST') {
      const seal = headers[sealHeader]
      return typeof seal === 'string' && !this.#mount.passesOn(seal, path)
    }
    if (method !== 'HEAD' && method !== 'PATCH' && method !== 'DELETE') return false
    const ticket = uploadUrl.exec(url)?.[1]
    return ticket !== undefined && !this.#mount.passesOn(ticket, undefined, 'resume')
  }

  /** Answers a request of an upload. Throws what the app has to mend. */
  async answer(request: UploadRequest): Promise<UploadAnswer> {
    const { req } = request
    const answer = await this.#answer(request)
    if (answer.status >= 400) log('a request of an upload is refused with %d: %s', answer.status, answer.body)
    // What was not read would be taken for the next request.
    const isRead = req.complete || req.httpVersionMajor > 1
    return isRead ? answer : { ...answer, headers: { ...answer.headers, Connection: 'close' } }
  }

  async #answer(request: UploadRequest): Promise<UploadAnswer> {
    const { req } = request
    if (this.#registry.shutdown.over) return refuseUpload(503, 'restarting', { 'Retry-After': '1' })
    const { verdict } = judgeOrigin(readOriginFacts(req), request, this.#terms.origin)
    if (this.#terms.mode === 'enforce' && verdict === 'refuse') return refuseUpload(403, 'origin')
    try {
      return await (req.method === 'POST' ? this.#begin(request, verdict) : this.#goOn(request, verdict))
    } catch (error) {
      const answer = storageAnswer(error)
      if (answer) return answer
      throw error
    }
  }

  async #begin(request: UploadRequest, verdict: string): Promise<UploadAnswer> {
    const registry = this.#registry
    const token = String(request.req.headers[sealHeader])
    const opened = open(registry.keys, 'action', token)
    const sessionMatches = opened !== undefined && matchesSession(registry.keys, opened, request.session())
    const bound = sessionMatches && opened.content.session !== undefined
    if (this.#lacksProof(verdict, bound)) return refuseUpload(403, 'origin')
    return beginUpload({ registry, exchange: request, seal: { token, opened, sessionMatches } })
  }

  async #goOn(request: UploadRequest, verdict: string): Promise<UploadAnswer> {
    const registry = this.#registry
    const { req } = request
    const session = request.session()
    const ticket = openTicket(registry, uploadUrl.exec(req.url ?? '')?.[1] ?? '', session)
    const definition = ticket && registry.find(ticket.action)
    const rule = ticket && definition?.files.get(ticket.field)
    if (!ticket || !definition?.storage || !rule?.resumable || ticket.size > rule.maxSize)
      return unknownUpload
    if (this.#lacksProof(verdict, ticket.bound)) return refuseUpload(403, 'origin')
    const upload = { registry, definition, storage: definition.storage, ticket, session }
    await this.#stop(ticket.id)
    if (req.method === 'HEAD') return tellProgress(upload)
    return req.method === 'DELETE' ? cancelUpload(upload) : this.#append(upload, req)
  }

  /** Headers that prove nothing are enough only for what belongs to the visitor's session. */
  #lacksProof(verdict: string, bound: boolean): boolean {
    return this.#terms.mode === 'enforce' && verdict === 'token' && !bound
  }

  async #append(upload: BegunUpload, req: IncomingMessage): Promise<UploadAnswer> {
    const { id } = upload.ticket
    let source: PieceSource | undefined
    const stopWaiting = this.#registry.shutdown.onOver(() => source?.stop())
    const appending = appendPiece(upload, req, (made) => {
      source = made
      running.source = made
      if (running.stopped) made.stopSoon()
    })
    const running: Running = { source, stopped: false, done: appending.catch(() => {}) }
    this.#running.set(id, running)
    try {
      return await appending
    } finally {
      stopWaiting()
      if (this.#running.get(id) === running) this.#running.delete(id)
    }
  }

  /** Ends the request that appends to an upload. Its client has lost it, or it would not go on with another. */
  async #stop(id: string): Promise<void> {
    for (let running = this.#running.get(id); running; running = this.#running.get(id)) {
      running.stopped = true
      running.source?.stopSoon()
      await running.done
    }
  }
}
