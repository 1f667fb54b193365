import { hydrate } from 'sealform/preact'
import { Page, type TodosProps } from './view.js'

hydrate(document, (props: TodosProps) => <Page {...props} />)
