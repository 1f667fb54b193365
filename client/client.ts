import { watchInput } from './automatic.js'
import { end, underway } from './running.js'
import { takeOver } from './take-over.js'

// The browser script. It takes over the forms that carry a seal, and needs no other script and no inline code.

export type { SealformAnswer, SealformEvents } from './events.js'

addEventListener('submit', takeOver)
addEventListener('input', watchInput)
addEventListener('change', watchInput)
addEventListener('compositionend', watchInput)
// The browser may keep the page for the way back. It is no longer left then.
addEventListener('pagehide', () => end(underway))
