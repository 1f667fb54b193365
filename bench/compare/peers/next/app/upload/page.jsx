import { keep } from '../actions.js'
import { NoteForm } from '../note-form.jsx'

export const dynamic = 'force-dynamic'

export default function Page() {
  return (
    <>
      <h1>Write a note</h1>
      <NoteForm act={keep} file />
    </>
  )
}
