/** How often an action has run. It hangs on `globalThis`, since some builds load a module twice. */
export function countRuns() {
  return globalThis.runs ?? 0
}

/** What every app checks: the same fields with the same messages. */
export function issuesOf({ title = '', quantity }) {
  const issues = {}
  if (title.trim() === '') issues.title = 'Enter a title'
  if (quantity !== undefined && !/^[1-9]\d{0,3}$/.test(quantity)) issues.quantity = 'Enter a whole number'
  return issues
}

/** Stands for the work of an action, which fails for one title. */
export function keepNote({ title }) {
  globalThis.runs = countRuns() + 1
  if (title === 'Fail') throw new Error('connect ECONNREFUSED db.internal:5432')
}
