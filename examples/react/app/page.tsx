import type { ReactNode } from 'react'
import type { ClientProps } from 'sealform/react/server'
import { Booking } from './booking.js'
import { Chat } from './chat.js'
import { comparison } from './comparison.js'
import { Draft } from './draft.js'
import { Likes } from './likes.js'
import { links } from './links.js'
import type { Path, PropsOf } from './pages.js'
import { Todos } from './todos.js'
import { Upload } from './upload.js'

export type PageProps = ClientProps<PropsOf<Path>>

/** The whole document, on the server and in the browser. */
export function Page(props: PageProps) {
  const link = links.find(([path]) => path === `/${props.page}`)
  const title = link?.[1] ?? 'Sealform with React'
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} | Sealform with React`}</title>
        <link rel="icon" href="/seal.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/styles.css" />
      </head>
      <body>
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <header className="site">
          <a className="brand" href="/">
            <img src="/seal.svg" alt="" width="32" height="32" />
            Sealform with React
          </a>
          <nav aria-label="Pages">
            <ul>
              {links.map(([path, text]) => (
                <li key={path}>
                  <a href={path} aria-current={path === link?.[0] ? 'page' : undefined}>
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main id="main">
          <h1>{title}</h1>
          {link && <p className="lead">{link[2]}.</p>}
          {contentOf(props)}
        </main>
      </body>
    </html>
  )
}

function contentOf(props: PageProps): ReactNode {
  switch (props.page) {
    case 'todos':
      return <Todos {...props} />
    case 'chat':
      return <Chat {...props} />
    case 'likes':
      return <Likes {...props} />
    case 'draft':
      return <Draft {...props} />
    case 'booking':
      return <Booking {...props} />
    case 'upload':
      return <Upload {...props} />
    case 'document':
      return <Comparison />
    default:
      return <Home />
  }
}

function Home() {
  return (
    <ul className="cards">
      {links.map(([path, text, about]) => (
        <li key={path}>
          <h2>
            <a href={path}>{text}</a>
          </h2>
          <p>{about}.</p>
        </li>
      ))}
    </ul>
  )
}

function Comparison() {
  return (
    <dl className="panel facts">
      {comparison.map(([example, here, page]) => (
        <div key={example}>
          <dt>{example}</dt>
          <dd>
            {here}: <a href={page}>see it</a>
          </dd>
        </div>
      ))}
    </dl>
  )
}
