import { type ComponentChildren, createContext, type FormHTMLAttributes, h, type VNode } from 'preact'
import { useContext, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ClientAction } from '../react/client-action.js'
import { withoutHidden } from '../react/on-client.js'
import { isProblem, type Problem, stateOf } from '../react/problem.js'
import { formField, keptPrefix, sealField, stateField } from '../wire.js'
import { noteCall } from './optimistic.js'
import { type ActionParts, partsOf } from './page-action.js'

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
export const pressed = new WeakMap<EventTarget, unknown>()

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
  const [first] = useState(() => own.begin(at, { initial, shows }) ?? { state: initial })
  const form = useSending({ own, action, initial, shows }, first.state)
  const { state, status } = form
  const last = stateOf(state)
  const files = isProblem(state) ? state.files : []
  const submit = (event: Parameters<NonNullable<typeof onSubmit>>[0]) => {
    ;(onSubmit as ((event: unknown) => void) | undefined)?.(event)
    if (event.defaultPrevented) return
    event.preventDefault()
    form.send(event.currentTarget as HTMLFormElement, event.submitter)
  }
  return h(
    'form',
    { ...rest, method: 'post', 'accept-charset': 'utf-8', enctype: first.enctype, onSubmit: submit } as object,
    hidden(sealField, own.seal),
    hidden(formField, first.id),
    shows && last !== undefined && hidden(stateField, first.sealedState),
    files.map((file) => hidden(keptPrefix + file.name, (file as { seal?: string }).seal)),
    h(Around.Provider, { value: { status, form: own } }, shows ? children(state as never, status) : children),
  )
}

/** Makes a hidden field. Without a value, the one that the server has printed stays. */
const hidden = (name: string, value: string | undefined) =>
  h('input', { type: 'hidden', name, value, autocomplete: 'off' })

interface Sender {
  readonly own: ActionParts
  readonly action: unknown
  readonly initial: unknown
  readonly shows: boolean
}

type Call = (...args: unknown[]) => Promise<unknown>

/** Keeps the state of a form, and sends it. */
const useSending = ({ own, action, initial, shows }: Sender, first: unknown) => {
  const [, render] = useState({})
  const form = useRef({
    state: first,
    status: idle,
    /** How many submissions are under way. */
    sending: 0,
    /** The last submission. A form that shows its state sends them one after the other. */
    tail: Promise.resolve() as Promise<unknown>,
    error: undefined as unknown,
    reset: undefined as (() => void) | undefined,
  }).current
  if (form.error) throw form.error
  useLayoutEffect(() => {
    form.reset?.()
    form.reset = undefined
  })

  /** Shows another state. The next call with it needs what the one with `of` would have needed. */
  const keep = (state: unknown, of: unknown) => {
    const fresh = own.carried.get(of)
    if (fresh) own.carried.set(state, fresh)
    form.state = state
  }

  const run = async (data: FormData, button: unknown): Promise<void> => {
    const { state } = form
    if (!button) {
      const next = await (action as Call)(...(shows ? [state, data] : [data]))
      form.state = next === undefined ? initial : next
      return
    }
    try {
      await (button as Call)(data)
      keep(stateOf(state), state)
    } catch (error) {
      if (!shows || !isProblem(error) || error.outcome === 'failed') throw error
      keep(Object.assign(error, { state: stateOf(state) }), state)
    }
  }

  const send = async (element: HTMLFormElement, submitter: HTMLElement | null): Promise<void> => {
    const typed = new FormData(element)
    const data = withoutHidden(new FormData(element, submitter)) as FormData
    const button = submitter && pressed.get(submitter)
    form.sending++
    form.status = { pending: true, data }
    render({})
    const begin = () => {
      const running = run(data, button)
      noteCall(running)
      return running
    }
    const running = shows ? form.tail.then(begin) : begin()
    form.tail = running.catch(() => {})
    try {
      await running
      if (!isProblem(form.state) && sameFields(typed, new FormData(element))) form.reset = () => element.reset()
    } catch (error) {
      form.error = error
    }
    if (!--form.sending) form.status = idle
    render({})
  }
  return { state: form.state, status: form.status, send }
}

/** Whether nobody has typed on while the form was sent. */
const sameFields = (one: FormData, other: FormData): boolean => {
  const [before, now] = [one, other].map((data) => JSON.stringify([...data].filter(([name]) => !/^sealform\b/.test(name))))
  return before === now
}

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
