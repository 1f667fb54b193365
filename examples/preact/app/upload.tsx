import { Form, issueOf, Submit, stateOf } from 'sealform/preact'
import type { ClientProps } from 'sealform/preact/server'
import type { PropsOf } from '../../react/app/pages.js'
import { Field, Status } from './field.js'

export function Upload({ upload, pictures }: ClientProps<PropsOf<'/upload'>>) {
  return (
    <>
      <Form action={upload} class="panel">
        {(state, { pending }) => (
          <>
            <Field label="Picture, at most 2 MiB" name="picture" type="file" accept="image/*" state={state} />
            <Field label="Caption" name="caption" state={state} />
            <div class="buttons">
              <Submit aria-disabled={pending}>{pending ? 'Uploading…' : 'Upload'}</Submit>
            </div>
            <Status>{issueOf(state) === undefined ? stateOf(state) : waits(state)}</Status>
          </>
        )}
      </Form>
      <ul class="todos" aria-label="Pictures">
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
