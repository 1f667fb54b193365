/**
 * Splits content into pieces of one size; only the last may be smaller. Empty content is one empty piece. The memory of a chunk
 * is copied: its source may use it again when the next one is requested.
 *
 * @param size bytes of a piece
 */
export async function* splitContent(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ readonly piece: Buffer; readonly last: boolean }> {
  let collected: Buffer[] = []
  let length = 0
  for await (const chunk of content) {
    collected.push(Buffer.from(chunk))
    length += chunk.length
    if (length <= size) continue
    const all = Buffer.concat(collected, length)
    let start = 0
    for (; all.length - start > size; start += size) {
      yield { piece: all.subarray(start, start + size), last: false }
    }
    collected = [all.subarray(start)]
    length = all.length - start
  }
  yield { piece: Buffer.concat(collected, length), last: true }
}
