const numbers = new Intl.NumberFormat('en')

/** Formats a size in bytes, such as `120,260 bytes`. */
export function sizeText(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${numbers.format(bytes)} bytes`
}
