import type { Request, Response } from 'express'

/**
 * Express gives each request and response another prototype. Before Node 24, V8 then gives each of them a hidden class of its own
 * as soon as a property is added: every addition copies the whole class (about 1 kB), and no inline cache ever finds an
 * object that it knows.
 */
const hasOwnClasses = Number.parseInt(process.versions.node, 10) < 24

/**
 * Makes V8 keep the properties of a request and its response in a hash table, by deleting one of them and adding it again.
 * Objects with a table share their class. An Express app without Sealform needs 71 µs for a page before this and 34 µs after it on
 * Node 20; on Node 24, where it is not done, it would cost 3 µs (docs/decisions/speed.md).
 */
export function hashProperties(req: Request, res: Response): void {
  if (!hasOwnClasses) return
  // Express has set both a moment ago, so neither is a property with a getter.
  readd(req, 'res')
  readd(res, 'req')
}

/** @param name of an own property that is not the one added last: deleting that one would only undo its addition */
function readd<Key extends string>(object: { [name in Key]?: unknown }, name: Key): void {
  const value = object[name]
  Reflect.deleteProperty(object, name)
  object[name] = value
}
