import { useActionState, useEffect, useId, useRef, useState } from 'react'
import { issueOf, valueOf } from 'sealform/react'
import type { ClientProps } from 'sealform/react/server'
import { described, Flash, Issue, Status, useFocus } from './field.js'
import type { PropsOf } from './pages.js'

/** Milliseconds without a key. */
const pause = 400

export function Draft({ publish, saveDraft, flash, draft, published }: ClientProps<PropsOf<'/draft'>>) {
  const id = useId()
  const text = useRef<HTMLTextAreaElement>(null)
  const [state, submit, pending] = useActionState(publish, undefined)
  const [saved, setSaved] = useState('')
  // The answer to a text that saves itself has no flash. The last one stands until there is another.
  const [told, tell] = useState(flash)
  if (flash !== '' && flash !== told) tell(flash)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(waiting.current), [])
  const issue = issueOf(state, 'text')
  useFocus(text, issue === undefined ? undefined : state)

  const save = async (written: string) => {
    setSaved('Saving…')
    try {
      await saveDraft({ text: written })
      setSaved('Saved.')
    } catch (error) {
      setSaved(issueOf(error) ?? 'Not saved.')
    }
  }
  const change = (written: string) => {
    clearTimeout(waiting.current)
    waiting.current = setTimeout(save, pause, written)
  }
  return (
    <>
      <Flash>{told}</Flash>
      <form action={submit} className="panel" onSubmit={() => clearTimeout(waiting.current)}>
        <div className="field">
          <label htmlFor={id}>Your story</label>
          <textarea
            id={id}
            ref={text}
            name="text"
            rows={6}
            defaultValue={valueOf(state, 'text', draft)}
            onChange={(event) => change(event.currentTarget.value)}
            {...described(id, issue)}
          />
          <Issue id={id}>{issue}</Issue>
        </div>
        <div className="buttons">
          <button aria-disabled={pending}>{pending ? 'Publishing…' : 'Publish'}</button>
          <button formAction={saveDraft} className="secondary">
            Save the draft
          </button>
        </div>
        <Status>{saved}</Status>
      </form>
      <section className="panel" aria-labelledby={`${id}-edition`}>
        <h2 id={`${id}-edition`}>Edition {published.version}</h2>
        <p>{published.text}</p>
      </section>
    </>
  )
}
