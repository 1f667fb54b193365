import { useActionState } from 'react'
import { issueOf, stateOf } from 'sealform/react'
import type { ClientProps } from 'sealform/react/server'
import { Field, Status } from './field.js'
import type { PropsOf } from './pages.js'

export function Upload({ upload, pictures }: ClientProps<PropsOf<'/upload'>>) {
  const [state, submit, pending] = useActionState(upload, undefined)
  return (
    <>
      <form action={submit} className="panel">
        <Field label="Picture, at most 2 MiB" name="picture" type="file" accept="image/*" state={state} />
        <Field label="Caption" name="caption" state={state} />
        <div className="buttons">
          <button aria-disabled={pending}>{pending ? 'Uploading…' : 'Upload'}</button>
        </div>
        <Status>{issueOf(state) === undefined ? stateOf(state) : waits(state)}</Status>
      </form>
      <ul className="todos" aria-label="Pictures">
        {pictures.map(({ name, size, caption }) => (
          <li key={caption + name}>
            <span>
              {caption}: {name}, {size} bytes
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Names the files that wait on the server for the correction. */
function waits(state: unknown): string {
  const files =
    typeof state === 'object' && state !== null && 'files' in state ? (state.files as { file: string }[]) : []
  return files.length === 0
    ? 'Nothing was uploaded.'
    : `${files.map(({ file }) => file).join(', ')} is kept; it need not be chosen again.`
}
