/** A page of the tour, as the front page and the bar of pages name it. */
export interface TourPage {
  readonly path: string
  readonly name: string
  /** What it shows, in a sentence. */
  readonly text: string
}

export interface TourGroup {
  readonly name: string
  readonly pages: readonly TourPage[]
}

/** The pages in the order in which they build on each other. */
export const groups: readonly TourGroup[] = [
  {
    name: 'Start here',
    pages: [
      {
        path: '/todos',
        name: 'Todos',
        text: 'Add, remove, clear: three actions on one page, one of them bound to each item.',
      },
      {
        path: '/signup',
        name: 'Sign up',
        text: 'Every kind of control, validated on the server, with your input given back.',
      },
      {
        path: '/search',
        name: 'Search',
        text: 'A form that is sent by GET: checked by a schema, given back, with an address to bookmark.',
      },
    ],
  },
  {
    name: 'When something goes wrong',
    pages: [
      {
        path: '/stale',
        name: 'Stale form',
        text: 'A form that expires after five seconds, and what you get when you are late.',
      },
      {
        path: '/boundary',
        name: 'Failures',
        text: 'An error costs the page one part of it. The rest is there, and so is what you typed.',
      },
      {
        path: '/order',
        name: 'Order',
        text: 'Lines to add and remove, a check before you send, and an action that runs once, however often you click.',
      },
    ],
  },
  {
    name: 'State without a session',
    pages: [
      {
        path: '/counter',
        name: 'Counter',
        text: 'State that travels with the form, so that the server remembers nothing.',
      },
      {
        path: '/wizard',
        name: 'Wizard',
        text: 'Three steps back and forth. The form itself carries all you have typed, and the last step happens once.',
      },
    ],
  },
  {
    name: 'Files',
    pages: [
      {
        path: '/upload',
        name: 'Upload',
        text: 'A picture and attachments, chosen once: a mistake elsewhere in the form does not cost you your files.',
      },
      {
        path: '/large',
        name: 'Large file',
        text: 'Up to 1 GiB, read as it arrives: never on the disk, never whole in memory.',
      },
    ],
  },
  {
    name: 'Faster pages',
    pages: [
      {
        path: '/news',
        name: 'News',
        text: 'A list that is slow to read and kept for everybody, until an action says that it has changed.',
      },
      {
        path: '/likes',
        name: 'Likes',
        text: 'A script calls the action: it counts at once, and takes back what the server refuses. Without it, a form.',
      },
      {
        path: '/draft',
        name: 'Draft',
        text: 'A form that saves itself while you type, with our script. Otherwise it has a button.',
      },
    ],
  },
]

const pages = groups.flatMap((group) => group.pages)

/** Returns the page that a file of `pages/` makes. */
export function pageOf(source: string): Pick<TourPage, 'path' | 'name'> {
  const gallery = { path: '/gallery', name: 'Gallery' }
  if (source === 'gallery') return gallery
  return pages.find(({ path }) => path === `/${source}`) ?? { path: '/', name: 'the start' }
}
