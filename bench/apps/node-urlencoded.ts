import type { IncomingMessage } from 'node:http'
import { answerWith } from './node-answer.js'
import { serve } from './serve.js'

serve(answerWith(readWhole))

/** Reads urlencoded bodies only: the cheapest way to read a form. */
async function readWhole(request: IncomingMessage): Promise<Record<string, string>> {
  const text = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', reject)
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
  })
  return Object.fromEntries(new URLSearchParams(text))
}
