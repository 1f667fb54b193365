import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { directoryStorage } from '../../lib/sealform.js'
import { breakingLine } from '../setup/breaking-line.js'
import { scratch } from '../setup/file-storage.js'
import { until } from '../setup/patience.js'
import { pngPicture } from '../setup/sample-files.js'
import { launchChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'
import { startTour, Tab } from './visit.js'

const MiB = 1024 * 1024

let browser: Browser
before(async () => {
  browser = await launchChromium()
})
after(() => browser.close())

test('upload: a picture and two attachments end in the gallery', async (t) => {
  const { tab, file, emptied } = await visitUpload(t)
  await tab.page.getByLabel('Title').fill('Blue & <b>green</b>')
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  await choose(tab, 'Attachments', file('one.txt', 'one'), file('größe “2”.bin', Buffer.alloc(70_000)))
  const gallery = await tab.press('Upload')
  assert.equal(gallery.status, 200)
  assert.equal(new URL(gallery.url).pathname, '/gallery')
  assert.deepEqual(await tab.texts('.success'), ['“Blue & <b>green</b>” has arrived.'])
  assert.deepEqual(await tab.texts('.gallery h2'), ['Blue & <b>green</b>'])
  assert.deepEqual(await tab.texts('.files li'), [
    'avatar.png, 120,278 bytes',
    'one.txt, 3 bytes',
    'größe “2”.bin, 70,000 bytes',
  ])
  assert.equal(await shownWidth(tab), 200)
  assert.deepEqual(await emptied(), [])
})

test('upload: an empty title keeps the files, and the corrected form needs no second choice', async (t) => {
  const { tab, file, stored, emptied } = await visitUpload(t)
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  await choose(tab, 'Attachments', file('one.txt', 'one'), file('two.txt', 'two!'))
  const refused = await tab.press('Upload')
  assert.equal(refused.status, 422)
  assert.equal(await tab.page.title(), 'Error: Upload | Sealform tour')
  assert.equal(await tab.focused(), 'upload-summary')
  assert.deepEqual(await tab.texts('.sealform-summary a'), ['Enter a title'])
  assert.deepEqual(await keptFiles(tab), [
    'avatar.png, 120 kB, kept',
    'one.txt, 3 B, kept',
    'two.txt, 4 B, kept',
  ])
  assert.equal(stored().length, 3)
  const picture = tab.page.getByLabel('Picture', { exact: true })
  assert.equal(await picture.getAttribute('required'), null)
  assert.equal(await picture.inputValue(), '')

  await tab.page.getByLabel('Title').fill('Corrected')
  assert.equal(new URL((await tab.press('Upload')).url).pathname, '/gallery')
  assert.deepEqual(await tab.texts('.gallery h2'), ['Corrected'])
  assert.deepEqual(await tab.texts('.files li'), [
    'avatar.png, 120,278 bytes',
    'one.txt, 3 bytes',
    'two.txt, 4 bytes',
  ])
  assert.equal(await shownWidth(tab), 200)
  assert.deepEqual(await emptied(), [])
})

test('upload: files are kept over several mistakes, and others may be added', async (t) => {
  const { tab, file, emptied } = await visitUpload(t)
  await choose(tab, 'Attachments', file('one.txt', 'one'))
  assert.equal((await tab.press('Upload')).status, 422)
  assert.deepEqual(await tab.texts('.sealform-summary a'), ['Enter a title', 'Choose a file.'])
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  await choose(tab, 'Attachments', file('two.txt', 'two'), file('three.txt', 'three'))
  assert.equal((await tab.press('Upload')).status, 422)
  assert.equal((await keptFiles(tab)).length, 4)
  await tab.page.getByLabel('Title').fill('At last')
  await choose(tab, 'Attachments', file('four.txt', 'four'))
  assert.equal((await tab.press('Upload')).status, 422)
  assert.deepEqual(await tab.texts('.sealform-issue'), ['Choose at most 3 files.'])

  await tab.page.getByLabel('Remove two.txt').check()
  assert.equal((await tab.press('Upload')).status, 200)
  const [, ...attachments] = await tab.texts('.files li')
  assert.deepEqual(attachments, ['one.txt, 3 bytes', 'three.txt, 5 bytes', 'four.txt, 4 bytes'])
  assert.deepEqual(await emptied(), [])
})

test('upload: a picture that is too large is refused, however large, and the title comes back', async (t) => {
  const { tab, file, stored, emptied } = await visitUpload(t)
  for (const size of [5 * MiB + 1, 8 * MiB, 100 * MiB]) {
    await tab.open('/upload')
    await tab.page.getByLabel('Title').fill(`A title for ${size}`)
    await choose(tab, 'Picture', file('large.png', Buffer.alloc(size)))
    await choose(tab, 'Attachments', file('one.txt', 'one'))
    const refused = await tab.press('Upload')
    assert.equal(refused.status, 413, `${size}`)
    assert.equal(await tab.focused(), 'upload-summary')
    assert.equal(await tab.value('Title'), `A title for ${size}`)
    assert.deepEqual(await keptFiles(tab), [])
    assert.deepEqual(await emptied(), [])
  }
  await choose(tab, 'Picture', file('exact.png', pngOf(5 * MiB)))
  assert.equal((await tab.press('Upload')).status, 200)
  assert.deepEqual(await tab.texts('.files li'), ['exact.png, 5,242,880 bytes'])
  assert.deepEqual(await emptied(), [])
  assert.deepEqual(stored(), [])
})

test('upload: a file of the wrong type is named at its field, and the others are kept', async (t) => {
  const { tab, file, emptied } = await visitUpload(t)
  await tab.page.getByLabel('Title').fill('A title')
  await choose(tab, 'Picture', file('notes.txt', 'not a picture'))
  await choose(tab, 'Attachments', file('one.txt', 'one'))
  const refused = await tab.press('Upload')
  assert.equal(refused.status, 422)
  const picture = tab.page.getByLabel('Picture', { exact: true })
  assert.equal(await picture.getAttribute('aria-invalid'), 'true')
  assert.match(String(await picture.getAttribute('aria-describedby')), /upload-picture-issue/)
  assert.match(
    (await tab.texts('[id="upload-picture-issue"]')).join(),
    /^We cannot accept this type of file here/,
  )
  assert.deepEqual(await keptFiles(tab), ['one.txt, 3 B, kept'])
  assert.equal(await tab.value('Title'), 'A title')

  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  assert.equal((await tab.press('Upload')).status, 200)
  assert.deepEqual(await tab.texts('.files li'), ['avatar.png, 120,278 bytes', 'one.txt, 3 bytes'])
  assert.deepEqual(await emptied(), [])
})

test('upload: a kept picture that is removed is required again', async (t) => {
  const { tab, file, emptied } = await visitUpload(t)
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  await tab.press('Upload')
  await tab.page.getByLabel('Title').fill('A title')
  await tab.page.getByLabel('Remove avatar.png').check()
  assert.equal((await tab.press('Upload')).status, 422)
  assert.deepEqual(await tab.texts('.sealform-summary a'), ['Choose a file.'])
  assert.deepEqual(await keptFiles(tab), [])
  assert.deepEqual(await emptied(), [])
  await tab.open('/gallery')
  assert.deepEqual(await tab.texts('.gallery h2'), [])
})

test('upload: a new choice replaces the kept picture', async (t) => {
  const { tab, file, stored, emptied } = await visitUpload(t)
  await choose(tab, 'Picture', file('old.png', pngPicture()))
  await tab.press('Upload')
  await choose(tab, 'Picture', file('new.png', pngPicture(40, 30)))
  assert.equal((await tab.press('Upload')).status, 422)
  assert.deepEqual(await keptFiles(tab), ['new.png, 3.6 kB, kept'])
  await until(() => stored().length === 1)
  await tab.page.getByLabel('Title').fill('The new one')
  assert.equal((await tab.press('Upload')).status, 200)
  assert.equal(await shownWidth(tab), 40)
  assert.deepEqual(await emptied(), [])
})

test('upload: the keyboard alone removes a kept file and sends', async (t) => {
  const { tab, file, emptied } = await visitUpload(t)
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  await choose(tab, 'Attachments', file('one.txt', 'one'))
  await tab.press('Upload')
  const { keyboard } = tab.page
  assert.equal(await tab.focused(), 'upload-summary')
  // Its link leads to the title.
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await tab.page.waitForURL(/#upload-title$/)
  await keyboard.type('By keyboard')
  for (const expected of ['Remove avatar.png', null, 'Remove one.txt']) {
    await keyboard.press('Tab')
    const focused = tab.page.locator(':focus')
    if (expected !== null) assert.equal((await focused.locator('xpath=..').textContent())?.trim(), expected)
  }
  await keyboard.press('Space')
  const gallery = await tab.load(() => keyboard.press('Enter'))
  assert.equal(gallery.status, 200)
  assert.deepEqual(await tab.texts('.files li'), ['avatar.png, 120,278 bytes'])
  assert.deepEqual(await emptied(), [])
})

test('upload: reloading the answer sends the same again and keeps one set of files at a time', async (t) => {
  const { tab, file } = await visitUpload(t)
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  await tab.press('Upload')
  assert.equal((await tab.load((page) => page.reload())).status, 422)
  assert.deepEqual(await keptFiles(tab), ['avatar.png, 120 kB, kept'])
  await tab.page.getByLabel('Title').fill('After the reload')
  assert.equal((await tab.press('Upload')).status, 200)
  await tab.load((page) => page.reload())
  assert.deepEqual(await tab.texts('.gallery h2'), ['After the reload'])
})

test('upload: an SVG that calls itself a picture is offered for download and never shown', async (t) => {
  const { tab, file } = await visitUpload(t)
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = 1</script></svg>'
  await tab.page.getByLabel('Title').fill('A drawing')
  await choose(tab, 'Picture', file('drawing.svg', svg))
  assert.equal((await tab.press('Upload')).status, 200)
  assert.equal(await tab.page.locator('.gallery img').count(), 0)
  const [download] = await Promise.all([
    tab.page.waitForEvent('download'),
    tab.page.getByRole('link', { name: 'drawing.svg' }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'drawing.svg')
})

test('upload: everything works with JavaScript switched on, too', async (t) => {
  const { tab, file, problems } = await visitUpload(t, { javaScriptEnabled: true })
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  assert.equal((await tab.press('Upload')).status, 422)
  await tab.page.getByLabel('Title').fill('With scripts')
  assert.equal((await tab.press('Upload')).status, 200)
  assert.equal(await shownWidth(tab), 200)
  // Chromium reports every page whose status is an error.
  assert.deepEqual(
    problems.filter((text) => !text.includes('422')),
    [],
  )
})

test('large: 30 MiB are hashed as they arrive, and nothing is stored', async (t) => {
  const { tab, file, stored } = await visitUpload(t)
  const content = randomBytes(30 * MiB)
  const seen = new Set<number>()
  const look = setInterval(() => seen.add(stored().length), 5)
  await tab.open('/large')
  await choose(tab, 'File', file('large.bin', content))
  const answer = await tab.press('Send')
  clearInterval(look)
  assert.equal(answer.status, 200)
  const sha256 = createHash('sha256').update(content).digest('hex')
  assert.deepEqual(await tab.texts('.facts dd'), ['large.bin', '31,457,280 bytes', sha256])
  assert.deepEqual([...seen], [0])
})

test('large: a file has to be chosen, and may be empty', async (t) => {
  const { tab, file } = await visitUpload(t)
  await tab.open('/large')
  assert.equal((await tab.press('Send')).status, 422)
  assert.deepEqual(await tab.texts('.sealform-summary a'), ['Choose a file.'])
  await choose(tab, 'File', file('empty', ''))
  assert.equal((await tab.press('Send')).status, 200)
  const sha256 = createHash('sha256').digest('hex')
  assert.deepEqual(await tab.texts('.facts dd'), ['empty', '0 bytes', sha256])
})

test('upload: with our script a large attachment comes before its form, and goes on where it was', async (t) => {
  const { tab, file, problems, emptied } = await visitUpload(t, { javaScriptEnabled: true })
  const line = await breakingLine(t, Number(new URL(tab.page.url()).port))
  await tab.page.goto(`http://127.0.0.1:${line.port}/upload?library=ours`)
  const content = randomBytes(6 * MiB)
  await tab.page.getByLabel('Title').fill('Large')
  await choose(tab, 'Picture', file('avatar.png', pngPicture()))
  await choose(tab, 'Attachments', file('large.bin', content))
  line.breakAfter(2 * MiB)
  await tab.page.getByRole('button', { name: 'Upload' }).click()
  await tab.page.getByText('“Large” has arrived.').waitFor()
  assert.equal(line.breaks, 1)
  const last = line.appended.at(-1)
  assert.ok(last!.offset > 0, `went on at ${last!.offset}`)
  assert.deepEqual(await tab.texts('.files li'), ['avatar.png, 120,278 bytes', 'large.bin, 6,291,456 bytes'])
  assert.deepEqual(await emptied(), [])
  assert.deepEqual(
    problems.filter((text) => !/Failed to load resource/.test(text)),
    [],
  )
})

async function visitUpload(t: TestContext, options = {}) {
  const directory = scratch(t)
  const files = scratch(t)
  const tour = await startTour({ uploads: { storage: directoryStorage({ directory }) } })
  const page = await lendPageTo(t, browser, { javaScriptEnabled: false, ...options })
  t.after(() => tour.close())
  const tab = new Tab(page, tour.url)
  const problems: string[] = []
  tab.page.on('console', (message) => problems.push(message.text()))
  tab.page.on('pageerror', (error) => problems.push(error.message))
  await tab.open('/upload')
  const stored = () => readdirSync(directory)
  return {
    tab,
    problems,
    /** The names of the files in the storage. */
    stored,
    /** Waits until the storage is empty or a second has passed, and returns the names. */
    async emptied() {
      await until(() => stored().length === 0)
      return stored()
    },
    /** Puts a file on the visitor's disk. */
    file(name: string, content: string | Buffer): string {
      const path = join(files, basename(name))
      writeFileSync(path, content)
      return path
    },
  }
}

async function choose(tab: Tab, label: string, ...paths: string[]): Promise<void> {
  await tab.page.getByLabel(label, { exact: true }).setInputFiles(paths)
}

/** Returns the text about the kept files, without the choice to remove them. */
async function keptFiles(tab: Tab): Promise<string[]> {
  const texts = await tab.texts('.sealform-kept li')
  return texts.map((text) => text.replace(/ Remove .*$/, ''))
}

/** Returns the natural width of the first picture of the gallery: 0 when the browser does not show it. */
async function shownWidth(tab: Tab): Promise<number> {
  return tab.page
    .locator('.gallery img')
    .first()
    .evaluate(async (img: Picture) => {
      await img.decode()
      return img.naturalWidth
    })
}

/** The part of an image element that is used here. */
interface Picture {
  decode(): Promise<void>
  readonly naturalWidth: number
}

/** A PNG of exactly this many bytes; what follows its end is ignored. */
function pngOf(bytes: number): Buffer {
  return Buffer.concat([pngPicture(), Buffer.alloc(bytes)], bytes)
}
