/**
 * Returns the place from which a function was called, such as `file:///srv/app/todos.js:12:5`. For development: it takes a
 * stack trace.
 *
 * @param called a function on the stack. Its frame and those above it do not count
 */
export function callSiteOf(called: (...given: never[]) => unknown): string | undefined {
  const trace: { stack?: string } = {}
  Error.captureStackTrace(trace, called)
  const line = trace.stack?.split('\n')[1]?.trim()
  return line?.replace(/^at (?:.* \()?(.*?)\)?$/, '$1')
}
