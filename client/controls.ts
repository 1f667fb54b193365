import { type Submission, textOf } from './submission.js'

/**
 * Returns what gives the controls of a form their defaults once the answer is there: all whose value is still what was
 * sent. What was changed meanwhile stays.
 */
export const settle = ({ form, data }: Submission): (() => void) => {
  const now = new FormData(form)
  const changed = [...form.elements].flatMap((element) => {
    const control = element as HTMLInputElement
    const { name, files, value, checked } = control
    if (textOf(now, name) === textOf(data, name)) return []
    return [[control, files ? { files } : { value, checked }] as const]
  })
  return () => {
    // A control named `reset` hides the method of the form.
    HTMLFormElement.prototype.reset.call(form)
    for (const [control, own] of changed) Object.assign(control, own)
  }
}
