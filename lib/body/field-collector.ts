import { readActionField, type SentActionField } from '../base/action-field.js'
import { fieldNames } from '../base/wire-names.js'
import { type Limits, shownFields } from './limits.js'
import type { BodyRefusal, KeptFields, KeptReference, Reading, ReadingMode } from './reading.js'

/** The longest value of one of Sealform's own fields, in characters: a seal has at most 8 KiB. */
export const ownFieldLength = 8192

// A refused submission is shown again with at most this many fields over the limit. The rest are dropped.
const fieldsBeyondLimit = 1000

// The most references to kept files and marks for their removal, counted together.
const keptFields = 1000

const namedButton = /^sealform\.submit\.([A-Za-z0-9_-]+)(?:\.([xy]))?$/

/**
 * Collects the fields of a body in either encoding. Counts them, separates Sealform's own fields, and keeps the first
 * refusal. Fields after a refusal are still collected, so that they can be shown again.
 */
export class FieldCollector {
  readonly entries: (readonly [name: string, value: string])[] = []
  refusal: BodyRefusal | undefined
  readonly #limits: Limits
  readonly #mode: ReadingMode
  #count = 0
  #seal = false
  #form: string | undefined
  #state: string | undefined
  #submit: string | undefined
  #validate: string | undefined
  #trapped = false
  #image = ''
  #named: { readonly form: SentActionField; pressed: SentActionField | undefined } | undefined
  #kept: { references: KeptReference[]; dropped: KeptFields['dropped'][number][] } | undefined
  #secrets: Set<string> | undefined

  constructor(limits: Limits, mode: ReadingMode = 'accept') {
    this.#limits = limits
    this.#mode = mode
  }

  /**
   * No more fields have to be read: the seal did not open, and there are more than an answer shows. A refused body whose seal
   * opened is read on: a later field can say that an earlier one is secret.
   */
  get satisfied(): boolean {
    return this.#mode === 'unopened' && this.#count > shownFields
  }

  get #dropping(): boolean {
    return this.#count > this.#limits.fields + fieldsBeyondLimit
  }

  refuse(refusal: BodyRefusal): void {
    this.refusal ??= refusal
  }

  /** Adds a decoded field. `valueBytes` is the length of the value in UTF-8. */
  add(name: string, value: string, valueBytes: number): void {
    if (!name.startsWith('sealform')) this.#addNamed(name, value, valueBytes)
    else if (!name.startsWith(fieldNames.secret)) this.#addOwn(name, value)
    else this.#addSecret(name.slice(fieldNames.secret.length), value, valueBytes)
  }

  /** The field counts as any other. It is remembered as secret even when there are too many to keep it. */
  #addSecret(name: string, value: string, valueBytes: number): void {
    if (name === '' || name.startsWith('sealform')) {
      const detail = `a name starts with "${fieldNames.secret}", and what follows cannot be the name of a field`
      this.refuse({ status: 400, reason: 'reserved', detail })
      return
    }
    this.#secrets ??= new Set()
    this.#secrets.add(name)
    this.#addNamed(name, value, valueBytes)
  }

  #addNamed(name: string, value: string, valueBytes: number): void {
    // No real form has such a field. Refusing it protects code that copies fields into an object (prototype pollution).
    if (name === '__proto__') {
      this.refuse({ status: 400, reason: 'reserved', detail: 'a field is named "__proto__"' })
    } else this.#addTyped(name, value, valueBytes)
  }

  #addTyped(name: string, value: string, valueBytes: number): void {
    const { fields, fieldName, fieldValue } = this.#limits
    if (++this.#count > fields) {
      this.refuse(passed('fields', fields, `the body has more than ${fields} fields`))
      if (this.#dropping) return
    }
    // A UTF-16 unit takes at most three bytes of UTF-8, so most names do not need to be measured.
    if (name.length * 3 > fieldName) {
      const bytes = Buffer.byteLength(name)
      if (bytes > fieldName) {
        this.refuse(
          passed(
            'field-name',
            fieldName,
            `field ${this.#count} has a name of ${bytes} bytes; fieldName allows ${fieldName}`,
          ),
        )
      }
    }
    if (valueBytes > fieldValue) {
      this.refuse(
        passed(
          'field-value',
          fieldValue,
          `field ${this.#count} has a value of ${valueBytes} bytes; fieldValue allows ${fieldValue}`,
        ),
      )
    }
    this.entries.push([name, value])
  }

  /** @param end how reading ended: `cut` before the end of the body, `taken` when the app's code has read a part of it */
  reading(end: 'whole' | 'cut' | 'aborted' | 'taken'): Reading {
    return {
      entries: this.entries,
      secrets: this.#secrets,
      own: {
        form: this.#form,
        state: this.#state,
        submit: this.#submit,
        validate: this.#validate,
        trapped: this.#trapped,
        named: this.#named,
      },
      kept: this.#kept,
      refusal: this.refusal,
      aborted: end === 'aborted',
      cut: end === 'cut' || end === 'taken' || this.#dropping || this.satisfied,
      taken: end === 'taken',
    }
  }

  #addOwn(name: string, value: string): void {
    if (value.length > ownFieldLength) {
      this.refuse({
        status: 400,
        reason: 'malformed',
        detail: `one of Sealform's own fields has a value of ${value.length} characters; at most ${ownFieldLength} are allowed`,
      })
    } else if (name === 'sealform') {
      if (this.#seal) this.#refuseDuplicate(name)
      this.#seal = true
    } else if (name === 'sealform.form') {
      if (this.#form !== undefined) this.#refuseDuplicate(name)
      this.#form ??= value
    } else if (name === 'sealform.state') {
      if (this.#state !== undefined) this.#refuseDuplicate(name)
      this.#state ??= value
    } else if (name === 'sealform.submit') {
      if (this.#submit !== undefined || this.#named?.pressed) this.#refuseDuplicate(name)
      this.#submit ??= value
    } else if (name === 'sealform.validate') {
      if (this.#validate !== undefined) this.#refuseDuplicate(name)
      this.#validate ??= value
    } else if (name === fieldNames.honeypot) {
      if (value !== '') this.#trapped = true
    } else if (name.startsWith(fieldNames.action)) this.#addAction(name)
    else if (!this.#addKept(name, value)) this.#addNamedButton(name)
  }

  /**
   * Reads the seal of a React page from a field's name. The first such field is the form's, the second that of the button
   * that was pressed.
   */
  #addAction(name: string): void {
    const field = readActionField(name)
    if (!field) {
      this.#refuseReserved()
      return
    }
    const named = this.#named
    if (named && this.#isOtherAxis(named.pressed ?? named.form, field)) {
      this.#image += field.axis
      return
    }
    const first = !this.#seal
    const twice = first
      ? field.state && this.#state !== undefined
      : !named || named.pressed || this.#submit !== undefined
    if (twice) {
      this.#refuseDuplicate(fieldNames.action)
      return
    }
    this.#image = field.axis
    // The state of the form is not for the action of a button, which brings its own.
    this.#state = first ? field.state || this.#state : undefined
    if (first) {
      this.#seal = true
      this.#named = { form: field, pressed: undefined }
    } else if (named) named.pressed = field
  }

  /** Tells whether a field is the second one that an image button sends. */
  #isOtherAxis(last: SentActionField, { seal, state, key, axis }: SentActionField): boolean {
    if (axis === '' || this.#image.length !== 1 || this.#image === axis) return false
    return last.seal === seal && last.state === state && last.key === key
  }

  /** Collects references to files of an earlier submission. They are verified later. */
  #addKept(name: string, value: string): boolean {
    const kept = name.startsWith(fieldNames.kept)
    if (!kept && !name.startsWith(fieldNames.drop)) return false
    this.#kept ??= { references: [], dropped: [] }
    const { references, dropped } = this.#kept
    if (references.length + dropped.length >= keptFields) {
      this.refuse(passed('fields', keptFields, `the body has more than ${keptFields} fields for kept files`))
    } else if (kept) {
      const field = name.slice(fieldNames.kept.length)
      references.push({ field, token: value, position: this.entries.length })
    } else dropped.push({ field: name.slice(fieldNames.drop.length), mark: value })
    return true
  }

  /**
   * Reads the seal of a button from its name. The value of an `<input type="submit">` is its label, and an image button
   * sends the click position as two fields, so the value cannot carry the seal.
   */
  #addNamedButton(name: string): void {
    const [, seal, axis = ''] = namedButton.exec(name) ?? []
    if (seal === undefined || seal.length > ownFieldLength) {
      this.#refuseReserved()
      return
    }
    const secondAxis =
      axis !== '' && this.#submit === seal && this.#image !== '' && !this.#image.includes(axis)
    if ((this.#submit !== undefined || this.#named?.pressed) && !secondAxis)
      this.#refuseDuplicate('sealform.submit')
    this.#image += axis
    this.#submit ??= seal
  }

  #refuseReserved(): void {
    const detail = 'a field has a name that starts with "sealform", which is reserved'
    this.refuse({ status: 400, reason: 'reserved', detail })
  }

  #refuseDuplicate(name: string): void {
    this.refuse({ status: 400, reason: 'duplicate', detail: `the body has more than one field "${name}"` })
  }
}

function passed(reason: 'fields' | 'field-name' | 'field-value', limit: number, detail: string): BodyRefusal {
  return { status: 413, reason, detail, limit }
}
