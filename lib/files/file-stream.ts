import { type FileHandle, open } from 'node:fs/promises'

/**
 * Streams a file from the disk. It is opened at the first read. On Node 20 the stream of a Blob keeps its file open until
 * garbage collection when it is cancelled; this one closes it at once. It is a byte stream, like a Blob's, so that readers
 * can supply their own buffer.
 */
export function fileStream(path: string): ReadableStream<Uint8Array> {
  let opened: Promise<FileHandle> | undefined
  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: 64 * 1024,
    async pull(controller) {
      opened ??= open(path, 'r')
      const handle = await opened
      const request = controller.byobRequest
      const view = request?.view
      if (!request || !view) throw new TypeError('A byte stream was asked for no bytes.')
      try {
        const target = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
        const { bytesRead } = await handle.read(target, 0, target.length)
        if (bytesRead > 0) return request.respond(bytesRead)
      } catch (error) {
        await handle.close().catch(() => {})
        throw error
      }
      await handle.close()
      controller.close()
      request.respond(0)
    },
    async cancel() {
      await (await opened)?.close()
    },
  })
}
