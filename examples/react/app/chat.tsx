import { type KeyboardEvent, useId, useOptimistic, useRef } from 'react'
import { onClient } from 'sealform/react'
import type { ClientProps } from 'sealform/react/server'
import type { PropsOf } from './pages.js'

interface Shown {
  readonly id: number
  readonly from: string
  readonly text: string
  readonly sending?: boolean
}

export function Chat({ send, from, messages }: ClientProps<PropsOf<'/chat'>>) {
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const [shown, addShown] = useOptimistic<readonly Shown[], Shown>(messages, (all, one) => [...all, one])
  const submit = onClient(send, async (data: FormData) => {
    addShown({
      id: -Date.now(),
      from: String(data.get('from')),
      text: String(data.get('text')),
      sending: true,
    })
    await send(data)
  })
  return (
    <>
      <ol className="todos" aria-live="polite" aria-label="Messages">
        {shown.map((message) => (
          <li key={message.id} aria-busy={message.sending}>
            <span>
              <b>{message.from || 'Somebody'}</b> {message.text}
            </span>
            {message.sending && <span className="hint">sending…</span>}
          </li>
        ))}
      </ol>
      <form action={submit} ref={form} className="panel">
        <div className="field">
          <label htmlFor={`${id}-from`}>Your name</label>
          <input id={`${id}-from`} name="from" defaultValue={from} autoComplete="name" />
        </div>
        <div className="field">
          <label htmlFor={`${id}-text`}>Message</label>
          <textarea
            id={`${id}-text`}
            name="text"
            rows={2}
            required
            onKeyDown={submitWithCtrlEnter}
            aria-describedby={`${id}-hint`}
          />
          <p className="hint" id={`${id}-hint`}>
            Ctrl + Enter sends it.
          </p>
        </div>
        <div className="buttons">
          <button>Send</button>
        </div>
      </form>
    </>
  )
}

function submitWithCtrlEnter(event: KeyboardEvent<HTMLTextAreaElement>) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}
