import { createCipheriv } from 'node:crypto'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { answer, cpuMicroseconds, type UploadJob } from './exchange.js'

/** Sends large uploads. It writes the same megabyte repeatedly, so that it costs less than any server that reads it. */
answer({
  cpu: cpuMicroseconds,
  async upload(job) {
    const start = performance.now()
    await Promise.all(Array.from({ length: job.uploads }, () => send(job)))
    return { seconds: (performance.now() - start) / 1000 }
  },
})

// Bytes without a pattern, like pictures and archives, with line breaks at random places. They are the same in every
// run.
const zeros = Buffer.alloc(1024 * 1024)
const piece = createCipheriv('aes-128-ctr', zeros.subarray(0, 16), zeros.subarray(0, 16)).update(zeros)

/** Resolves with the answer, which may come before everything is sent. */
function send({ port, before, after, bytes, status }: UploadJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    let left = bytes
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      text += chunk
      if (!text.includes('\r\n\r\n')) return
      socket.destroy()
      if (text.startsWith(`HTTP/1.1 ${status} `)) resolve()
      else reject(new Error(`expected ${status}, got:\n${text.slice(0, 2000)}`))
    })
    // A server may close the connection after its answer.
    socket.on('error', (error) => text === '' && reject(error))
    socket.on('close', () => reject(new Error('the server closed the connection without an answer')))
    socket.on('drain', flow)
    socket.write(before, 'latin1')
    flow()

    function flow(): void {
      while (left > 0) {
        const length = Math.min(left, piece.length)
        left -= length
        const more = socket.write(length === piece.length ? piece : piece.subarray(0, length))
        if (left === 0) socket.write(after, 'latin1')
        if (!more) return
      }
    }
  })
}
