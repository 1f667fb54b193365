/** Returns the milliseconds of processor time that work takes. Other load on the machine hardly changes it. */
export function processorTime(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
