import { useActionState } from 'react'
import { issueOf, stateOf } from 'sealform/react'
import type { ClientProps } from 'sealform/react/server'
import { Field, Flash } from './field.js'
import type { PropsOf } from './pages.js'

const steps = ['Name', 'Seats', 'Check']

export function Booking({ book, flash, bookings }: ClientProps<PropsOf<'/booking'>>) {
  const [state, submit, pending] = useActionState(book, undefined)
  const { step, name, seats } = stateOf(state) ?? { step: 1, name: '', seats: 1 }
  return (
    <>
      <Flash>{flash}</Flash>
      <ol className="steps">
        {steps.map((text, i) => (
          <li key={text} aria-current={i + 1 === step ? 'step' : undefined}>
            {text}
          </li>
        ))}
      </ol>
      <form action={submit} className="panel">
        {step === 1 && <Field key="name" label="Your name" name="name" state={state} otherwise={name} />}
        {step === 2 && (
          <Field
            key="seats"
            label="Seats, 1 to 8"
            name="seats"
            type="number"
            state={state}
            otherwise={String(seats)}
          />
        )}
        {step === 3 && (
          <dl className="review">
            <div>
              <dt>Name</dt>
              <dd>{name}</dd>
            </div>
            <div>
              <dt>Seats</dt>
              <dd>{seats}</dd>
            </div>
          </dl>
        )}
        <div className="buttons">
          <button aria-disabled={pending} name="go" value="on">
            {step === 3 ? 'Book' : 'Continue'}
          </button>
          {step > 1 && (
            <button className="secondary" name="go" value="back" formNoValidate>
              Back
            </button>
          )}
        </div>
        <p className="hint" role="status">
          {issueOf(state) === undefined ? `Step ${step} of 3` : 'Correct this step first.'}
        </p>
      </form>
      <ul className="todos" aria-label="Bookings">
        {bookings.map((booking, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bookings are only added at the end
          <li key={i}>
            <span>
              {booking.name}: {booking.seats}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
