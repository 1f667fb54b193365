import type { FreshFields } from '../answer.js'
import { readValues } from '../read-values.js'
import { actionPrefix, keptPrefix, propsRequestHeader, richType, stateField } from '../wire.js'
import { writeField } from '../write-fields.js'
import { withHidden } from './on-client.js'
import { type Problem, problemOf } from './problem.js'

/** An action of the page. */
export interface PageAction {
  /** The newest. */
  seal: string
  /** The one that stands in the forms that the server has printed. */
  readonly printed: string
  /** What the next call needs beside its fields, by the state that the action has returned. */
  readonly carried: Map<unknown, FreshFields>
}

/** What a page tells of an outcome. */
export interface Told extends Omit<Problem, 'outcome' | 'files'> {
  readonly outcome: string
  readonly seals: readonly FreshFields[]
  readonly location?: string | undefined
  readonly reference?: string | undefined
  /** The new props and the state, as text. */
  readonly page?: string | undefined
}

/** How many states of an action are remembered: those of as many hooks that show it. */
const remembered = 20

/** Keeps what the next call with a state needs, and returns the state, or a problem. */
export const adopt = (action: PageAction | undefined, told: Told): unknown => {
  const { seals, page: _page, ...rest } = told
  const fresh = seals.find(({ sent }) => sent)
  const shown =
    rest.outcome === 'done' ? rest.state : problemOf(rest as Omit<Problem, 'files'>, fresh?.files ?? [])
  const carried = action?.carried
  if (fresh) carried?.set(shown, fresh)
  if (carried && carried.size > remembered) carried.delete(carried.keys().next().value)
  return shown
}

/** Sends a call, and reads what came of it. The arguments are those of the action: the previous state first, for a hook. */
export const send = async (action: PageAction, args: readonly unknown[]): Promise<Told> => {
  const response = await fetch(location.href, {
    method: 'POST',
    headers: { Accept: richType, [propsRequestHeader]: '1' },
    body: bodyOf(action, args),
  })
  const { status, redirected, url, headers } = response
  if (headers.get('Content-Type')?.startsWith(richType)) return readValues(await response.text()) as Told
  // The request has followed the redirect of something in front of Sealform, such as a guard.
  if (redirected) return leave(url)
  throw new Error(`The server answered ${status}.`)
}

/** Goes to another page. What waits for the action goes on waiting until then, as it does in a form. */
export const leave = (to: string): Promise<never> => {
  location.assign(new URL(to, location.href))
  return new Promise(() => {})
}

const bodyOf = (action: PageAction, args: readonly unknown[]): FormData | URLSearchParams => {
  const fields = fieldsOf(args.at(-1))
  const hooked = args.length > 1
  const carried = hooked ? action.carried.get(args[0]) : undefined
  const body: [string, FormDataEntryValue][] = [[`${actionPrefix}${action.seal}${hooked ? '.' : ''}`, '']]
  const state = carried?.state ?? (hooked && !carried ? printedState(action, fields) : undefined)
  if (state) body.push([stateField, state])
  for (const { name, seal } of carried?.files ?? []) body.push([keptPrefix + name, seal])
  for (const field of fields) if (!/^sealform\b/.test(field[0])) body.push(field)
  // The server reads a short urlencoded body faster.
  const plain = body.every(([, value]) => typeof value === 'string')
  const data = plain ? new URLSearchParams() : new FormData()
  for (const [name, value] of body) data.append(name, value as string)
  return data
}

const fieldsOf = (payload: unknown): [string, FormDataEntryValue][] => {
  if (payload instanceof FormData) return [...withHidden(payload)]
  const data = new FormData()
  for (const [name, value] of Object.entries(payload ?? {})) writeField(data, name, value)
  return [...data]
}

/** Returns the state that the server has printed into the form: the first one of a hook, which no answer has told. */
const printedState = ({ printed }: PageAction, fields: readonly [string, unknown][]): string | undefined => {
  const own = `${actionPrefix}${printed}.`
  const field = fields.find(([name]) => name.startsWith(own))
  return field?.[0].slice(own.length).split('.')[0]
}
