import type { StoredContent } from './file-storage.js'

/**
 * A `File` whose content is streamed from elsewhere whenever it is read. Node's own Blobs hold their bytes, or a file of the
 * disk, where no script can reach; so what Node makes of such a File without reading it would be empty, and throws instead.
 */
export class StreamedFile extends File {
  declare readonly [Symbol.toStringTag]: string
  protected readonly content!: StoredContent

  constructor(content: StoredContent, { name, type }: { readonly name: string; readonly type: string }) {
    super([], name, { type })
    hide(this, 'content', { value: content })
    hide(this, 'size', { value: content.size })
    refuseCopies(this, this.type)
  }

  override stream(): ReadableStream<Uint8Array> {
    return this.content.stream()
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await collect(this.content)).buffer
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return collect(this.content)
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await collect(this.content))
  }

  override slice(start?: number, end?: number, type = ''): Blob {
    return new StreamedBlob(part(this.content, start, end), type)
  }
}

/** A part of a streamed file. */
class StreamedBlob extends Blob {
  protected readonly content!: StoredContent

  constructor(content: StoredContent, type: string) {
    super([], { type })
    hide(this, 'content', { value: content })
    hide(this, 'size', { value: content.size })
    refuseCopies(this, this.type)
  }

  override stream(): ReadableStream<Uint8Array> {
    return this.content.stream()
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await collect(this.content)).buffer
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return collect(this.content)
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await collect(this.content))
  }

  override slice(start?: number, end?: number, type = ''): Blob {
    return new StreamedBlob(part(this.content, start, end), type)
  }
}

/** Reads content as a whole. */
async function collect(content: StoredContent): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = content
  const all = new Uint8Array(size)
  let at = 0
  for await (const piece of content.stream()) {
    if (at + piece.length > size) throw unequal(size)
    all.set(piece, at)
    at += piece.length
  }
  if (at < size) throw unequal(size)
  return all
}

function unequal(size: number): Error {
  return new Error(`A stored file of ${size} bytes has changed its length.`)
}

/** Makes content of a part of another. The part is streamed from the beginning of the whole, since storages know no other way. */
function part(whole: StoredContent, start = 0, end = whole.size): StoredContent {
  const from = clamp(start, whole.size)
  const to = Math.max(from, clamp(end, whole.size))
  return { size: to - from, stream: () => ReadableStream.from(between(whole, from, to)) }
}

/** Reads a position as `Blob.slice()` does: from the end when it is negative. */
function clamp(position: number, size: number): number {
  const whole = Math.trunc(position) || 0
  return whole < 0 ? Math.max(size + whole, 0) : Math.min(whole, size)
}

async function* between(whole: StoredContent, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (from === to) return
  let at = 0
  for await (const piece of whole.stream()) {
    const wanted = piece.subarray(Math.max(from - at, 0), Math.max(to - at, 0))
    at += piece.length
    if (wanted.length > 0) yield wanted
    if (at >= to) return
  }
}

/**
 * Makes a copy without reading throw: `new Blob([file])`, `formData.append(name, file, otherName)`, `structuredClone(file)`.
 * They take the bytes from the handle of Node's Blob, where this file has none.
 */
function refuseCopies(blob: Blob, type: string): void {
  const handle = Object.getOwnPropertySymbols(blob).find(({ description }) => description === 'kHandle')
  if (!handle) return
  hide(blob, 'type', { value: type })
  hide(blob, handle, {
    get() {
      throw new TypeError(
        'This file is streamed from its storage, so its content can be copied only by reading it: await file.arrayBuffer(), or file.stream().',
      )
    },
  })
}

function hide(target: object, name: PropertyKey, property: PropertyDescriptor): void {
  Object.defineProperty(target, name, { ...property, enumerable: false, configurable: true })
}
