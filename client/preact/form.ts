import { type ComponentChildren, createContext, type FormHTMLAttributes, h, type VNode } from 'preact'
import { useContext, useId, useState } from 'preact/hooks'
import type { ClientAction } from '../react/client-action.js'
import { withHidden, withoutHidden } from '../react/on-client.js'
import { type Problem, problemIn, stateOf } from '../react/problem.js'
import { formField, keptPrefix, sealField, stateField } from '../wire.js'
import { noteCall } from './optimistic.js'
import { type ActionParts, type FormBeginning, partsOf } from './page-action.js'

/** What `useFormStatus()` knows of the form around a component. */
export interface FormStatus {
  /** The form is being sent. */
  readonly pending: boolean
  /** What is being sent. */
  readonly data: FormData | null
}

/** Props of `<Form>`: those of `<form>`, and these. */
export interface FormProps<State> extends Omit<FormHTMLAttributes<HTMLFormElement>, OwnAttribute> {
  /** An action from the props of the page, or `onClient()` around one. */
  action:
    | ClientAction<State>
    | ((previous: State | Problem | undefined, data: FormData) => unknown)
    | ((data: FormData) => unknown)
  /** The state before the first submission. */
  initial?: NoInfer<State> | undefined
  /**
   * A function of the state and the status. A form with other children does not show what became of it: without JavaScript the
   * built-in page says what was wrong, and in the browser the nearest error boundary gets it.
   */
  children?:
    | ComponentChildren
    | ((state: NoInfer<State> | Problem | undefined, status: FormStatus) => ComponentChildren)
}

type OwnAttribute = 'action' | 'children' | 'method' | 'enctype' | 'encType'

const idle: FormStatus = { pending: false, data: null }

/** What a form tells the components in it. */
export const Around = createContext<{ readonly status: FormStatus; readonly form?: ActionParts }>({
  status: idle,
})

/** The actions of the buttons of the page. */
export const pressed = new WeakMap<EventTarget, Call>()

/**
 * A form that submits an action. It works without JavaScript, and before the page is hydrated. In the browser it sends one POST, and
 * the answer holds the new props of the page.
 *
 * @example
 * ```tsx
 * <Form action={add}>
 *   {(state) => (
 *     <>
 *       <input name="title" defaultValue={valueOf(state, 'title')} />
 *       <p role="alert">{issueOf(state, 'title')}</p>
 *       <Submit>Add</Submit>
 *     </>
 *   )}
 * </Form>
 * ```
 */
export function Form<State>({ action, initial, children, onSubmit, ...rest }: FormProps<State>): VNode {
  const own = partsOf(action)
  const shows = typeof children === 'function'
  const at = useId()
  const [, render] = useState({})
  const [form] = useState(() => begun(own.begin(at, { initial, shows }) ?? { state: initial }))
  if (form.error) throw form.error
  const { state, status } = form

  const run = async (data: FormData, button: Call | undefined): Promise<void> => {
    const { state } = form
    remember(own, state, data)
    if (!button) {
      const next = await (action as Call)(...(shows ? [state, data] : [data]))
      form.state = next === undefined ? initial : next
      return
    }
    let next: unknown = stateOf(state)
    try {
      await button(data)
    } catch (error) {
      if (!shows || (problemIn(error)?.outcome ?? 'failed') === 'failed') throw error
      next = Object.assign(error as Error, { state: next })
    }
    // The action of a button has a state of its own. The next call of the form's needs what this one would have needed.
    own.carried.set(next, own.carried.get(state) ?? '')
    form.state = next
  }

  const send = async (element: HTMLFormElement, submitter: HTMLElement | null): Promise<void> => {
    const typed = textOf(element)
    const data = withoutHidden(new FormData(element, submitter))
    const button = pressed.get(submitter as never)
    form.sending++
    form.status = { pending: true, data }
    render({})
    const begin = () => noteCall(run(data, button))
    // A form that shows its state needs the last one for the next submission.
    const running = shows ? form.tail.then(begin) : begin()
    form.tail = running.catch((error) => {
      form.error = error
    })
    await form.tail
    if (!--form.sending) form.status = idle
    render({})
    // Once the new defaults are shown, and unless somebody has typed on meanwhile.
    setTimeout(() => problemIn(form.state) || textOf(element) !== typed || element.reset())
  }

  return h(
    'form',
    {
      ...rest,
      method: 'post',
      'accept-charset': 'utf-8',
      enctype: form.enctype,
      onSubmit(event: SubmitEvent) {
        ;(onSubmit as ((event: SubmitEvent) => void) | undefined)?.(event)
        if (event.defaultPrevented) return
        event.preventDefault()
        send(event.currentTarget as HTMLFormElement, event.submitter)
      },
    } as object,
    hidden(sealField, own.seal),
    hidden(formField, form.id),
    shows && stateOf(state) !== undefined && hidden(stateField, form.sealedState),
    problemIn(state)?.files.map(({ name, seal }: KeptFile) => hidden(keptPrefix + name, seal)),
    h(Around.Provider, { value: { status, form: own } }, shows ? children(state as never, status) : children),
  )
}

type Call = (...args: unknown[]) => Promise<unknown>

/** A file that waits on the server. An app is not told of its seal. */
type KeptFile = Problem['files'][number] & { readonly seal?: string }

/** What a form remembers from one rendering to the next. */
interface Remembered extends FormBeginning {
  state: unknown
  status: FormStatus
  /** How many submissions are under way. */
  sending: number
  /** The end of the last one. */
  tail: Promise<unknown>
  error?: unknown
}

const begun = (first: FormBeginning): Remembered => ({
  ...first,
  status: idle,
  sending: 0,
  tail: Promise.resolve(),
})

/** Keeps the state that the server has printed into the form: the first one, which no answer has told. */
const remember = ({ carried }: ActionParts, state: unknown, data: FormData) => {
  const printed = withHidden(data).get(stateField) as string | null
  if (!carried.has(state)) carried.set(state, printed ?? '')
}

/** Makes a hidden field. Without a value, the one that the server has printed stays. */
const hidden = (name: string, value: string | undefined) =>
  h('input', { type: 'hidden', name, value, autocomplete: 'off' })

/** Returns what stands in the fields of a form. */
const textOf = (element: HTMLFormElement) => String([...withoutHidden(new FormData(element))])

/**
 * Tells a component about the form around it.
 *
 * @example
 * ```tsx
 * const { pending, data } = useFormStatus()
 * return <Submit>{pending ? `Adding ${data?.get('title')}` : 'Add'}</Submit>
 * ```
 */
export const useFormStatus = (): FormStatus => useContext(Around).status
