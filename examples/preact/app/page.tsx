import type { ComponentChildren } from 'preact'
import type { ClientProps } from 'sealform/preact/server'
import { comparison } from '../../react/app/comparison.js'
import { links } from '../../react/app/links.js'
import type { Path, PropsOf } from '../../react/app/pages.js'
import { Booking } from './booking.js'
import { Chat } from './chat.js'
import { Draft } from './draft.js'
import { Likes } from './likes.js'
import { Todos } from './todos.js'
import { Upload } from './upload.js'

export type PageProps = ClientProps<PropsOf<Path>>

/** The whole document, on the server and in the browser. */
export function Page(props: PageProps) {
  const link = links.find(([path]) => path === `/${props.page}`)
  const title = link?.[1] ?? 'Sealform with Preact'
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} | Sealform with Preact`}</title>
        <link rel="icon" href="/seal.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/styles.css" />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="site">
          <a class="brand" href="/">
            <img src="/seal.svg" alt="" width="32" height="32" />
            Sealform with Preact
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
          {link && <p class="lead">{link[2]}.</p>}
          {contentOf(props)}
        </main>
      </body>
    </html>
  )
}

function contentOf(props: PageProps): ComponentChildren {
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
    <ul class="cards">
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
    <dl class="panel facts">
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
