import { watchInput } from './automatic.js'
import { takeOver } from './take-over.js'
import { end, underway } from './underway.js'

// The browser script. It takes over the forms that carry a seal, and needs no other script and no inline code.

export type { SealformAnswer, SealformEvents } from './events.js'

addEventListener('submit', takeOver)
for (const type of ['input', 'change', 'compositionend']) addEventListener(type, watchInput)
// A page that the browser has kept for the way back is no longer left.
addEventListener('pageshow', ({ persisted }) => persisted && end(underway))
