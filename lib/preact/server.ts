export type { ClientAction, ClientProps, FieldValue, Payload, Problem } from '../react/client-props.js'
export { type PreactPageOptions, renderPreact } from './render-preact.js'
