import { table } from '../report.js'
import { formatSpread, spreadOf } from '../statistics.js'
import type { BrowserFigures } from './figures.js'

/** What visitors get, as Markdown. */
export function browserTables({ version, sizes, ways, missing }: BrowserFigures): string {
  const files = table(
    ['file', 'bytes', 'gzipped'],
    sizes.map(({ name, bytes, gzipped }) => [name, String(bytes), String(gzipped)]),
  )
  const updates = table(
    [
      '',
      'scripts, bytes',
      '20 rows, slow: ms to the new row',
      'bytes',
      '1000 rows: ms to the new row',
      'rows that stay',
    ],
    ways.map(({ name, throttled, many }) => [
      name,
      String(throttled.scriptBytes),
      spread(throttled.updates.map(({ milliseconds }) => milliseconds)),
      spread(throttled.updates.map(({ bytes }) => bytes)),
      many ? spread(many.updates.map(({ milliseconds }) => milliseconds)) : '',
      many ? spread(many.updates.map(({ kept }) => kept)) : '',
    ]),
  )
  const note = missing === undefined ? [] : ['', `Next.js could not be measured: ${missing}`]
  return ['### browser', '', words(version), '', files, '', updates, ...note].join('\n')
}

function spread(values: readonly number[]): string {
  return formatSpread(spreadOf(values), 0)
}

function words(version: string): string {
  return `What a visitor's browser loads, and what a form that adds a row takes from the click to the frame that shows the row, in Chromium ${version}. Slow: 150 ms for a round trip, 1.6 Mbit/s down, 0.75 Mbit/s up. The action answers with a redirect to the page.`
}
