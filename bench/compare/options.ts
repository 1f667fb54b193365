import { parseArgs } from 'node:util'
import { type Peer, peers } from './peers.js'

export const usage = `npm run compare                       all apps; prints the comparison
npm run compare -- --write            the same, and puts it into docs/guide/comparison.md
npm run compare -- --only koa,express some of ${peers.map(({ id }) => id).join(', ')}; Sealform is always there`

export interface Options {
  readonly write: boolean
  readonly peers: readonly Peer[]
}

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { write: { type: 'boolean', default: false }, only: { type: 'string' } },
    })
    const ids = values.only?.split(',')
    const stranger = ids?.find((id) => !peers.some((peer) => peer.id === id))
    if (stranger !== undefined) return `There is no app "${stranger}".`
    if (values.write && ids) return 'Only the whole comparison can be written.'
    const chosen = peers.filter(({ id }) => id === 'sealform' || !ids || ids.includes(id))
    return { write: values.write, peers: chosen }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
