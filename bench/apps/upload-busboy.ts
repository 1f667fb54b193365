import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import { directory, largestFile, serveUploads } from './upload-files.js'

// The simplest way to write files to disk: no protection, no page, no error handling.
let count = 0

serveUploads((request, response) => {
  if (request.method === 'POST') void take(request, response)
  else response.end('<form></form>')
})

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const paths = await store(request)
  response.writeHead(303, { Location: '/done', 'Content-Length': 0 }).end()
  for (const path of paths) await rm(path)
}

async function store(request: IncomingMessage): Promise<string[]> {
  const parser = busboy({ headers: request.headers, limits: { fileSize: largestFile } })
  const paths: string[] = []
  const written: Promise<void>[] = []
  parser.on('file', (_name, stream) => {
    const path = join(directory, String(count++))
    paths.push(path)
    written.push(pipeline(stream, createWriteStream(path)))
  })
  await pipeline(request, parser)
  await Promise.all(written)
  return paths
}
