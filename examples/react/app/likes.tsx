import {
  Component,
  type MouseEvent,
  type ReactNode,
  startTransition,
  useEffect,
  useOptimistic,
  useState,
} from 'react'
import type { ClientProps } from 'sealform/react/server'
import type { PropsOf } from './pages.js'

export function Likes({ like, likes, countView, views, breakDown }: ClientProps<PropsOf<'/likes'>>) {
  return (
    <>
      <Like like={like} likes={likes} />
      <Views countView={countView} views={views} />
      <Boundary>
        <form action={breakDown} className="panel">
          <p>An action that throws reaches the nearest error boundary.</p>
          <div className="buttons">
            <button className="secondary">Break this part</button>
          </div>
        </form>
      </Boundary>
    </>
  )
}

function Like({ like, likes }: Pick<ClientProps<PropsOf<'/likes'>>, 'like' | 'likes'>) {
  const [shown, addShown] = useOptimistic(likes, (count, more: number) => count + more)
  const press = (event: MouseEvent) => {
    event.preventDefault()
    startTransition(async () => {
      addShown(1)
      await like()
    })
  }
  // The form is for browsers without JavaScript.
  return (
    <form action={like} className="panel">
      <p className="count" role="status" aria-label={`${shown} likes`}>
        {shown}
      </p>
      <div className="buttons">
        <button onClick={press}>Like</button>
      </div>
    </form>
  )
}

function Views({ countView, views }: Pick<ClientProps<PropsOf<'/likes'>>, 'countView' | 'views'>) {
  const [seen, setSeen] = useState(views)
  useEffect(() => {
    let here = true
    countView().then((count) => here && setSeen(count))
    return () => {
      here = false
    }
  }, [countView])
  return <p className="hint">Views with JavaScript: {seen}</p>
}

class Boundary extends Component<{ readonly children: ReactNode }, { readonly message?: string }> {
  override state: { readonly message?: string } = {}

  static getDerivedStateFromError({ message }: Error) {
    return { message }
  }

  override render() {
    const { message } = this.state
    if (message === undefined) return this.props.children
    return (
      <div className="sealform-summary" role="alert">
        <h2>This part has failed</h2>
        <p>{message}</p>
      </div>
    )
  }
}
