import { parseFormData } from '@remix-run/form-data-parser'
import { Form } from 'react-router'
import { answer } from '../answer.js'

export async function action({ request }) {
  const formData = await parseFormData(request, { maxFileSize: 1_000_000 })
  return answer(formData)
}

export default function Upload({ actionData: { values, issues } = { values: {}, issues: {} } }) {
  return (
    <>
      <h1>Write a note</h1>
      <Form method="post" encType="multipart/form-data">
        <label htmlFor="title">Title</label> <input id="title" name="title" defaultValue={values.title} />
        {issues.title && <p className="issue">{issues.title}</p>}
        <label htmlFor="note">Note</label> <textarea id="note" name="note" defaultValue={values.note} />
        <label htmlFor="file">File</label> <input type="file" id="file" name="file" />
        <button type="submit">Keep</button>
      </Form>
    </>
  )
}
