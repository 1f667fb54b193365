import { useId } from 'preact/hooks'
import { Form, onClient, Submit, useOptimistic } from 'sealform/preact'
import type { ClientProps } from 'sealform/preact/server'
import type { PropsOf } from '../../react/app/pages.js'

interface Shown {
  readonly id: number
  readonly from: string
  readonly text: string
  readonly sending?: boolean
}

export function Chat({ send, from, messages }: ClientProps<PropsOf<'/chat'>>) {
  const id = useId()
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
      <ol class="todos" aria-live="polite" aria-label="Messages">
        {shown.map((message) => (
          <li key={message.id} aria-busy={message.sending}>
            <span>
              <b>{message.from || 'Somebody'}</b> {message.text}
            </span>
            {message.sending && <span class="hint">sending…</span>}
          </li>
        ))}
      </ol>
      <Form action={submit} class="panel">
        <div class="field">
          <label for={`${id}-from`}>Your name</label>
          <input id={`${id}-from`} name="from" defaultValue={from} autocomplete="name" />
        </div>
        <div class="field">
          <label for={`${id}-text`}>Message</label>
          <textarea
            id={`${id}-text`}
            name="text"
            rows={2}
            required
            onKeyDown={submitWithCtrlEnter}
            aria-describedby={`${id}-hint`}
          />
          <p class="hint" id={`${id}-hint`}>
            Ctrl + Enter sends it.
          </p>
        </div>
        <div class="buttons">
          <Submit>Send</Submit>
        </div>
      </Form>
    </>
  )
}

function submitWithCtrlEnter(event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}
