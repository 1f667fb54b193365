/** The files of a page of rows with a server action of Next.js. */
export const nextRows = {
  'page.jsx': `import { revalidatePath } from 'next/cache'

export const dynamic = 'force-dynamic'

const state = (globalThis.rows ??= { newest: 'The first row' })

async function add(formData) {
  'use server'
  state.newest = String(formData.get('title'))
  revalidatePath('/')
}

export default function Page() {
  const rows = Array.from({ length: 20 }, (_, i) => (i === 0 ? state.newest : \`Row \${i} of a list that stays as it is\`))
  return (
    <>
      <h1>Rows</h1>
      <section id="rows">
        <form action={add}><input name="title" /><button>Add</button></form>
        <ul>{rows.map((row, i) => <li key={i}>{row}</li>)}</ul>
      </section>
    </>
  )
}
`,
  'layout.jsx': `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>
}
`,
}
