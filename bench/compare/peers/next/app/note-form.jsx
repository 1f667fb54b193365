'use client'

import { useActionState } from 'react'

export function NoteForm({ act, file = false }) {
  const [{ values, issues }, formAction] = useActionState(act, { values: {}, issues: {} })
  return (
    <form action={formAction}>
      <label htmlFor="title">Title</label> <input id="title" name="title" defaultValue={values.title} />
      {issues.title && <p className="issue">{issues.title}</p>}
      <label htmlFor="note">Note</label> <textarea id="note" name="note" defaultValue={values.note} />
      {file ? (
        <>
          <label htmlFor="file">File</label> <input type="file" id="file" name="file" />
        </>
      ) : (
        <>
          <label htmlFor="quantity">Quantity</label>{' '}
          <input id="quantity" name="quantity" defaultValue={values.quantity} />
          {issues.quantity && <p className="issue">{issues.quantity}</p>}
        </>
      )}
      <button type="submit">Keep</button>
    </form>
  )
}
