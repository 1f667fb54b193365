const numbers = new Intl.NumberFormat('en')

/** A size to the byte, such as `120,260 bytes`. */
export function sizeText(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${numbers.format(bytes)} bytes`
}
