import { table } from '../report.js'
import type { Facts } from './facts.js'
import type { Peer } from './peers.js'
import { behaviours, costs, isBetter, type Row } from './rows.js'

/** An app with what was measured of it, or why there is nothing. */
export interface Compared {
  readonly peer: Pick<Peer, 'id' | 'name' | 'dependencies' | 'devDependencies' | 'pages' | 'remark'>
  readonly facts: Facts | string
}

/** The whole comparison as Markdown. The others are held against Sealform. */
export function comparison(all: readonly Compared[], machine: readonly string[]): string {
  const missing = all.flatMap(({ peer, facts }) =>
    typeof facts === 'string' ? [`${peer.name} is missing: ${facts.split('\n', 1)[0]}`] : [],
  )
  return [
    machine.join('  \n'),
    ...missing,
    `### What it costs\n\n${rowsTable(costs, all)}`,
    `### What it does\n\n${rowsTable(behaviours, all)}`,
    `▲ marks what is better than Sealform in the same row, by more than a twentieth. Of two figures, the best one counts.`,
    `### The apps\n\n${appsTable(all)}`,
  ].join('\n\n')
}

export function rowsTable(rows: readonly Row[], all: readonly Compared[]): string {
  const measured = all.flatMap(({ peer, facts }) => (typeof facts === 'string' ? [] : [{ peer, facts }]))
  const own = measured.find(({ peer }) => peer.id === 'sealform')
  return table(
    ['', ...measured.map(({ peer }) => peer.name)],
    rows.map((row) => [
      row.title,
      ...measured.map(({ facts }) => {
        const better = own !== undefined && isBetter(row, facts, own.facts)
        return better ? `${row.cell(facts)} ▲` : row.cell(facts)
      }),
    ]),
  )
}

function appsTable(all: readonly Compared[]): string {
  return table(
    ['', 'packages', 'written after', 'remark'],
    all.map(({ peer }) => [
      peer.name,
      Object.entries({ ...peer.dependencies, ...peer.devDependencies })
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
      peer.pages.map((page) => `[${nameOf(page)}](${page})`).join(', '),
      peer.remark,
    ]),
  )
}

function nameOf(page: string): string {
  return page.replace(/^https:\/\/(?:www\.)?/, '').replace(/\/$/, '')
}

const start = '<!-- comparison: written by npm run compare -- --write -->'
const end = '<!-- end of the comparison -->'

/**
 * Puts the comparison between the two markers of a page.
 *
 * @throws Error when the page does not have both
 */
export function replaceBetween(page: string, text: string): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`The page needs "${start}" and, below it, "${end}".`)
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`
}
