import { Form } from 'react-router'
import { answer } from '../answer.js'

export async function action({ request }) {
  return answer(await request.formData())
}

export default function Home({ actionData: { values, issues } = { values: {}, issues: {} } }) {
  return (
    <>
      <h1>Write a note</h1>
      <Form method="post">
        <label htmlFor="title">Title</label> <input id="title" name="title" defaultValue={values.title} />
        {issues.title && <p className="issue">{issues.title}</p>}
        <label htmlFor="note">Note</label> <textarea id="note" name="note" defaultValue={values.note} />
        <label htmlFor="quantity">Quantity</label>{' '}
        <input id="quantity" name="quantity" defaultValue={values.quantity} />
        {issues.quantity && <p className="issue">{issues.quantity}</p>}
        <button type="submit">Keep</button>
      </Form>
    </>
  )
}
