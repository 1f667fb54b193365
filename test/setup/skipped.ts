import type { TestEvent } from 'node:test/reporters'

/**
 * Reports skipped tests, and fails the run for them where `CI` is set. A test that is
 * skipped on every machine protects nothing, and is easy to overlook.
 */
export default async function* skipped(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let count = 0
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.skip === undefined && data.todo === undefined) continue
    count++
    const word = data.skip === undefined ? 'to do' : 'skipped'
    yield `${word}: ${data.name} (${data.file}:${data.line})\n`
  }
  if (count === 0 || !process.env.CI) return
  process.exitCode = 1
  yield `${count} of the tests did not run, and CI is set: that counts as a failure.\n`
}
