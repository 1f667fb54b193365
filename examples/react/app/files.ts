import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const fromTour = join('examples', 'tour', 'public')

/** In the tour, the pages are a menu in a narrow window, and no list is empty. */
const ownStyles = `
header.site nav {
  flex: 1 1 20rem;
}

.todos:empty {
  display: none;
}
`

/** Returns a file of the app; `undefined` when the path is not one. The styles are those of the tour. */
export async function fileFor(path: string, folder: string) {
  if (path === '/client.js')
    return { type: 'text/javascript', content: await readFile(join(folder, 'client.js')) }
  if (path === '/styles.css') {
    return { type: 'text/css', content: (await readFile(join(fromTour, 'styles.css'), 'utf8')) + ownStyles }
  }
  if (path === '/seal.svg')
    return { type: 'image/svg+xml', content: await readFile(join(fromTour, 'seal.svg')) }
  return undefined
}
