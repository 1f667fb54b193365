import { hydrate } from 'sealform/react'
import { Page, type PageProps } from './page.js'

hydrate(document, (props: PageProps) => <Page {...props} />)
