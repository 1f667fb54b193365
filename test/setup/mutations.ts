/** Returns a whole number from 0 to below its argument. */
export type Numbers = (below: number) => number

/** Generates the same numbers in every run, so that a failure can be repeated (Marsaglia's xorshift32). The seed is not 0. */
export function numbers(seed: number): Numbers {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Pieces that mean something to one reader or another. */
export const words = [
  '&',
  '=',
  '%',
  '+',
  '%00',
  '%ff',
  '%0d%0a',
  '\0',
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '--XX',
  '--XX--',
  '--',
  '"',
  '\\"',
  ';',
  ':',
  ' ',
  'sealform',
  'sealform=',
  'sealform.submit',
  'sealform.state',
  'sealform.form',
  '&sealform=',
  '__proto__',
  'constructor',
  '[',
  ']',
  '.',
  'name=',
  'filename="x"',
  'Content-Disposition: form-data; name="a"',
  'Content-Type: ',
  'charset=utf-16',
  'boundary=',
  'multipart/mixed',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 5\r\n',
  'Host: x\r\n',
  'Origin: null\r\n',
  'Expect: 100-continue\r\n',
  '0\r\n\r\n',
  'ffffffff',
  '\xff\xfe',
  '\xed\xa0\x80',
  '\xc0\x80',
  '\xef\xbb\xbf',
  'A'.repeat(300),
  '<script>',
  '//',
  '/../',
  '?',
]

/** Changes, inserts and removes pieces at up to four places from `from` on. */
export function mutated(bytes: Buffer, from: number, next: Numbers): Buffer {
  let text = bytes.toString('latin1')
  for (let changes = 1 + next(4); changes > 0; changes--) {
    const at = from + next(text.length - from)
    const length = next(3) === 0 ? next(40) : next(3)
    const word = words[next(words.length)] ?? ''
    const [before, cut, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)]
    const middle = [word, word + cut, cut + cut, String.fromCharCode(next(256)), ''][next(5)]
    text = before + middle + after
  }
  return Buffer.from(text, 'latin1')
}
