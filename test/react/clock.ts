// The clock of an app under test. The test sets it forward, by a message with the milliseconds, so that it need not wait until a seal
// has expired.

const now = Date.now
let ahead = 0

Date.now = () => now() + ahead
process.on('message', (milliseconds) => {
  ahead += Number(milliseconds)
  process.send?.(ahead)
})
