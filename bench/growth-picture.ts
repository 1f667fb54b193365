import type { Spread } from './statistics.js'

/** What one thing costs, by how many there are. */
export interface Growth {
  readonly title: string
  /** What is counted, for the axis. */
  readonly count: string
  /** What one costs, for the axis: always in µs. */
  readonly cost: string
  readonly points: readonly { readonly count: number; readonly cost: Spread }[]
}

const width = 360
const height = 220
const margin = { left: 58, right: 14, top: 34, bottom: 42 }

/**
 * Draws one panel for each: how many there are on a logarithmic axis, and what one costs on one that begins at zero. A cost that
 * grows in a straight line lies flat.
 */
export function growthPicture(all: readonly Growth[]): string {
  const columns = 2
  const panels = all.map((growth, i) => {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height]
    return `<g transform="translate(${x} ${y})">\n${panel(growth)}\n</g>`
  })
  const size = { width: columns * width, height: Math.ceil(all.length / columns) * height }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-label="What one costs, by how many there are" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${panels.join('\n')}
</svg>
`
}

function panel({ title, count, cost, points }: Growth): string {
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom }
  const counts = points.map((point) => Math.log10(point.count))
  const [first, last] = [Math.min(...counts), Math.max(...counts)]
  const top = niceAbove(Math.max(...points.map((point) => point.cost.upper)) * 1.1)
  const xOf = (n: number) => margin.left + ((Math.log10(n) - first) / (last - first)) * inner.width
  const yOf = (value: number) => margin.top + inner.height * (1 - value / top)
  const bottom = margin.top + inner.height
  const line = points.map((point) => `${round(xOf(point.count))},${round(yOf(point.cost.median))}`).join(' ')
  return [
    `<text x="${margin.left}" y="18" font-weight="600">${title}</text>`,
    ...[0, top / 2, top].flatMap((value) => [
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${round(yOf(value))}" y2="${round(yOf(value))}" stroke="#ddd"/>`,
      `<text x="${margin.left - 6}" y="${round(yOf(value) + 4)}" text-anchor="end" fill="#444">${formatted(value)}</text>`,
    ]),
    ...points.map(
      (point) =>
        `<text x="${round(xOf(point.count))}" y="${bottom + 16}" text-anchor="middle" fill="#444">${formatted(point.count)}</text>`,
    ),
    `<text x="${margin.left + inner.width / 2}" y="${bottom + 33}" text-anchor="middle" fill="#444">${count}</text>`,
    `<text transform="translate(12 ${margin.top + inner.height / 2}) rotate(-90)" text-anchor="middle" fill="#444">${cost}</text>`,
    `<polyline points="${line}" fill="none" stroke="#0b57d0" stroke-width="2"/>`,
    ...points.map(
      (point) =>
        `<circle cx="${round(xOf(point.count))}" cy="${round(yOf(point.cost.median))}" r="3.5" fill="#0b57d0"><title>${point.cost.median.toFixed(2)}</title></circle>`,
    ),
  ].join('\n')
}

/** The next of 1, 2, 5, 10, 20 … above a value. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power
}

function formatted(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
