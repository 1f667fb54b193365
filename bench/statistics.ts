/** A median, and the quartiles around it. */
export interface Spread {
  readonly median: number
  readonly lower: number
  readonly upper: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((x, y) => x - y)
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75) }
}

/** Interpolates between two neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The mean of the lowest fifth. What else runs on a machine only adds to a time, so the lowest are the truest. */
export function bestOf(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y)
  const best = sorted.slice(0, Math.max(1, Math.floor(sorted.length / 5)))
  return best.reduce((sum, value) => sum + value, 0) / best.length
}

/** `0.97 (0.93–1.02)` */
export function formatSpread({ median, lower, upper }: Spread, digits: number): string {
  const text = (value: number) => value.toFixed(digits)
  return lower === upper ? text(median) : `${text(median)} (${text(lower)}–${text(upper)})`
}
