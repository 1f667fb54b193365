/** A row of the table, as each app prints it. All are HTML. */
export interface Row {
  readonly title: string
  /** Attributes of the form element. */
  readonly attributes: string
  /** Hidden fields. */
  readonly fields: string
  /** Attributes of the button that deletes. */
  readonly remove: string
}

const names = [
  'Milk',
  'Bread',
  'Coffee',
  'Paint the fence',
  'Call Zoë',
  'Return the books',
  'Water the plants',
]

/** The titles of a list of this length. */
export function titles(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${names[i % names.length]} ${i}`)
}

/** How many rows a request asks for by `?n=`. @default 200 */
export function countIn(url: string | undefined): number {
  const asked = /[?&]n=(\d{1,4})\b/.exec(url ?? '')?.[1]
  return asked === undefined ? 200 : Number(asked)
}

/** Prints a table with a form in each row, to edit it and to delete it. It is the same in every app. */
export function rowsPage(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ title, attributes, fields, remove }) =>
      `<tr><td><form ${attributes}>${fields}<input name="title" aria-label="Title" value="${title}"><button>Save</button><button ${remove}>Delete</button></form></td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<title>List</title>
<table>
${lines.join('\n')}
</table>
</html>
`
}

/** A row without protection, or with the hidden field of a token. The id goes in clear. */
export function plainRow(title: string, id: number, token = ''): Row {
  return {
    title,
    attributes: 'method="post"',
    fields: `${token}<input type="hidden" name="id" value="${id}">`,
    remove: 'name="do" value="remove"',
  }
}
