import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Form, issueOf, Submit, valueOf } from 'sealform/preact'
import type { ClientProps } from 'sealform/preact/server'
import type { PropsOf } from '../../react/app/pages.js'
import { described, Flash, Issue, Status, useFocus } from './field.js'

/** Milliseconds without a key. */
const pause = 400

export function Draft({ publish, saveDraft, flash, draft, published }: ClientProps<PropsOf<'/draft'>>) {
  const id = useId()
  const [saved, setSaved] = useState('')
  // The answer to a text that saves itself has no flash. The last one stands until there is another.
  const [told, tell] = useState(flash)
  if (flash !== '' && flash !== told) tell(flash)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(waiting.current), [])

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
      <Form action={publish} class="panel" onSubmit={() => clearTimeout(waiting.current)}>
        {(state, { pending }) => (
          <>
            <Story state={state} draft={draft} change={change} />
            <div class="buttons">
              <Submit aria-disabled={pending}>{pending ? 'Publishing…' : 'Publish'}</Submit>
              <Submit action={saveDraft} class="secondary">
                Save the draft
              </Submit>
            </div>
            <Status>{saved}</Status>
          </>
        )}
      </Form>
      <section class="panel" aria-labelledby={`${id}-edition`}>
        <h2 id={`${id}-edition`}>Edition {published.version}</h2>
        <p>{published.text}</p>
      </section>
    </>
  )
}

interface StoryProps {
  readonly state: unknown
  readonly draft: string
  readonly change: (written: string) => void
}

function Story({ state, draft, change }: StoryProps) {
  const id = useId()
  const text = useRef<HTMLTextAreaElement>(null)
  const issue = issueOf(state, 'text')
  useFocus(text, issue === undefined ? undefined : state)
  return (
    <div class="field">
      <label for={id}>Your story</label>
      <textarea
        id={id}
        ref={text}
        name="text"
        rows={6}
        defaultValue={valueOf(state, 'text', draft)}
        onInput={(event) => change(event.currentTarget.value)}
        {...described(id, issue)}
      />
      <Issue id={id}>{issue}</Issue>
    </div>
  )
}
