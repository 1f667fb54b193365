import type { Page } from 'playwright-core'

/** What a way of sending works with: a tab, and the places from which it can send. */
export interface Stage {
  readonly page: Page
  /** The app's origin, as the visitor sees it. */
  readonly own: string
  /** Origins of a host on other ports than the app's. The app may list the first, never the second. */
  listed(host: string): string
  other(host: string): string
  /** The app's form, with a seal that opens. */
  form(action?: string): string
  /** Registers a document, and returns its path, which is the same on every origin. */
  place(markup: string, headers?: Readonly<Record<string, string>>): string
  /** Opens the form there, in a document under this Referrer-Policy, and presses its button. */
  sendFrom(origin: string, policy?: string): Promise<void>
  /** Opens a document with this markup there. */
  open(origin: string, markup: string): Promise<unknown>
  /** Presses the button of the page, or of the frame in it. */
  press(where?: Page | 'frame'): Promise<void>
}

export interface Way {
  /** Chromium sends Sec-Fetch-Site only to hosts that it trusts, such as `localhost`. @default localhost */
  readonly host?: string
  /** The host of the `origin` option, when the app has one. */
  readonly configured?: string
  readonly scripts?: true
  /** How many times the form arrives. The last one counts. @default 1 */
  readonly posts?: number
  /** Whether Chromium sends the form without the visitor's cookie. */
  readonly keepsCookieBack?: true
  send(stage: Stage): Promise<unknown>
}

/** The ways in which a browser can send a form, by the names that the cases of the table use. */
export const ways: Readonly<Record<string, Way>> = {
  'a form of our own page': { send: ({ sendFrom, own }) => sendFrom(own) },
  'a form of our own page under no-referrer': { send: ({ sendFrom, own }) => sendFrom(own, 'no-referrer') },
  'a form of our own page under same-origin': { send: ({ sendFrom, own }) => sendFrom(own, 'same-origin') },
  'a form of our own page under origin': { send: ({ sendFrom, own }) => sendFrom(own, 'origin') },
  'a form of our own page under strict-origin': {
    send: ({ sendFrom, own }) => sendFrom(own, 'strict-origin'),
  },
  'a form of our own page into a new tab': {
    async send({ open, own, form, press }) {
      await open(own, `<base target="_blank">${form()}`)
      await press()
    },
  },
  'a form in a window that our own page opened': {
    scripts: true,
    async send({ page, open, own, place, form, press }) {
      await open(own, `<button onclick="window.open('${place(form())}')">Open</button>`)
      const [opened] = await Promise.all([page.waitForEvent('popup'), press()])
      await press(opened)
    },
  },
  'a form that our own script sends': {
    scripts: true,
    send: ({ open, own, form }) => open(own, form() + submitting),
  },
  'our own answer, reloaded': {
    posts: 2,
    async send({ page, own, sendFrom }) {
      await Promise.all([page.waitForURL(`${own}/`), sendFrom(own)])
      await page.reload()
    },
  },
  'our own page in a frame of another site': {
    async send({ open, own, other, place, form, press }) {
      await open(other('127.0.0.1'), `<iframe src="${own}${place(form())}"></iframe>`)
      await press('frame')
    },
  },
  'our own page in a sandbox': { send: (stage) => sendFromSandbox(stage, 'allow-forms') },
  'our own page in a sandbox that keeps its origin': {
    send: (stage) => sendFromSandbox(stage, 'allow-forms allow-same-origin'),
  },
  'our own page under Content-Security-Policy: sandbox': {
    async send({ page, own, place, form, press }) {
      await page.goto(own + place(form(), { 'Content-Security-Policy': 'sandbox allow-forms' }))
      await press()
    },
  },
  'our own form that another site sent back by a redirect': {
    async send({ open, own, other, place, form, press }) {
      const back = other('127.0.0.1') + place('', { Location: `${own}/` })
      await open(own, form(back))
      await press()
    },
  },
  'a form of another site': { send: ({ sendFrom, other }) => sendFrom(other('127.0.0.1')) },
  'a form of another site under no-referrer': {
    send: ({ sendFrom, other }) => sendFrom(other('127.0.0.1'), 'no-referrer'),
  },
  'a form of another site under unsafe-url': {
    send: ({ sendFrom, other }) => sendFrom(other('127.0.0.1'), 'unsafe-url'),
  },
  'a form of another site into a new tab': {
    async send({ open, other, form, press }) {
      await open(other('127.0.0.1'), `<base target="_blank">${form()}`)
      await press()
    },
  },
  'a form that a script of another site sends': {
    scripts: true,
    send: ({ open, other, form }) => open(other('127.0.0.1'), form() + submitting),
  },
  'the answer to another site, reloaded': {
    posts: 2,
    async send({ page, own, other, sendFrom }) {
      await Promise.all([page.waitForURL(`${own}/`), sendFrom(other('127.0.0.1'))])
      await page.reload()
    },
  },
  'a form of another port': { send: ({ sendFrom, other }) => sendFrom(other('localhost')) },
  'a form of another port under no-referrer': {
    send: ({ sendFrom, other }) => sendFrom(other('localhost'), 'no-referrer'),
  },
  'a form of a listed site': { send: ({ sendFrom, listed }) => sendFrom(listed('127.0.0.1')) },
  'a form of a listed site under no-referrer': {
    send: ({ sendFrom, listed }) => sendFrom(listed('127.0.0.1'), 'no-referrer'),
  },
  'a form of a listed port': { send: ({ sendFrom, listed }) => sendFrom(listed('localhost')) },
  'a form in a data: document': {
    async send({ page, form, press }) {
      await page.goto(`data:text/html,${encodeURIComponent(form())}`)
      await press()
    },
  },
  'a form in a blob: document of ours': { scripts: true, send: (stage) => sendFromBlob(stage, stage.own) },
  'a form in a blob: document of another site': {
    scripts: true,
    send: (stage) => sendFromBlob(stage, stage.other('127.0.0.1')),
  },
  'fetch by our own script': {
    scripts: true,
    send: ({ open, own, form }) => open(own, form() + fetching('same-origin')),
  },
  'fetch without CORS by another site': {
    scripts: true,
    send: ({ open, other, form }) => open(other('127.0.0.1'), form() + fetching('no-cors')),
  },
  'fetch without CORS by another port': {
    scripts: true,
    send: ({ open, other, form }) => open(other('localhost'), form() + fetching('no-cors')),
  },
  'configured: a form of our own page': {
    configured: 'localhost',
    send: ({ sendFrom, own }) => sendFrom(own),
  },
  'configured: a form of our own page under no-referrer': {
    configured: 'localhost',
    send: ({ sendFrom, own }) => sendFrom(own, 'no-referrer'),
  },
  'configured: a form of our own page by another name': {
    configured: 'localhost',
    host: '127.0.0.1',
    send: ({ sendFrom, own }) => sendFrom(own),
  },
  'plain http: a form of our own page': { host: 'app.test', send: ({ sendFrom, own }) => sendFrom(own) },
  'plain http: a form of our own page under no-referrer': {
    host: 'app.test',
    send: ({ sendFrom, own }) => sendFrom(own, 'no-referrer'),
  },
  'plain http: our own page in a sandbox': {
    host: 'app.test',
    keepsCookieBack: true,
    send: (stage) => sendFromSandbox(stage, 'allow-forms'),
  },
  'plain http: a form of another site': {
    host: 'app.test',
    send: ({ sendFrom, other }) => sendFrom(other('evil.test')),
  },
  'plain http: a form of another site under no-referrer': {
    host: 'app.test',
    send: ({ sendFrom, other }) => sendFrom(other('evil.test'), 'no-referrer'),
  },
  'plain http: a form of a listed site': {
    host: 'app.test',
    send: ({ sendFrom, listed }) => sendFrom(listed('pay.test')),
  },
}

const submitting = '<script>document.forms[0].submit()</script>'

const fetching = (mode: string) => `<script>
  const [form] = document.forms
  fetch(form.action, { method: 'POST', mode: '${mode}', body: new URLSearchParams(new FormData(form)) })
</script>`

async function sendFromSandbox({ open, own, place, form, press }: Stage, flags: string): Promise<void> {
  await open(own, `<iframe sandbox="${flags}" src="${place(form())}"></iframe>`)
  await press('frame')
}

async function sendFromBlob({ page, open, form, press }: Stage, origin: string): Promise<void> {
  await open(
    origin,
    `<script>location = URL.createObjectURL(new Blob(['${form()}'], { type: 'text/html' }))</script>`,
  )
  await page.waitForURL(/^blob:/)
  await press()
}
