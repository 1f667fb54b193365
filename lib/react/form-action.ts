import { standFor } from '../action/action.js'
import { longestActionField, mayBeTooLong, readActionField, writeActionField } from '../base/action-field.js'
import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'
import type { FreshFile } from '../page/fresh-fields.js'
import type { SealedAction } from './page-actions.js'
import { ownState } from './problem.js'

// What React asks a function in a form for is not documented. It was read in ReactFizzConfigDOM.js and ReactFizzHooks.js
// of 19.0 to 19.3; docs/decisions/react.md says what is relied on.

/** What the functions of one rendering share. */
export interface FormRendering {
  /** The beginning of every id that React makes in this rendering. */
  readonly prefix: string
  /** The hook whose outcome the page shows, and the files that wait for its next submission. */
  readonly shown:
    | { readonly key: string; readonly reference: string; readonly files: readonly FreshFile[] }
    | undefined
  /** Takes a mistake of the page. React keeps what is thrown while it renders a form to itself. */
  fault(error: SealformError): void
}

/** Returns the function that React gets for an action: it prints the hidden field of a form, and cannot be called. */
export function formAction(action: SealedAction, rendering: FormRendering): object {
  const { definition, details } = action
  const call = functionFor({ action, rendering, args: [] })
  Object.defineProperty(call, 'name', { value: definition.name })
  standFor(details, call)
  return call
}

function functionFor(bound: Bound): object {
  const { action, rendering, args } = bound
  const call = async (): Promise<never> => {
    throw calledOnServer(action)
  }
  return Object.assign(call, {
    bind: (_self: unknown, ...more: unknown[]) =>
      functionFor({ action, rendering, args: [...args, ...more] }),
    $$FORM_ACTION: (prefix: unknown) => describeField(bound, prefix),
    $$IS_SIGNATURE_EQUAL: (reference: unknown) => reference === referenceOf(action),
  })
}

/** Returns the text by which React finds the action whose state it is given. */
export function referenceOf({
  definition,
  boundText,
}: Pick<SealedAction, 'definition' | 'boundText'>): string {
  return `${definition.name} ${boundText}`
}

interface Bound {
  readonly action: SealedAction
  readonly rendering: FormRendering
  /** What was bound in the tree: by `useActionState`, the state. */
  readonly args: readonly unknown[]
}

/** Describes the hidden field of a form, or the name of a button, as React asks for it. */
function describeField(bound: Bound, prefix: unknown): object {
  const { action, rendering } = bound
  const data = new HookFields(
    rendering.shown?.reference === referenceOf(action) ? rendering.shown : undefined,
  )
  if (typeof prefix !== 'string' || !prefix.startsWith(rendering.prefix))
    rendering.fault(otherRenderer(action))
  return {
    method: 'POST',
    encType: action.definition.files.size > 0 ? 'multipart/form-data' : undefined,
    data,
    /** React reads it last of all, when the key of the hook is known. */
    get name() {
      return nameOf(bound, data.key)
    },
  }
}

function nameOf({ action, rendering, args }: Bound, key: string | undefined): string {
  const { definition, boundText, seal, seals } = action
  if (args.length > (key === undefined ? 0 : 1)) rendering.fault(boundInTree(definition.name))
  if (key === undefined) return writeActionField({ seal, state: undefined, key })
  const state = ownState(args[0])
  try {
    const sealed = state === undefined ? '' : seals.state(definition, boundText, state)
    const name = writeActionField({ seal, state: sealed, key })
    if (mayBeTooLong(name) && !readActionField(name)) throw tooLong(definition.name)
    return name
  } catch (error) {
    rendering.fault(error instanceof SealformError ? error : invalidState(definition.name, error))
    return writeActionField({ seal, state: '', key })
  }
}

/**
 * The further hidden fields of a form, as much of a FormData as React asks for. React adds the key of the hook to them; it goes into
 * the name instead.
 */
class HookFields {
  key: string | undefined
  readonly #shown: FormRendering['shown']

  constructor(shown: FormRendering['shown']) {
    this.#shown = shown
  }

  append(name: string, value: unknown): void {
    if (name === '$ACTION_KEY' && typeof value === 'string') this.key = value
  }

  forEach(print: (this: unknown, value: string, name: string) => void, self?: unknown): void {
    if (this.key === undefined || this.#shown?.key !== this.key) return
    for (const { name, seal } of this.#shown.files) print.call(self, seal, fieldNames.kept + name)
  }
}

function calledOnServer({ definition }: SealedAction): SealformError {
  return new SealformError(
    'ERR_REACT_PAGE',
    `"${definition.name}" was called while the page is made on the server. Call it from an event handler or an effect, or give it to a form.`,
  )
}

function otherRenderer({ definition }: SealedAction): SealformError {
  return new SealformError(
    'ERR_REACT_PAGE',
    `A form of "${definition.name}" was rendered by something other than renderReact(), such as renderToString(). Return the whole tree from the function that renderReact() gets.`,
  )
}

function boundInTree(name: string): SealformError {
  return new SealformError(
    'ERR_REACT_PAGE',
    `Values were bound to "${name}" in a component, where they cannot be sealed. Bind them in the page: renderReact(ctx, { act: action.bind(null, id) }, …).`,
  )
}

function tooLong(name: string): SealformError {
  return new SealformError(
    'ERR_SEAL_TOO_LARGE',
    `The seal and the state of "${name}" would make a field name of more than ${longestActionField} characters. Bind an id, keep less in the state, and look up the rest when the action runs.`,
  )
}

function invalidState(name: string, cause: unknown): SealformError {
  return new SealformError('ERR_VALUE_UNSUPPORTED', `The state of "${name}" cannot be sealed.`, { cause })
}
