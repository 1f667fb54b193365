import { type Pressed, read } from './submission.js'
import { regionAttribute, sealField } from './wire.js'

/**
 * Returns the ids of the regions to ask for. With none the browser sends the form, guarded by the script; `undefined` is
 * a form that is not for this script: without a seal, or for another window.
 */
export const askRegions = (pressed: Pressed): readonly string[] | undefined => {
  const { form } = pressed
  const { [sealField]: seal } = form.elements as { [sealField]?: Element }
  const base = document.querySelector<HTMLBaseElement>('base[target]')
  const target = read(pressed, 'target', 'formtarget') ?? base?.target ?? ''
  if (!seal || !/post/i.test(read(pressed, 'method', 'formmethod')!) || !/^(_self)?$/i.test(target))
    return undefined
  const ids = read(pressed, 'data-region') ?? form.closest(`[${regionAttribute}]`)?.id
  return ids?.match(/\S+/g) ?? []
}
