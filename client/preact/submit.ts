import { type ButtonHTMLAttributes, h, type VNode } from 'preact'
import { useContext } from 'preact/hooks'
import { submitField } from '../wire.js'
import { Around, pressed } from './form.js'
import { partsOf } from './page-action.js'

/** Props of `<Submit>`: those of `<button>`, and these. */
export interface SubmitProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'action' | 'type'> {
  /** Another action from the props of the page, which gets the fields of the form. @default that of the form */
  action?: ((data: FormData) => unknown) | undefined
  /** `image` prints `<input type="image">`. @default 'submit' */
  type?: 'submit' | 'image' | undefined
  src?: string | undefined
  alt?: string | undefined
}

/**
 * A button that submits the form around it, or runs another action with its fields. The browser does not check the fields for
 * another action; give it `formNoValidate={false}` where it should.
 *
 * @example
 * ```tsx
 * <Submit>Publish</Submit> <Submit action={saveDraft}>Save as a draft</Submit>
 * ```
 */
export function Submit({ action, type = 'submit', ...rest }: SubmitProps): VNode {
  const { form } = useContext(Around)
  const image = type === 'image'
  let own: object = {}
  if (action) {
    const carrier = form && partsOf(action).button?.(form, image || rest.value !== undefined)
    const ref = (button: HTMLElement | null) => {
      if (button) pressed.set(button, action as never)
    }
    own = { name: submitField, formNoValidate: true, ...rest, ...carrier, ref }
  }
  return h(image ? 'input' : 'button', { type, ...rest, ...own } as object)
}
