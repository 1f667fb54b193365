import { Form, issueOf, type Problem, Submit, stateOf } from 'sealform/preact'
import type { ClientProps } from 'sealform/preact/server'
import type { Booked } from '../../react/app/actions.js'
import type { PropsOf } from '../../react/app/pages.js'
import { Field, Flash } from './field.js'

const steps = ['Name', 'Seats', 'Check']

export function Booking({ book, flash, bookings }: ClientProps<PropsOf<'/booking'>>) {
  return (
    <>
      <Flash>{flash}</Flash>
      <Form action={book} class="panel">
        {(state, { pending }) => <Step state={state} pending={pending} />}
      </Form>
      <ul class="todos" aria-label="Bookings">
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

interface StepProps {
  readonly state: Booked | Problem | undefined
  readonly pending: boolean
}

function Step({ state, pending }: StepProps) {
  const { step, name, seats } = stateOf(state) ?? { step: 1, name: '', seats: 1 }
  return (
    <>
      <ol class="steps">
        {steps.map((text, i) => (
          <li key={text} aria-current={i + 1 === step ? 'step' : undefined}>
            {text}
          </li>
        ))}
      </ol>
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
        <dl class="review">
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
      <div class="buttons">
        <Submit aria-disabled={pending} name="go" value="on">
          {step === 3 ? 'Book' : 'Continue'}
        </Submit>
        {step > 1 && (
          <Submit class="secondary" name="go" value="back" formNoValidate>
            Back
          </Submit>
        )}
      </div>
      <p class="hint" role="status">
        {issueOf(state) === undefined ? `Step ${step} of 3` : 'Correct this step first.'}
      </p>
    </>
  )
}
