import type { ShownFile } from '../files/uploads.js'
import type { Seal } from '../seal/seal.js'
import type { SubmittedButton } from './submitted-form.js'

/** The hidden fields of a form that its next submission needs. */
export interface SealedFields {
  readonly seal: Seal
  /** The state that the form carries. */
  readonly state: Seal | undefined
  /** The files that wait for the next submission of the form. */
  readonly files: readonly FreshFile[]
}

/** The hidden field of a file that waits for the next submission. */
export interface FreshFile {
  /** The field of the form. */
  readonly name: string
  /** What the file is called, safe to show. */
  readonly file: string
  /** Bytes. */
  readonly size: number
  readonly seal: Seal
}

/** New hidden fields for a form of the page. */
export interface FreshFields extends SealedFields {
  /** The id of the form; `undefined` when a seal was sent without one. */
  readonly form: string | undefined
  /** This is the form that was sent. */
  readonly sent: boolean
  /** The new seal of the button that was pressed, when it has one of its own. */
  readonly button?: Seal | undefined
}

/** Collects the hidden fields that a page prints, for an answer that is not the page itself. */
export class FreshSeals {
  readonly #pressed: SubmittedButton | undefined
  readonly #fields: FreshFields[] = []
  #button: Seal | undefined

  /** @param pressed the button that was pressed, when it has a seal of its own */
  constructor(pressed: SubmittedButton | undefined) {
    this.#pressed = pressed
  }

  get all(): readonly FreshFields[] {
    const button = this.#button
    return button === undefined
      ? this.#fields
      : this.#fields.map((fields) => (fields.sent ? { ...fields, button } : fields))
  }

  add(fields: FreshFields): void {
    this.#fields.push(fields)
  }

  /** Notes a button of the form that was sent. A page can print it before the hidden fields. */
  addButton(action: string, boundText: string, seal: Seal): void {
    const pressed = this.#pressed
    if (pressed?.action === action && pressed.boundText === boundText) this.#button = seal
  }
}

/** Makes the hidden fields of files. */
export function freshFiles(
  files: readonly ShownFile[],
  seal: (file: ShownFile) => Seal,
): readonly FreshFile[] {
  return files.map((file) => ({ name: file.field, file: file.name, size: file.size, seal: seal(file) }))
}
