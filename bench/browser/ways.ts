import { createRequire } from 'node:module'

/** A way to send a form: without a script, with ours, or with a library and its documented attributes. */
export interface Way {
  readonly id: string
  readonly name: string
  /** The file that the page loads. @default none */
  readonly script?: string
  /** The element that is a region. @default section */
  readonly element?: string
  /** Attributes of the form. @default none */
  readonly form?: string
}

const require = createRequire(import.meta.url)

export const ways: readonly Way[] = [
  { id: 'plain', name: 'no script' },
  { id: 'ours', name: 'sealform/client' },
  {
    id: 'turbo',
    name: 'Turbo 8',
    script: require.resolve('@hotwired/turbo/dist/turbo.es2017-umd.js'),
    element: 'turbo-frame',
  },
  {
    id: 'htmx2',
    name: 'htmx 2',
    script: require.resolve('htmx.org/dist/htmx.min.js'),
    form: 'hx-post="" hx-target="#rows" hx-swap="outerHTML"',
  },
  {
    id: 'htmx4',
    name: 'htmx 4',
    script: require.resolve('htmx4/dist/htmx.min.js'),
    form: 'hx-post="" hx-target="#rows" hx-swap="outerMorph"',
  },
  {
    id: 'unpoly',
    name: 'Unpoly 3',
    script: require.resolve('unpoly/unpoly.min.js'),
    form: 'up-submit up-target="#rows"',
  },
]
