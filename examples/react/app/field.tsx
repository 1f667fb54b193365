import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from 'react'
import { issueOf, valueOf } from 'sealform/react'

interface FieldProps extends Omit<ComponentProps<'input'>, 'name'> {
  readonly label: string
  readonly name: string
  /** What `useActionState()` has. */
  readonly state: unknown
  readonly otherwise?: string
}

/** A label, a control, and what is wrong with it. The first control with a problem gets the focus. */
export function Field({ label, name, state, otherwise, ...rest }: FieldProps) {
  const id = useId()
  const control = useRef<HTMLInputElement>(null)
  const issue = issueOf(state, name)
  useFocus(control, issue === undefined ? undefined : state)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        ref={control}
        name={name}
        defaultValue={rest.type === 'file' ? undefined : valueOf(state, name, otherwise)}
        {...described(id, issue)}
      />
      <Issue id={id}>{issue}</Issue>
    </div>
  )
}

/** Moves the focus to a control when a new problem is shown. */
export function useFocus(control: { readonly current: HTMLElement | null }, problem: unknown) {
  useEffect(() => {
    if (problem !== undefined) control.current?.focus()
  }, [control, problem])
}

/** The attributes by which a screen reader finds what is wrong with a control. */
export function described(id: string, issue: string | undefined) {
  return issue === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-issue` }
}

export function Issue({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  return (
    children !== undefined && (
      <p className="sealform-issue" id={`${id}-issue`}>
        {children}
      </p>
    )
  )
}

/** A region whose changes a screen reader tells. */
export function Status({ children }: { readonly children: ReactNode }) {
  return (
    <p className="hint" role="status">
      {children}
    </p>
  )
}

/** What the last action has left for this page. */
export function Flash({ children }: { readonly children: string }) {
  return (
    children !== '' && (
      <div className="success" role="status">
        <p>{children}</p>
      </div>
    )
  )
}
