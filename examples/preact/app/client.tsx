import { hydrate } from 'sealform/preact'
import { Page, type PageProps } from './page.js'

hydrate(document, (props: PageProps) => <Page {...props} />)
