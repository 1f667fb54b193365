import { Component, type ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Form, Submit, useOptimistic } from 'sealform/preact'
import type { ClientProps } from 'sealform/preact/server'
import type { PropsOf } from '../../react/app/pages.js'

export function Likes({ like, likes, countView, views, breakDown }: ClientProps<PropsOf<'/likes'>>) {
  return (
    <>
      <Like like={like} likes={likes} />
      <Views countView={countView} views={views} />
      <Boundary>
        <Form action={breakDown} class="panel">
          <p>An action that throws reaches the nearest error boundary.</p>
          <div class="buttons">
            <Submit class="secondary">Break this part</Submit>
          </div>
        </Form>
      </Boundary>
    </>
  )
}

function Like({ like, likes }: Pick<ClientProps<PropsOf<'/likes'>>, 'like' | 'likes'>) {
  const [shown, addShown] = useOptimistic(likes, (count, more: number) => count + more)
  const press = async (event: MouseEvent) => {
    event.preventDefault()
    addShown(1)
    await like()
  }
  // The form is for browsers without JavaScript.
  return (
    <Form action={like} class="panel">
      <p class="count" role="status" aria-label={`${shown} likes`}>
        {shown}
      </p>
      <div class="buttons">
        <Submit onClick={press}>Like</Submit>
      </div>
    </Form>
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
  return <p class="hint">Views with JavaScript: {seen}</p>
}

class Boundary extends Component<{ readonly children: ComponentChildren }, { readonly message?: string }> {
  override state: { readonly message?: string } = {}

  static override getDerivedStateFromError({ message }: Error) {
    return { message }
  }

  override render() {
    const { message } = this.state
    if (message === undefined) return this.props.children
    return (
      <div class="sealform-summary" role="alert">
        <h2>This part has failed</h2>
        <p>{message}</p>
      </div>
    )
  }
}
