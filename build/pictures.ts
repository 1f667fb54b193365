import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { createTour } from '../examples/tour/app.js'
import { groups } from '../examples/tour/page-list.js'
import { openChromium } from '../test/browser/chromium.js'

// npm run docs:pictures: takes the pictures of docs/pictures from the tour, and writes docs/tour.md around them.

const folder = 'docs/pictures'
const mostBytes = 60_000

mkdirSync(folder, { recursive: true })
const browser = await openChromium()
const server = createServer(createTour({ development: true, onRefused: () => {} }).callback())
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://localhost:${(server.address() as AddressInfo).port}`
try {
  for (const colorScheme of ['light', 'dark'] as const) await takeErrorState(colorScheme)
  await takeTour()
  writeFileSync('docs/tour.md', tourPage())
} finally {
  await browser.close()
  server.closeAllConnections()
  server.close()
}

/** The state that other stacks leave to the app: what is wrong beside its field, and the input still there. */
async function takeErrorState(colorScheme: 'light' | 'dark'): Promise<void> {
  const page = await open({ width: 760, height: 1600, colorScheme })
  await page.goto(`${url}/signup`)
  await page.getByLabel('Email address').fill('ada@example')
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
  await page.getByLabel('Password').fill('short')
  await page.getByLabel('Company').check()
  await page.getByLabel('Country').selectOption('de')
  await page.getByLabel('I accept the terms').check()
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByText('There is a problem').waitFor()
  const top = (await page.locator('.sealform-summary').boundingBox())?.y ?? 0
  const clip = { x: 0, y: top - 24, width: 760, height: 560 }
  await keep(colorScheme === 'light' ? 'error-state' : 'error-state-dark', page, clip)
}

/** Each page of the tour as it opens, with one todo and one piece of news. */
async function takeTour(): Promise<void> {
  const page = await open({ width: 1280, height: 800, colorScheme: 'light' })
  await page.goto(`${url}/todos`)
  await page.getByLabel('What is there to do?').fill('Water the plants')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  const paths = ['/', ...groups.flatMap(({ pages }) => pages.map(({ path }) => path)), '/source/todos']
  for (const path of paths) {
    await page.goto(url + path)
    await keep(pictureOf(path), page)
  }
}

function pictureOf(path: string): string {
  return `tour-${path.slice(1).replace('/', '-') || 'home'}`
}

function tourPage(): string {
  const parts = groups.map(({ name, pages }) => {
    const shown = pages.map(
      (page) =>
        `### ${page.name}\n\n${page.text}\n\n![The page “${page.name}” of the tour](pictures/${pictureOf(page.path)}.webp)\n`,
    )
    return `## ${name}\n\n${shown.join('\n')}`
  })
  return `# The tour

The tour is an app that shows what Sealform can do. Clone [the repository](https://github.com/sealform/sealform), run \`npm ci && npm start\` there, and
open http://localhost:3000. It needs no key. Every page works with JavaScript switched off. Above each page you choose what sends the forms: the browser
alone, Sealform's [script](guide/javascript.md), Turbo, htmx or Unpoly. Below, a panel shows what went over the wire. Each page ends with its source.

![The front page of the tour: what Sealform does for you, and a form to break](pictures/tour-home.webp)

${parts.join('\n')}
## The source of each page

![The source of the page about todos, in colour](pictures/tour-source-todos.webp)
`
}

async function open({
  colorScheme,
  ...viewport
}: {
  readonly width: number
  readonly height: number
  readonly colorScheme: 'light' | 'dark'
}): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme })
  return context.newPage()
}

type Clip = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** Writes a picture as WebP, which is a quarter of the PNG that Chromium takes. */
async function keep(name: string, page: Page, clip?: Clip): Promise<void> {
  const png = await page.screenshot({ animations: 'disabled', ...(clip && { clip, fullPage: true }) })
  const webp = await asWebP(browser, png)
  if (webp.length > mostBytes)
    throw new Error(`${name}.webp has ${webp.length} bytes, and ${mostBytes} are allowed.`)
  writeFileSync(`${folder}/${name}.webp`, webp)
  console.log(`${folder}/${name}.webp: ${webp.length} bytes`)
}

/** Lets Chromium write a picture anew. It has the only WebP encoder here. */
async function asWebP(encoder: Browser, png: Buffer): Promise<Buffer> {
  const page = await encoder.newPage()
  const written = await page.evaluate<string>(`(async () => {
    const picture = new Image()
    picture.src = 'data:image/png;base64,${png.toString('base64')}'
    await picture.decode()
    const canvas = document.createElement('canvas')
    canvas.width = picture.width
    canvas.height = picture.height
    canvas.getContext('2d').drawImage(picture, 0, 0)
    return canvas.toDataURL('image/webp', 0.75)
  })()`)
  await page.close()
  const [head, base64 = ''] = written.split(',')
  if (head !== 'data:image/webp;base64') throw new Error(`Chromium gave ${head} instead of WebP.`)
  return Buffer.from(base64, 'base64')
}
