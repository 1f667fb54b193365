import type { BodyRefusal, Reading } from './body.js'
import type { Limits } from './limits.js'

/** The longest value of a field of our own, in characters: a seal has at most 8 KiB. */
export const ownFieldLength = 8192

// A refused submission is given back with this many fields more than the limit; the rest would only be work.
const fieldsBeyondLimit = 1000

const imageButton = /^sealform\.submit\.([A-Za-z0-9_-]+)\.([xy])$/

/**
 * The fields of a body as they are found, in whichever encoding: counts them, takes out our own,
 * and keeps the first refusal. What comes after a refusal is still collected, to be given back.
 */
export class Fields {
  readonly entries: (readonly [name: string, value: string])[] = []
  refusal: BodyRefusal | undefined
  readonly #limits: Limits
  #count = 0
  #seal = false
  #form: string | undefined
  #state: string | undefined
  #submit: string | undefined
  #image = ''

  constructor(limits: Limits) {
    this.#limits = limits
  }

  refuse(refusal: BodyRefusal): void {
    this.refusal ??= refusal
  }

  /** Takes a decoded field. `valueBytes`: how long the value is in UTF-8. */
  add(name: string, value: string, valueBytes: number): void {
    if (name.startsWith('sealform')) return this.#addOwn(name, value)
    // Nobody names a control so; programs that copy fields into an object must not meet it.
    if (name === '__proto__') {
      return this.refuse({ status: 400, reason: 'reserved', detail: 'a field is named "__proto__"' })
    }
    const { fields, fieldName, fieldValue } = this.#limits
    if (++this.#count > fields) {
      this.refuse(passed('fields', fields, `the body has more than ${fields} fields`))
      if (this.#count > fields + fieldsBeyondLimit) return
    }
    // A UTF-16 unit takes at most three bytes of UTF-8, so most names need no counting.
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

  reading(aborted: boolean): Reading {
    return {
      entries: this.entries,
      own: { form: this.#form, state: this.#state, submit: this.#submit },
      refusal: this.refusal,
      aborted,
    }
  }

  #addOwn(name: string, value: string): void {
    if (value.length > ownFieldLength) {
      return this.refuse({
        status: 400,
        reason: 'malformed',
        detail: `a field of Sealform's own has a value of ${value.length} characters; the most is ${ownFieldLength}`,
      })
    }
    if (name === 'sealform') {
      if (this.#seal) return this.#duplicate(name)
      this.#seal = true
    } else if (name === 'sealform.form') {
      if (this.#form !== undefined) return this.#duplicate(name)
      this.#form = value
    } else if (name === 'sealform.state') {
      if (this.#state !== undefined) return this.#duplicate(name)
      this.#state = value
    } else if (name === 'sealform.submit') {
      if (this.#submit !== undefined) return this.#duplicate(name)
      this.#submit = value
    } else {
      this.#addImageButton(name)
    }
  }

  /** An image button sends where it was clicked as two fields, and no value: its seal is in the name. */
  #addImageButton(name: string): void {
    const match = imageButton.exec(name)
    const seal = match?.[1]
    if (seal === undefined || seal.length > ownFieldLength) {
      return this.refuse({
        status: 400,
        reason: 'reserved',
        detail: 'a field has a name that starts with "sealform", which is reserved',
      })
    }
    const axis = match?.[2] ?? ''
    if (
      this.#image.includes(axis) ||
      (this.#submit !== undefined && (this.#image === '' || this.#submit !== seal))
    ) {
      return this.#duplicate('sealform.submit')
    }
    this.#image += axis
    this.#submit = seal
  }

  #duplicate(name: string): void {
    this.refuse({ status: 400, reason: 'duplicate', detail: `the body has more than one field "${name}"` })
  }
}

function passed(reason: 'fields' | 'field-name' | 'field-value', limit: number, detail: string): BodyRefusal {
  return { status: 413, reason, detail, limit }
}
