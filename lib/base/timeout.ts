/**
 * Waits for a promise for a limited time. Rejects when the time is up; the work behind the promise goes on.
 *
 * @param limit milliseconds
 */
export async function withTimeout<Result>(promise: Promise<Result>, limit: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no answer within ${limit} ms.`)), limit)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
