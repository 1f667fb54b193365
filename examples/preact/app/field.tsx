import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { issueOf, valueOf } from 'sealform/preact'

interface FieldProps {
  readonly label: string
  readonly name: string
  /** What the function inside of `<Form>` gets. */
  readonly state: unknown
  readonly otherwise?: string
  readonly type?: 'text' | 'number' | 'file'
  readonly accept?: string
  readonly autocomplete?: 'off'
}

/** A label, a control, and what is wrong with it. The first control with a problem gets the focus. */
export function Field({ label, name, state, otherwise, type = 'text', ...rest }: FieldProps) {
  const id = useId()
  const control = useRef<HTMLInputElement>(null)
  const issue = issueOf(state, name)
  useFocus(control, issue === undefined ? undefined : state)
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        // Preact's types want one of them at a time.
        type={type as 'text'}
        id={id}
        ref={control}
        name={name}
        defaultValue={type === 'file' ? undefined : valueOf(state, name, otherwise)}
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

export function Issue({ id, children }: { readonly id: string; readonly children: ComponentChildren }) {
  return (
    children !== undefined && (
      <p class="sealform-issue" id={`${id}-issue`}>
        {children}
      </p>
    )
  )
}

/** A region whose changes a screen reader tells. */
export function Status({ children }: { readonly children: ComponentChildren }) {
  return (
    <p class="hint" role="status">
      {children}
    </p>
  )
}

/** What the last action has left for this page. */
export function Flash({ children }: { readonly children: string }) {
  return (
    children !== '' && (
      <div class="success" role="status">
        <p>{children}</p>
      </div>
    )
  )
}
