export type { ClientAction, ClientProps, FieldValue, Payload, Problem } from './client-props.js'
export { type ReactPageOptions, renderReact } from './render-react.js'
