/** ext4, APFS and most others take 255 bytes; NTFS counts characters, which are never more. */
const longestName = 255

/** Longer ones are text after a dot rather than an extension, and are cut like the rest. */
const longestExtension = 32

/**
 * Control characters, line separators, lone surrogates, and what shows nothing at all: zero-width and bidirectional
 * characters, fillers, tags. `invoice\u202Efdp.exe` would read `invoiceexe.pdf`.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu

/** Names that Windows gives to devices, whatever extension follows. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i

/**
 * Makes of a name that a sender gave one that can be shown and joined to a path: the last segment, in NFC, without
 * control, separator, bidirectional or zero-width characters, no device of Windows, and at most 255 bytes of UTF-8
 * with its extension kept.
 *
 * @returns `'file'` when nothing is left
 * @example safeFileName('..\\..\\Ünï\u202Ecode.png') // 'Ünïcode.png'
 */
export function safeFileName(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  // A colon parts a drive, or a stream of NTFS, from a name.
  const seen = base
    .replace(unseen, '')
    .replace(/^[a-z]:/i, '')
    .replaceAll(':', '_')
    .normalize('NFC')
  const whole = trimmed(seen)
  if (whole === '') return 'file'
  return cut(device.test(whole) ? `_${whole}` : whole)
}

/** Windows drops dots and spaces at the end, so that two names would become one. */
function trimmed(name: string): string {
  let end = name.length
  while (end > 0 && /[.\p{Zs}]/u.test(name[end - 1]!)) end--
  let start = 0
  while (start < end && /\p{Zs}/u.test(name[start]!)) start++
  return name.slice(start, end)
}

function cut(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= longestExtension ? name.slice(dot) : ''
  const stem = name.slice(0, name.length - extension.length)
  return `${trimmed(firstBytes(stem, longestName - Buffer.byteLength(extension)))}${extension}`
}

/** As many whole characters from the start as fit. */
function firstBytes(text: string, limit: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > limit) break
    end += character.length
  }
  return text.slice(0, end)
}
