import { adviseOnce } from '../base/advise-once.js'
import { fieldNames } from '../base/wire-names.js'
import type { FormRecord } from './form-record.js'
import type { PageHost } from './page-host.js'

/** A form whose tag lacks `method="post"` is sent by GET, with all its fields in the URL. */
const sealInQuery = new RegExp(`[?&]${fieldNames.seal}=`)

/** What a page has printed of one form. */
interface Printed {
  readonly action: string
  readonly notes: PrintingNotes | undefined
  /** The form tag. */
  tag: boolean
  /** The seal, in the hidden fields or alone. */
  seal: boolean
}

/** Notes on which pages the forms of an action are printed. */
interface PrintingNotes {
  notePrinted(action: string, path: string): void
}

/** Notes what a page prints of its forms, and tells the developer of a form that cannot be sent. For development. */
export class PrintedForms {
  readonly #forms: Printed[] = []

  constructor({ req, res, path }: Pick<PageHost, 'req' | 'res' | 'path'>) {
    const sentByGet = sealInQuery.test(req.url ?? '')
    res.once('finish', () => {
      if (sentByGet) adviseOnSealInUrl(path)
      this.#advise(path)
      for (const { action, seal, notes } of this.#forms) if (seal) notes?.notePrinted(action, path)
    })
  }

  /** @param notes learn where the form and its buttons are printed. @default nobody does */
  watch(record: FormRecord, notes?: PrintingNotes): FormRecord {
    const form: Printed = { action: record.definition.name, notes, tag: false, seal: false }
    this.#forms.push(form)
    return {
      ...record,
      tagPrinted() {
        form.tag = true
      },
      printed(...printed) {
        form.seal = true
        record.printed?.(...printed)
      },
      sealed(seal) {
        form.seal = true
        record.sealed?.(seal)
      },
      buttonPrinted: (action, seal) => {
        if (notes) this.#forms.push({ action: action.name, notes, tag: false, seal: true })
        record.buttonPrinted?.(action, seal)
      },
    }
  }

  #advise(path: string): void {
    for (const { action, tag, seal } of this.#forms) {
      if (!tag || seal) continue
      adviseOnce(
        `the page ${path} has printed form.attributes of "${action}" and not form.fields, so nothing that is sent from this form reaches the action. Print form.fields directly after the form tag.`,
      )
    }
  }
}

function adviseOnSealInUrl(path: string): void {
  adviseOnce(
    `a form of the page ${path} was sent by GET, with its seal in the URL, so no action ran. Print form.attributes in the form tag, which says method="post". A template engine must print it raw, as EJS does by <%- %>.`,
  )
}
