import { loadOptional } from '../base/optional-package.js'
import { type FileRule, matchesType } from './file-rules.js'
import { StreamedFile } from './streamed-file.js'
import { aliasesOf, type FileKind } from './type-aliases.js'

/** The part of the package `file-type` that Sealform uses. */
interface Library {
  fileTypeFromBuffer(content: Uint8Array): Promise<Sniffed | undefined>
  fileTypeFromBlob(content: Blob): Promise<Sniffed | undefined>
  fileTypeFromStream(content: ReadableStream<Uint8Array>): Promise<Sniffed | undefined>
  readonly supportedMimeTypes: ReadonlySet<string>
  readonly supportedExtensions: ReadonlySet<string>
}

interface Sniffed {
  readonly ext: string
  readonly mime: string
}

let library: Library | undefined

/**
 * Loads the package for sniffing when an action is defined, as all packages: see loadPackages().
 *
 * @param where the name of the field in the message, for example `actions.define('upload') "files": avatar`
 * @returns the library; its types are ours, so that this compiles without the package
 * @throws SealformError `ERR_OPTION_INVALID` when the package `file-type` is not installed
 */
export function requireSniffing(where: string): Library {
  library ??= loadOptional<Library>(`${where}: "sniff"`, 'file-type@21')
  return library
}

/**
 * Tells whether the content of a file matches one of the types of its rule. For a type without a signature, such as
 * `text/plain`, the sender's claim counts if the content is text or has no known signature.
 *
 * @param claim the name and type that the sender claims
 * @param content a Blob, of which only the needed bytes are read, or the first bytes
 */
export async function matchesContent(
  rule: Pick<FileRule, 'types'>,
  claim: FileKind,
  content: Blob | Uint8Array,
): Promise<boolean> {
  const library = requireSniffing('a file rule')
  const sniffed = await sniff(library, content)
  if (sniffed && rule.types.some((type) => contentIs(type, sniffed, claim))) return true
  const claimed = rule.types.filter((type) => !hasSignature(library, type) && matchesType(type, claim))
  if (claimed.length === 0) return false
  if (await isText(content)) return true
  return sniffed === undefined && !claimed.every((type) => type.startsWith('text/'))
}

async function sniff(library: Library, content: Blob | Uint8Array): Promise<Sniffed | undefined> {
  if (content instanceof Uint8Array) return library.fileTypeFromBuffer(content)
  // A Blob is read here and there, for which a streamed file would be opened each time.
  if (content instanceof StreamedFile) return library.fileTypeFromStream(content.stream())
  return library.fileTypeFromBlob(content)
}

function contentIs(type: string, { ext, mime }: Sniffed, claim: FileKind): boolean {
  if (matchesType(spelled(type), { type: mime, name: `file.${ext}` })) return true
  return containers.get(mime)?.test(type) === true && matchesType(type, claim)
}

/** Returns the extension that the library uses for a format with several, or the type as it is. */
function spelled(type: string): string {
  return spellings.get(type) ?? type
}

const spellings = new Map([
  ['.aiff', '.aif'],
  ['.jpeg', '.jpg'],
  ['.mpeg', '.mpg'],
  ['.tiff', '.tif'],
])

/** Formats that the library cannot always distinguish from their container format. */
const containers = new Map([
  ['application/xml', /^text\/xml$|\+xml$|^\.svg$/],
  [
    'application/zip',
    /\+zip$|^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\.|^\.(?:docx|xlsx|pptx|od[tsp]|epub)$/,
  ],
  ['application/x-cfb', /^application\/(?:msword|vnd\.ms-(?:excel|powerpoint))$|^\.(?:doc|xls|ppt)$/],
])

function hasSignature({ supportedMimeTypes, supportedExtensions }: Library, type: string): boolean {
  const name = spelled(type)
  if (name === 'text/*' || containers.get('application/xml')?.test(name)) return false
  if (name.endsWith('/*')) return true
  if (containers.get('application/x-cfb')?.test(name)) return true
  return name.startsWith('.')
    ? supportedExtensions.has(name.slice(name.lastIndexOf('.') + 1))
    : aliasesOf(name).some((alias) => supportedMimeTypes.has(alias))
}

/** Tells whether content is text, as browsers do: MIME Sniffing Standard, section 7.2, on its first 1445 bytes. */
async function isText(content: Blob | Uint8Array): Promise<boolean> {
  const head =
    content instanceof Uint8Array
      ? content.subarray(0, 1445)
      : new Uint8Array(await content.slice(0, 1445).arrayBuffer())
  const [a, b] = head
  if ((a === 0xfe && b === 0xff) || (a === 0xff && b === 0xfe)) return true
  return !head.some(
    (byte) =>
      byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f),
  )
}
