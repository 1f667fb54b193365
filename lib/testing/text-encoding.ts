import { refuse } from './refuse.js'

/** How the text of a page becomes bytes. */
export interface TextEncoding {
  /** As browsers name it, for `_charset_`. */
  readonly name: string
  /** Characters that the encoding does not have become `&#…;`, as in a form that a browser sends. */
  encode(text: string): Buffer
}

export const utf8: TextEncoding = { name: 'UTF-8', encode: (text) => Buffer.from(text, 'utf8') }

/**
 * Finds the encoding in which a form is sent: the first known one in `accept-charset`, else that of the page.
 *
 * @throws SealformError `ERR_BROWSER_REFUSED` when that one is neither UTF-8 nor of one byte for each character
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#picking-an-encoding-for-the-form
 */
export function formEncoding(acceptCharset: string | undefined, pageEncoding: string): TextEncoding {
  if (acceptCharset === undefined) return encodingOf(pageEncoding)
  const labels = acceptCharset.split(/[\t\n\f\r ]+/).filter((label) => decoderOf(label))
  return encodingOf(labels[0] ?? 'utf-8')
}

/** Finds the encoding that a page declares in its headers or in its HTML, by its name for decoders. */
export function pageEncoding(contentType: string, body: Buffer): string {
  if (body.subarray(0, 3).equals(byteOrderMark)) return 'utf-8'
  const declared = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]
  const head = body.toString('latin1', 0, 1024)
  const inPage = /<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(head)?.[1]
  const decoder = decoderOf(declared) ?? decoderOf(inPage)
  if (decoder)
    return decoder.encoding.startsWith('utf-16') && !decoderOf(declared) ? 'utf-8' : decoder.encoding
  // Browsers detect the encoding of a page that declares none: UTF-8 where it is valid, else windows-1252.
  const ascii = body.every((byte) => byte < 0x80)
  return !ascii && isUtf8(body) ? 'utf-8' : 'windows-1252'
}

/** Decodes a page. */
export function decodePage(encoding: string, body: Buffer): string {
  const text = new TextDecoder(encoding).decode(body)
  return encoding === 'windows-1252'
    ? text.replace(/[\x80-\x9f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80]!)
    : text
}

// Node 20 takes windows-1252 for ISO-8859-1: these are the characters from 0x80 to 0x9f.
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

function decoderOf(label: string | undefined): InstanceType<typeof TextDecoder> | undefined {
  if (label === undefined) return undefined
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function encodingOf(label: string): TextEncoding {
  const { encoding } = new TextDecoder(label)
  // Forms are never sent in UTF-16 (Encoding standard, "get an output encoding").
  if (encoding === 'utf-8' || encoding.startsWith('utf-16')) return utf8
  const bytes = singleBytes(encoding)
  if (!bytes) refuse(`Forms in ${encoding} cannot be sent from here; use UTF-8 for the page.`)
  return {
    name: /^(iso|koi|ibm)/.test(encoding) ? encoding.toUpperCase() : encoding,
    encode: (text) =>
      Buffer.concat(
        [...Buffer.from(text).toString()].map((character) => {
          const byte = bytes.get(character)
          return byte === undefined ? Buffer.from(`&#${character.codePointAt(0)};`) : Buffer.of(byte)
        }),
      ),
  }
}

/** Makes a table for encoding from Node's decoder; `undefined` when a character can take several bytes. */
function singleBytes(encoding: string): ReadonlyMap<string, number> | undefined {
  const bytes = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const character = decodePage(encoding, Buffer.of(byte))
    if (character !== '\ufffd') bytes.set(character, byte)
  }
  return bytes.size > 200 && multiByte.test(encoding) === false ? bytes : undefined
}

const multiByte = /^(gb|big5|euc|shift|iso-2022|replacement)/
