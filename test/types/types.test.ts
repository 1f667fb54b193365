import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compile } from '../docs/project.js'
import { completionsAt } from './editor.js'

const texts = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}: string`).join('; ')

/** An action with 50 fields, 20 of them nested. The schema is a type alone, so that no library's types count. */
const app = `
import { createActions, redirect, type StandardSchemaV1 } from 'sealform'
import type { SealformContext } from 'sealform/koa'
interface Order {
  ${texts('field', 30)}
  address: { ${texts('line', 5)} }
  items: { ${texts('part', 10)}; maker: { ${texts('name', 5)} } }[]
}
declare const input: StandardSchemaV1<Order, Order>
declare const short: StandardSchemaV1<{ title: string; note?: string; due: Date }, object>
declare const ctx: SealformContext
const actions = createActions()
const order = actions.define('order', { limits: { depth: 3 }, input, run: async (_submission, _list: string) => redirect('/') })
const form = ctx.form(order.bind(null, 'a'))
const note = ctx.form(actions.define('note', { input: short, run: () => ({ count: 1 }) }))
`

const wrong = `${app}
note.input('titel')
ctx.form(order)
ctx.form(actions.define('count', () => ({ count: 1 })), { initial: { count: 'none' } })
ctx.form<{ count: string }>(order.bind(null, 'a'))
form.input('titel')
form.input(\`items[\${Math.random()}].maker.name1\`)
`

describe('the types of forms', () => {
  const { output } = compile('types-of-forms', new Map([['app.ts', wrong]]), { extendedDiagnostics: true })
  const lines = output.split('\n').filter((line) => line.startsWith('app.ts('))
  const messages = lines.map((line) => line.replace(/^.*? error /, ''))

  it('say in one line what is wrong', () => {
    const [name, unbound, initial, state, long] = messages
    assert.equal(messages.length, 5, output)
    assert.equal(
      name,
      `TS2345: Argument of type '"titel"' is not assignable to parameter of type '"due" | "note" | "title"'.`,
    )
    assert.match(
      unbound!,
      /^TS2345: Argument of type 'Action<.*' is not .* type 'Submittable<unknown, string>'\.$/,
    )
    assert.equal(initial, "TS2322: Type 'string' is not assignable to type 'number'.")
    assert.match(state!, /^TS\d+: .*'\{ count: string; \}' .*'Submittable<unknown, string>'/)
    // The compiler shortens long lists by itself.
    assert.match(long!, /^TS2345: .* type '"address" \| "address\.line0" \| .* more \.\.\. \| .*'\.$/)
    assert.ok(long!.length < 500, long)
    assert.doesNotMatch(output, /FieldNames|NamesBelow/)
  })

  it('cost the compiler little with a schema of 50 fields', () => {
    const instantiations = Number(/^Instantiations: +(\d+)/m.exec(output)?.[1])
    // It was 3755. Names that are followed without an end cost millions.
    assert.ok(instantiations < 20_000, output)
  })

  it('let an editor complete names', async () => {
    const text = `${app}form.input('')\n`
    const { folder } = compile('types-in-an-editor', new Map([['app.ts', text]]))
    const place = { line: text.split('\n').length - 2, character: "form.input('".length }
    const names = await completionsAt(join(folder, 'app.ts'), text, place)
    for (const name of [
      'field0',
      'field29',
      'address',
      'address.line4',
      'address[line4]',
      'items',
      'items[]',
    ]) {
      assert.ok(names.includes(name), `${name} is missing: ${names.join(' ')}`)
    }
    assert.equal(names.length, 43)
  })
})
