import { keep } from './actions.js'
import { NoteForm } from './note-form.jsx'

// As a page that shows data of a visitor. Otherwise the build would render it once.
export const dynamic = 'force-dynamic'

export default function Page() {
  return (
    <>
      <h1>Write a note</h1>
      <NoteForm act={keep} />
    </>
  )
}
