import { isUtf8 } from 'node:buffer'
import { isUtf8Label, parseMediaType } from './media-type.js'
import { type BodyRefusal, malformed, type PartHeaders } from './reading.js'

const plain = 'Content-Disposition: form-data; name="'
const line = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/
const visible = /^[\t\x20-\x7e\x80-\xff]*$/
const parameter =
  /;[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"([^"]*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))[ \t]*(?=;|$)/y

/**
 * Parses the header block of a part strictly: it refuses any syntax that it does not know.
 *
 * @param block the bytes between the line of the delimiter and the empty line, as latin1
 * @see RFC 7578 section 4.2. Names follow the multipart/form-data encoding of the HTML standard: only `%0A`, `%0D` and
 * `%22` are escapes, and a backslash has no special meaning
 */
export function parsePartHeaders(block: string): PartHeaders | BodyRefusal {
  if (
    block.startsWith(plain) &&
    block.indexOf('"', plain.length) === block.length - 1 &&
    visible.test(block)
  ) {
    return described(block.slice(plain.length, -1), undefined, undefined)
  }
  let disposition: string | undefined
  let type: string | undefined
  let transfer: string | undefined
  for (const text of block.split('\r\n')) {
    const match = line.exec(text)
    if (!match) return malformed('a part header is not "name: value" on one line')
    const name = match[1]!.toLowerCase()
    const value = trimmed(match[2]!)
    if (name === 'content-disposition') {
      if (disposition !== undefined) return malformed('a part has two Content-Disposition headers')
      disposition = value
    } else if (name === 'content-type') {
      if (type !== undefined) return malformed('a part has two Content-Type headers')
      type = value
    } else if (name === 'content-transfer-encoding') {
      if (transfer !== undefined) return malformed('a part has two Content-Transfer-Encoding headers')
      transfer = value
    }
  }
  if (disposition === undefined) return malformed('a part has no Content-Disposition')
  // RFC 7578 section 4.7 deprecates transfer encodings. These three do not change the bytes.
  if (transfer !== undefined && !/^(?:7bit|8bit|binary)$/i.test(transfer)) {
    return {
      status: 415,
      reason: 'encoding',
      detail: 'a part has a Content-Transfer-Encoding other than 7bit, 8bit or binary',
    }
  }
  return parseDisposition(disposition, type)
}

function parseDisposition(disposition: string, type: string | undefined): PartHeaders | BodyRefusal {
  const kind = /^form-data[ \t]*(?=;|$)/i.exec(disposition)
  if (!kind) return malformed('the Content-Disposition of a part is not form-data')
  let name: string | undefined
  let filename: string | undefined
  parameter.lastIndex = kind[0].length
  while (parameter.lastIndex < disposition.length) {
    const found = parameter.exec(disposition)
    if (!found) return malformed('the Content-Disposition of a part has a malformed parameter')
    const value = found[2] ?? found[3] ?? ''
    const key = found[1]!.toLowerCase()
    if (key === 'name' && name === undefined) name = value
    else if (key === 'filename' && filename === undefined) filename = value
    else
      return malformed(
        'the Content-Disposition of a part has a duplicate parameter, or one other than name and filename',
      )
  }
  if (name === undefined) return malformed('a part has no name')
  return described(name, filename, type)
}

function described(
  name: string,
  filename: string | undefined,
  type: string | undefined,
): PartHeaders | BodyRefusal {
  // Browsers do not submit controls without a name, so they never send an empty name.
  if (name === '') return malformed('a part has an empty name')
  const readName = unescaped(name)
  const readFile = filename === undefined ? undefined : unescaped(filename)
  if (readName === undefined || (filename !== undefined && readFile === undefined)) {
    return malformed('the name or filename of a part is not UTF-8')
  }
  if (type === undefined) return { name: readName, filename: readFile, type: 'text/plain', charset: false }
  const media = parseMediaType(type)
  if (!media) return malformed('the Content-Type of a part is malformed')
  const charset = media.parameters.get('charset')
  if (charset !== undefined && !isUtf8Label(charset)) {
    return { status: 415, reason: 'charset', detail: 'a part has a charset other than UTF-8' }
  }
  if (media.type.startsWith('multipart/')) {
    return {
      status: 415,
      reason: 'nested',
      detail: 'a part is itself multipart, which RFC 7578 deprecates',
    }
  }
  return { name: readName, filename: readFile, type: media.type, charset: charset !== undefined }
}

function unescaped(text: string): string | undefined {
  let read = text
  if (/[\x80-\xff]/.test(text)) {
    const bytes = Buffer.from(text, 'latin1')
    if (!isUtf8(bytes)) return undefined
    read = bytes.toString()
  }
  if (!read.includes('%')) return read
  return read.replace(/%0A|%0D|%22/gi, (code) => (code === '%22' ? '"' : /a$/i.test(code) ? '\n' : '\r'))
}

/** Removes spaces and tabs at both ends, in linear time. */
function trimmed(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && (value[start] === ' ' || value[start] === '\t')) start++
  while (end > start && (value[end - 1] === ' ' || value[end - 1] === '\t')) end--
  return value.slice(start, end)
}
