/** ext4, APFS and most other file systems allow 255 bytes. NTFS counts characters, of which there are never more. */
const longestName = 255

/** A longer text after a dot is not an extension, and is cut like the rest of the name. */
const longestExtension = 32

/**
 * Control characters, line separators, lone surrogates, and invisible characters: zero-width and bidirectional
 * characters, fillers, tags. With them, `invoice\u202Efdp.exe` is displayed as `invoiceexe.pdf`.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu

/** Names of Windows devices, with any extension. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i

/**
 * Makes a name from the sender safe to show and to join to a path. Takes the last segment, in NFC, without control,
 * separator, bidirectional or zero-width characters. Changes names of Windows devices. Cuts the name to 255 bytes of
 * UTF-8 and keeps its extension.
 *
 * @returns `'file'` when nothing is left
 * @example safeFileName('..\\..\\Ünï\u202Ecode.png') // 'Ünïcode.png'
 */
export function safeFileName(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  // A colon separates a drive or an NTFS stream from a name.
  const seen = base
    .replace(unseen, '')
    .replace(/^[a-z]:/i, '')
    .replaceAll(':', '_')
    .normalize('NFC')
  const visible = trimmed(seen)
  if (visible === '') return 'file'
  return cut(device.test(visible) ? `_${visible}` : visible)
}

/** Removes dots and spaces at the end. Windows drops them, so two different names would become the same. */
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

/** Returns as many whole characters from the start as fit into `limit` bytes. */
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
