import { element } from './element.js'
import { Transfer } from './transfer.js'
import { keptPrefix, resumeAttribute, sealField } from './wire.js'

// The fourth file for browsers: sends large files before their form, in requests that go on where the last one broke off. It needs no
// other file. Where one of the others is used, it has to be loaded first, to see the form before they do.

/** Bytes up to which a file goes with its form. */
const small = 2 ** 20

/** The forms whose files are underway, and whether they are to be sent now. */
const forms = new WeakMap<HTMLFormElement, boolean>()

/** Uploads the large files of a form, and puts references in their place. Does nothing to the form when one cannot be uploaded. */
const send = async (form: HTMLFormElement, inputs: readonly HTMLInputElement[]): Promise<void> => {
  const bars = form.querySelectorAll<HTMLProgressElement>('[data-upload]')
  const files = inputs.flatMap((input) => [...input.files!].map((file) => ({ input, file })))
  const total = files.reduce((sum, { file }) => sum + file.size, 0)
  const values = new Map<File, string>()
  let done = 0
  for (const { input, file } of files) {
    const transfer = new Transfer(form, input.name, file)
    transfer.onProgress = (sent) => {
      for (const bar of bars) bar.value = ((done + sent) / total) * bar.max
    }
    const value = await transfer.run()
    if (!value) return
    values.set(file, value)
    done += file.size
  }
  for (const input of inputs) {
    const chosen = [...input.files!]
    // Another was chosen meanwhile, or none.
    if (!chosen[0] || !chosen.every((file) => values.has(file))) continue
    for (const file of chosen) {
      const value = values.get(file)!
      input.before(element('input', { type: 'hidden', name: keptPrefix + input.name, value }))
    }
    input.value = ''
    input.required = false
  }
  const rest = largeIn(form)
  if (rest[0]) await send(form, rest)
}

/** The controls of a form with a large file. The document is asked, since a control named `elements` hides those of its form. */
const largeIn = (form: HTMLFormElement) => {
  const inputs = document.querySelectorAll<HTMLInputElement>(`[type=file][${resumeAttribute}]:enabled`)
  return [...inputs].filter(
    (input) => input.form === form && [...input.files!].some(({ size }) => size > small),
  )
}

addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement
  const button = event.submitter
  if (forms.get(form) || event.defaultPrevented) return
  const inputs = largeIn(form)
  const isOurs =
    (form.elements as { [sealField]?: Element })[sealField] &&
    inputs[0] &&
    !/dialog|get/i.test(button?.getAttribute('formmethod') as string)
  // A second press meanwhile changes nothing.
  const runs = forms.has(form)
  if (!isOurs && !runs) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (runs) return
  forms.set(form, false)
  form.ariaBusy = 'true'
  const over = () => {
    form.ariaBusy = null
    forms.set(form, true)
    form.requestSubmit(button)
    forms.delete(form)
  }
  // Whatever has gone wrong, the form can be sent with its files.
  send(form, inputs).then(over, over)
})
