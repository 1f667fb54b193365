import { randomBytes } from 'node:crypto'
import { checkForms } from './check-forms.js'

/** React prints it at the end of the shell, before the other scripts. It gives way to the data, so no page holds it. */
export const mark = `/*${randomBytes(12).toString('base64url')}*/`

const marked = `>${mark}</script>`

/**
 * Joins the pieces of a page, and puts its data where React has printed the mark, with the id that React may have given to that
 * script. The page stays the bytes that React has written: to make text of them and bytes again takes longer.
 *
 * @throws SealformError `ERR_REACT_PAGE` on a form that could not be sent
 */
export function completePage(pieces: readonly Uint8Array[], data: string): Buffer {
  const content = data.replaceAll('<', '\\u003c')
  const { page, length } = join(pieces, opening.length + Buffer.byteLength(content))
  const html = page.subarray(0, length)
  checkForms(html)
  const at = html.lastIndexOf(marked)
  if (at === -1) return html
  const from = html.lastIndexOf('<script', at)
  const id = / id="[^"]*"/.exec(html.toString('utf8', from, at))?.[0] ?? ''
  const own = Buffer.from(`${opening}${id}>${content}`)
  const rest = at + 1 + mark.length
  page.copyWithin(from + own.length, rest, length)
  page.set(own, from)
  return page.subarray(0, length - (rest - from) + own.length)
}

const opening = '<script type="application/json" data-sealform-page=""'

/** Joins pieces. Behind them stays room, so that the page does not have to be copied again. */
function join(pieces: readonly Uint8Array[], room: number): { page: Buffer; length: number } {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const page = Buffer.allocUnsafe(length + room)
  let end = 0
  for (const piece of pieces) {
    page.set(piece, end)
    end += piece.length
  }
  return { page, length }
}
