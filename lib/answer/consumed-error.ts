import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'
import type { BodyHolders } from '../body/read-already.js'

/**
 * Returns the error for a body that another parser has read first, or `undefined` when what it left shows that the form
 * was not a submission.
 *
 * @param holders where a parser leaves what it has read
 * @param earlier names of the middlewares that are mounted before Sealform
 */
export function consumedError(holders: BodyHolders, earlier: readonly string[]): SealformError | undefined {
  if (isForeign(holders)) return undefined
  const list = earlier.length > 0 ? ` Mounted before it are: ${earlier.join(', ')}.` : ''
  return new SealformError(
    'ERR_BODY_CONSUMED',
    `The body of this form was read before sealform(actions) saw it. Move the body parser (koa-body, koa-bodyparser, @koa/multer, express.urlencoded, multer …) after sealform(actions).${list}`,
  )
}

/** Returns the error for a body of which code of the action has read a part while the form was being received. */
export function takenError(action: string): SealformError {
  return new SealformError(
    'ERR_BODY_CONSUMED',
    `A guard, authorize() or onFile() of "${action}" read the body of the request, or called setEncoding(), before Sealform had read it. A part of the form is lost, so the action does not run. Decide by the session, the cookies and the bound values there, and read fields in run().`,
  )
}

/** Tells whether the fields or files that a parser left are those of a form without a seal. */
function isForeign(holders: BodyHolders): boolean {
  const left = (name: string) => holders.map((holder): unknown => Reflect.get(holder, name)).find(isObject)
  const fields = left('body')
  if (fields === undefined) return false
  if (Object.hasOwn(fields, fieldNames.seal)) return false
  const has: unknown = Reflect.get(fields, 'has')
  if (typeof has === 'function') return Reflect.apply(has, fields, [fieldNames.seal]) !== true
  // Some middleware sets an empty `body` without reading, so that says nothing about what something else has read.
  return Object.keys(fields).length > 0 || left('file') !== undefined || left('files') !== undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
