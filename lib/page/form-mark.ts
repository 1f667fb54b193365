import { randomBytes } from 'node:crypto'

/** Random bytes of a mark: nobody guesses one and puts it into another visitor's page. Three bytes are four characters. */
const markBytes = 12
const markLength = (markBytes / 3) * 4

/** One call to the system's random generator costs as much as a whole seal, so one call makes 256 marks. */
const atOnce = 256
let marks = ''
let next = 0

/** Makes a text of base64url that nothing else prints. */
export function takeMark(): string {
  if (next === marks.length) {
    marks = randomBytes(atOnce * markBytes).toString('base64url')
    next = 0
  }
  next += markLength
  return marks.slice(next - markLength, next)
}
