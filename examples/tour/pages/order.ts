import { type Actions, done, flash, invalid, type Submission } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import type { FormOf } from 'sealform/koa'
import type { z } from 'zod'
import type { TourRouter } from '../app.js'
import { field } from '../field.js'
import { layout, success } from '../layout.js'
import { region } from '../region.js'
import {
  draftInput,
  emptyLine,
  type Line,
  mostLines,
  orderInput,
  pack,
  productName,
  products,
} from '../shop.js'

interface Draft extends z.output<typeof draftInput> {
  /** The line that gets the focus. */
  readonly focus?: number
  /** The number of the placed order. */
  readonly number?: number
}

const limits = { depth: 2 }

export function orderPage(router: TourRouter, actions: Actions): void {
  let runs = 0
  let orders = 0

  const place = actions.define('order', {
    once: true,
    timeout: '5s',
    limits,
    input: orderInput,
    async run({ input, signal }: Submission<z.output<typeof orderInput>, Draft>) {
      runs++
      await pack(input, signal)
      const lines = input.lines.map(({ product, quantity }) => ({ product, quantity: String(quantity) }))
      return flash({ name: input.name, lines, number: ++orders }, '/ordered')
    },
  })

  /** Adds a line. `done()` shows the form again with its input, valid or not. */
  const addLine = actions.define('order.add-line', {
    limits,
    input: draftInput,
    run({ input: { name, lines } }: Submission<z.output<typeof draftInput>, Draft>) {
      if (lines.length >= mostLines) return invalid(`${mostLines} lines are enough.`)
      return done({ name, lines: [...lines, emptyLine], focus: lines.length })
    },
  })

  const removeLine = actions.define('order.remove-line', {
    limits,
    input: draftInput,
    run({ input }: Submission<z.output<typeof draftInput>, Draft>, index: number) {
      const lines = input.lines.filter((_line, i) => i !== index)
      return done({ name: input.name, lines, focus: Math.min(index, lines.length - 1) })
    },
  })

  // The Enter key presses the first button of a form. This hidden button is first, so that Enter does not remove a
  // line.
  router.get('/order', (ctx) => {
    const form = ctx.form(place)
    const drafted = form.state?.lines.length ? form.state.lines : [emptyLine]
    const lines = form.indexes('lines', [...drafted.keys()])
    ctx.body = layout(ctx, {
      title: 'Order',
      titlePrefix: form.titlePrefix,
      path: '/order',
      main: html`
<p class="lead">The server takes two seconds to pack. However often your form arrives meanwhile, or later, it packs once,
and each copy gets the same answer.</p>
${region(
  ctx,
  'basket',
  (sending) => html`
${form.summary()}
${form.status === 'valid' && success('Nothing is wrong so far. You have not ordered yet.')}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
<button type="submit" class="hidden" tabindex="-1" aria-hidden="true">Order</button>
${field(form, 'name', 'Name', { value: form.state?.name, autocomplete: 'name' })}
${form.issue('lines')}
${lines.map((index, nth) => lineFields(form, drafted[index], index, nth, lines.length > 1))}
${lines.length < mostLines && html`<div><button ${form.submit(addLine, { class: 'secondary small' })}>Add a line</button></div>`}
<div class="buttons">
<button type="submit">Order</button>
<button ${form.validate({ class: 'secondary' })}>Check my order</button>
</div>
</form>
${tally()}`,
)}`,
      tryThis: [
        'Double-click “Order”, reload the page that thanks you, or go back and order again: it is one order.',
        'Go back and order something else: you are asked before it becomes another order.',
        'Check your order before you send it. Nothing runs, and nothing is used up.',
        'Fill in some lines, wrongly if you like, then add and remove others: what you have typed stays.',
        'Order moon rock. The server looks for it in vain, and is stopped after five seconds.',
      ],
      source: 'order',
    })
  })

  router.get('/ordered', (ctx) => {
    const { state } = ctx.form(place)
    ctx.body = layout(ctx, {
      title: 'Ordered',
      path: '/ordered',
      main: html`
${state && success(`Thank you, ${state.name}. Your order has the number ${state.number}.`)}
${
  state
    ? html`<ul class="panel plain">${state.lines.map(({ product, quantity }) => html`<li>${quantity} × ${productName(product)}</li>`)}</ul>`
    : html`<p class="lead">There is nothing to say here, or it has been said already.</p>`
}
${tally()}
<p><a href="/order">Order something else</a></p>`,
      source: 'order',
    })
  })

  /** @param nth the position of the line, which becomes its index when the form is sent */
  function lineFields(
    form: FormOf<typeof place>,
    line: Line | undefined,
    index: number,
    nth: number,
    removable: boolean,
  ): SafeHtml {
    const product = `lines[${index}].product` as const
    const quantity = `lines[${index}].quantity` as const
    const autofocus = form.status === 'done' && form.state?.focus === index
    return html`<fieldset class="line">
<legend>Line ${nth + 1}</legend>
<div class="field">
<label for="${form.id}-${product}">Product</label>
${form.issue(product)}
${form.select(product, products, { value: line?.product, autofocus })}
</div>
${field(form, quantity, 'Quantity', { value: line?.quantity, autocomplete: 'off' })}
${removable && html`<button ${form.submit(removeLine.bind(null, nth), { class: 'secondary small' })}>Remove<span class="hidden"> line ${nth + 1}</span></button>`}
</fieldset>`
  }

  function tally(): SafeHtml {
    return html`<p>Since this server started, the action has run <output>${runs}</output> ${runs === 1 ? 'time' : 'times'}
and has taken <output>${orders}</output> ${orders === 1 ? 'order' : 'orders'}.</p>`
  }
}
