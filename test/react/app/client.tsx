import { hydrate } from 'sealform/react'
import { Page, type TodosProps } from './view.js'

hydrate(document, (props: TodosProps) => <Page {...props} />, {
  onRecoverableError: (error) => console.error('recoverable', error),
  onUncaughtError: (error) => console.error('uncaught', error),
  onCaughtError: () => {},
})
