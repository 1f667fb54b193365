/**
 * Inserts HTML after the tag that holds a mark, in the bytes or the text of a page. The mark is text that no encoding of HTML
 * changes. Returns `undefined` when the page does not have it.
 */
export function insertNotice(page: string, mark: string, notice: string): string | undefined
export function insertNotice(page: Buffer, mark: string, notice: string): Buffer | undefined
export function insertNotice(page: string | Buffer, mark: string, notice: string): string | Buffer | undefined
export function insertNotice(
  page: string | Buffer,
  mark: string,
  notice: string,
): string | Buffer | undefined {
  const start = page.indexOf(mark)
  const end = start === -1 ? -1 : page.indexOf('>', start)
  if (end === -1) return undefined
  return typeof page === 'string'
    ? page.slice(0, end + 1) + notice + page.slice(end + 1)
    : Buffer.concat([page.subarray(0, end + 1), Buffer.from(notice), page.subarray(end + 1)])
}
