/** The type and name of a file, as the sender claims them or as its content shows them. */
export interface FileKind {
  readonly type: string
  readonly name: string
}

/**
 * Names of one format each, for the formats that forms take. From the aliases of shared-mime-info 2.2, the registry of
 * freedesktop.org; the first name of each is the one that IANA has registered, or the usual one. Left out are names that
 * stand for a second format as well: `audio/3gpp`, `image/heic`, `application/x-gtar`.
 *
 * @see https://gitlab.freedesktop.org/xdg/shared-mime-info/-/blob/2.2/data/freedesktop.org.xml.in
 */
const formats: readonly (readonly string[])[] = [
  ['application/geo+json', 'application/vnd.geo+json'],
  ['application/gpx+xml', 'application/gpx', 'application/x-gpx+xml', 'application/x-gpx'],
  ['application/gzip', 'application/x-gzip'],
  ['application/msword', 'application/vnd.ms-word', 'application/x-msword'],
  ['application/pdf', 'application/x-pdf', 'image/pdf', 'application/acrobat', 'application/nappdf'],
  ['application/rtf', 'text/rtf'],
  ['application/vnd.ms-excel', 'application/msexcel', 'application/x-msexcel'],
  ['application/vnd.rar', 'application/x-rar', 'application/x-rar-compressed'],
  ['application/x-bzip2', 'application/x-bzip', 'application/bzip2'],
  ['application/xml', 'text/xml'],
  ['application/zip', 'application/x-zip-compressed', 'application/x-zip'],
  ['audio/aac', 'audio/x-aac'],
  ['audio/flac', 'audio/x-flac'],
  ['audio/midi', 'audio/x-midi'],
  ['audio/mp4', 'audio/x-m4a', 'audio/m4a'],
  ['audio/mpeg', 'audio/mp3', 'audio/x-mp3', 'audio/x-mpeg', 'audio/x-mpg'],
  ['audio/ogg', 'audio/x-ogg'],
  ['audio/wav', 'audio/x-wav', 'audio/vnd.wave'],
  ['font/otf', 'application/x-font-otf'],
  ['font/ttf', 'application/x-font-ttf'],
  ['font/woff', 'application/font-woff'],
  ['image/bmp', 'image/x-bmp', 'image/x-ms-bmp'],
  // `image/jpg` is no registered alias. Some clients send it.
  ['image/jpeg', 'image/pjpeg', 'image/jpg'],
  ['image/vnd.adobe.photoshop', 'image/psd', 'image/x-psd', 'image/photoshop', 'image/x-photoshop'],
  ['image/vnd.microsoft.icon', 'image/x-icon', 'image/x-ico', 'image/ico', 'image/icon', 'application/ico'],
  ['text/calendar', 'text/x-vcalendar', 'application/ics'],
  ['text/csv', 'text/x-csv', 'text/x-comma-separated-values'],
  ['text/javascript', 'application/javascript', 'application/x-javascript'],
  ['text/markdown', 'text/x-markdown'],
  ['text/vcard', 'text/x-vcard', 'text/directory'],
  ['video/mp4', 'video/mp4v-es', 'video/x-m4v'],
  ['video/mpeg', 'video/x-mpeg', 'video/x-mpeg2'],
  ['video/ogg', 'video/x-ogg'],
  ['video/x-msvideo', 'video/vnd.avi', 'video/x-avi', 'video/avi', 'video/msvideo'],
]

const byName: ReadonlyMap<string, readonly string[]> = new Map(
  formats.flatMap((names) => names.map((name) => [name, names] as const)),
)

/**
 * What browsers on Windows call files of other programs. They take the type from the extension's `Content Type` in the
 * registry, which Office sets for these.
 */
const onWindows: readonly { readonly extension: string; readonly claim: string; readonly type: string }[] = [
  { extension: '.csv', claim: 'application/vnd.ms-excel', type: 'text/csv' },
  { extension: '.rtf', claim: 'application/msword', type: 'application/rtf' },
]

/** Returns all names of a media type in lower case: its own and its aliases. */
export function aliasesOf(type: string): readonly string[] {
  return byName.get(type) ?? [type]
}

/** Returns the type that the sender of a file claims, and the one that a browser on Windows means by it. */
export function claimedTypes({ type, name }: FileKind): readonly string[] {
  const claim = type.split(';', 1)[0]!.trim().toLowerCase()
  const named = name.toLowerCase()
  const meant = onWindows.find((one) => one.claim === claim && named.endsWith(one.extension))
  return meant ? [claim, meant.type] : [claim]
}
