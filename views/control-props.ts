import { type Attributes, type Props, presentAttributes } from './attributes.js'
import type { ControlParts } from './control-parts.js'
import type { ControlProps } from './form.js'

/** Makes what `form.props` offers: the attributes of each control as an object, for JSX and for `&attributes` of Pug. */
export function controlProps(parts: ControlParts): ControlProps {
  return {
    get form(): Props {
      return presentAttributes(parts.formAttributes())
    },
    input: (name, own = {}) => presentAttributes(parts.inputAttributes(name, own)),
    control: (name, own = {}) => presentAttributes(parts.controlAttributes(name, own)),
    textarea: (name, own = {}) => presentAttributes(parts.textareaParts(name, own).attributes),
    select: (name, options, own: Attributes = {}) =>
      presentAttributes(parts.selectParts(name, options, own).attributes),
  }
}
