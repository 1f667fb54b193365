import { useState } from 'preact/hooks'

/** What began in one turn of the event loop. */
interface Turn {
  readonly calls: Promise<unknown>[]
  readonly ends: (() => void)[]
}

let turn: Turn | undefined

const thisTurn = (): Turn => {
  if (turn) return turn
  const begun: Turn = { calls: [], ends: [] }
  turn = begun
  queueMicrotask(async () => {
    turn = undefined
    await Promise.allSettled(begun.calls)
    for (const end of begun.ends) end()
  })
  return begun
}

/** Lets what is shown in this turn last until a call has been answered. Returns the call. */
export const noteCall = <Call extends Promise<unknown>>(call: Call): Call => {
  thisTurn().calls.push(call)
  return call
}

/**
 * Shows something before the server has answered. It is taken back when the calls have been answered that began in the same turn
 * as it; by then the new props are there.
 *
 * @param value what the server has told
 * @param reduce makes what is shown of it, and of what was added
 * @returns what to show, and the function that adds to it
 * @example
 * ```tsx
 * const [shown, addShown] = useOptimistic(todos, (list, title: string) => [...list, { id: '', title }])
 * ```
 */
export const useOptimistic = <Value, Added = Value>(
  value: Value,
  reduce: (value: Value, added: Added) => Value = (_value, added) => added as never,
): [shown: Value, add: (added: Added) => void] => {
  const [extra, setExtra] = useState<readonly { readonly added: Added }[]>([])
  const add = (added: Added) => {
    const entry = { added }
    setExtra((all) => [...all, entry])
    thisTurn().ends.push(() => setExtra((all) => all.filter((each) => each !== entry)))
  }
  return [extra.reduce((shown, { added }) => reduce(shown, added), value), add]
}
