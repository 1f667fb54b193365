import { table } from '../report.js'
import { formatSpread, spreadOf } from '../statistics.js'
import { type NextFigures, nextRatios } from './measure-next.js'
import { kindWords, pages } from './rivals.js'

const heading = `### next

Pages with React 19.3: an app of Sealform on node:http, and one of Next.js 16.4 whose list is made of server components. Both render the page for each request, and
their action returns a state. CPU µs of the server's process per request, user and system.`

/** The comparison with Next.js, as Markdown. */
export function nextTable(all: readonly NextFigures[]): string {
  const rows = all.map((figures) => [
    pages[figures.page],
    kindWords[figures.kind],
    formatSpread(spreadOf(figures.sealform), 0),
    formatSpread(spreadOf(figures.next), 0),
    formatSpread(spreadOf(nextRatios(figures)), 1),
  ])
  return [heading, '', table(['', '', 'Sealform', 'Next.js', 'Next.js ÷ Sealform'], rows)].join('\n')
}

export function missingNext(why: string): string {
  return `${heading}\n\nNext.js could not be measured: ${why}`
}
