/** Headers that describe a body or where to find another. They are taken back when the body that they were set for is not sent. */
export const contentHeaders: readonly string[] = [
  'content-type',
  'content-length',
  'content-disposition',
  'content-encoding',
  'content-range',
  'transfer-encoding',
  'trailer',
  'etag',
  'last-modified',
  'location',
]
