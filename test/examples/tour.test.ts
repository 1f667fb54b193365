import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createTour } from '../../examples/tour/app.js'
import { libraries } from '../../examples/tour/library.js'
import { createBrowser } from '../../lib/testing/testing.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'

test('serves every page as HTML with strict headers, a link to its source, and no script but where it is shown', async () => {
  const { request } = visitTour()
  for (const path of [
    '/',
    '/todos',
    '/signup',
    '/welcome',
    '/counter',
    '/wizard',
    '/booked',
    '/order',
    '/ordered',
    '/stale',
    '/boundary',
    '/upload',
    '/gallery',
    '/large',
    '/news',
    '/search',
    '/frontpage',
    '/likes',
    '/draft',
  ]) {
    const page = await request.get(path)
    assert.equal(page.status, 200, path)
    assert.equal(page.type, 'text/html', path)
    if (path === '/likes') assert.deepEqual(page.text.match(/<script.*/gi), [likesScript])
    else assert.doesNotMatch(page.text, /<script/i, path)
    const source = /href="(\/source\/[a-z]+)"/.exec(page.text)?.[1]
    assert.ok(source, path)
    assert.match(codeOn((await request.get(source)).text), /import \{ html/, path)
    assert.equal(page.headers['referrer-policy'], 'no-referrer')
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; .*form-action 'self'/)
    assert.equal(page.headers['x-content-type-options'], 'nosniff')
    assert.equal(page.headers['cross-origin-opener-policy'], 'same-origin')
    assert.equal(page.headers['origin-agent-cluster'], '?1')
    assert.equal(page.headers['strict-transport-security'], undefined)
    assert.equal(page.headers['set-cookie'], undefined)
  }
})

test('source: shows each file unchanged, in colour, with a way back to its page', async () => {
  const { request, browser } = visitTour()
  const folder = new URL('../../../examples/tour/pages/', import.meta.url)
  const files = readdirSync(folder)
  for (const file of files) {
    const path = `/source/${file.replace('.ts', '')}`
    const { status, text } = await request.get(path)
    assert.equal(status, 200, path)
    assert.equal(codeOn(text), readFileSync(new URL(file, folder), 'utf8'))
    for (const kind of ['keyword', 'string', 'name']) assert.ok(text.includes(`class="code-${kind}"`), path)
    const [, back = ''] = /<a href="([^"]+)">Back to /.exec(text) ?? []
    assert.equal((await request.get(back)).status, 200, path)
  }
  const source = await browser.visit('/source/todos')
  assert.equal((await source.link('Back to Todos').click()).path, '/todos')
})

test('home: leads with what it saves, and with a form to break', async () => {
  const { browser } = visitTour()
  const page = await browser.visit('/')
  const [lead = '', ...headings] = page.texts('.lead, .saved dt, h2')
  assert.match(lead, /need not write/)
  assert.deepEqual(headings.slice(0, 6), [
    'CSRF tokens',
    'Redisplayed input',
    'Flash messages',
    'Upload handling',
    'Double submission',
    'Break this form',
  ])
})

test('home: gives back what was typed, whatever is broken, and takes it in the end', async () => {
  const { browser, request } = visitTour()
  const typed = { email: 'ada@example', message: 'Hello <there>' }
  const form = (await browser.visit('/')).form('break.send').fill(typed)
  const wrong = await form.submit('Send')
  assert.equal(wrong.status, 422)
  assert.ok(wrong.has('Enter an email address, such as ada@example.org'))
  const failed = await wrong.form('break.send').submit('Send, and let the action fail')
  assert.equal(failed.status, 500)
  const { fields } = formIn(failed.html, 'break.send')
  const changed = await request
    .post('/')
    .set(fromSamePage)
    .type('form')
    .send(urlencoded({ ...fields, sealform: `${fields.sealform}x` }, typed))
  assert.equal(changed.status, 400)
  assert.match(changed.text, /value="ada@example"/)
  for (const page of [wrong, failed]) {
    const again = page.form('break.send')
    assert.deepEqual([again.value('email'), again.value('message')], [typed.email, typed.message])
  }
  const sent = await failed.form('break.send').fill({ email: 'ada@example.org' }).submit('Send')
  assert.equal(sent.status, 200)
  assert.deepEqual(sent.texts('.success'), ['The message of ada@example.org has arrived, once.'])
})

test('home: names in its groups every page that the bar names', async () => {
  const { browser } = visitTour()
  const page = await browser.visit('/')
  assert.deepEqual(page.texts('.cards h3'), page.texts('nav a'))
  assert.equal(new Set(page.texts('.cards h3')).size, 13)
})

const likesScript = '<script type="module" src="/likes.js"></script>'

test('serves the scripts of the page about likes, and lets that page alone run them', async () => {
  const { request } = visitTour()
  const call = /data-call="([^"]+)"/.exec((await request.get('/likes')).text)?.[1] ?? assert.fail()
  for (const path of ['/likes.js', call]) assert.equal((await request.get(path)).type, 'text/javascript')
  const policy = async (path: string) => String((await request.get(path)).headers['content-security-policy'])
  assert.match(
    await policy('/likes'),
    /script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'/,
  )
  assert.doesNotMatch(await policy('/todos'), /script/)
})

test('likes: counts as a form, and gives a message with 422 for what is refused', async () => {
  const { request } = visitTour()
  const send = async (id: string) => {
    const { fields } = formIn((await request.get('/likes')).text, `likes-${id}`)
    return request.post('/likes').set(fromSamePage).redirects(1).send(urlencoded(fields))
  }
  const liked = await send('tea')
  assert.equal(liked.status, 200)
  assert.match(liked.text, /<output[^>]*>1<\/output>/)
  const refused = await send('mondays')
  assert.equal(refused.status, 422)
  assert.match(refused.text, /The server takes no likes for Mondays/)
})

test('switch: loads the scripts of a library from the tour itself, under a policy that allows no others', async () => {
  const { browser, request } = visitTour()
  for (const { name, label } of libraries) {
    const page = await browser.visit(`/search?library=${name}&q=a`)
    assert.deepEqual([page.path, page.texts('.switch [aria-current]')], ['/search?q=a', [label]])
    const scripts = [...page.html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, src]) => src!)
    // Ours comes with those for live regions and for large files, and Turbo with a line of the tour.
    const counts: Partial<Record<typeof name, number>> = { plain: 0, ours: 3, turbo: 2 }
    assert.equal(scripts.length, counts[name] ?? 1, name)
    for (const script of scripts) assert.equal((await request.get(script)).type, 'text/javascript')
    const policy = page.headers['content-security-policy'] ?? ''
    assert.match(policy, /^default-src 'none'; style-src 'self'/)
    assert.equal(policy.includes("script-src 'self'; connect-src 'self'"), name !== 'plain', name)
    assert.equal(policy.includes("trusted-types 'none'"), name === 'ours', name)
    assert.doesNotMatch(policy, /unsafe/)
    // Chromium would find no page behind Back once a cookie has changed.
    assert.doesNotMatch(page.headers.vary ?? '', /Cookie/)
  }
  assert.doesNotMatch((await browser.visit('/frontpage')).html, /<script|class="[^"]*switch/)
})

test('switch: ignores a library that it does not know, and leads to no other site', async () => {
  const { request } = visitTour()
  const unknown = await request.get('/todos?library=jquery')
  assert.deepEqual([unknown.status, unknown.headers['set-cookie']], [302, undefined])
  const elsewhere = await request.get('//evil.example/todos?library=ours')
  assert.equal(elsewhere.headers.location, './todos')
})

test('wire: shows the last five submissions of this visitor, with names and sizes, and no value', async () => {
  const tour = createTour({ keys: testKey, onRefused: () => {} })
  const browser = createBrowser(tour)
  const first = await browser.visit('/signup')
  assert.deepEqual(first.texts('#wire-last'), ['Nothing was sent yet.'])
  const refused = await first.form('signup').fill({ name: 'Ada', password: 'correct horse' }).submit()
  assert.match(refused.texts('#wire-last')[0]!, /^POST \/signup → 422, the whole page, [\d,]+ bytes, \d+ ms$/)
  const log = refused.texts('#wire-log')[0]!
  assert.match(log, /sealform [\d,]+ bytes, .*name 3 bytes, password 13 bytes, .*bytes in all/)
  assert.match(log, /Sec-Fetch-Site: same-origin/)
  assert.doesNotMatch(log, /Ada|correct horse/)
  const added = await (await browser.visit('/todos')).form('todos.add').fill({ title: 'x' }).submit()
  assert.match(added.texts('#wire-last')[0]!, /^POST \/todos → 303, on to \/todos, \d+ ms$/)
  for (let n = 0; n < 4; n++) await (await browser.visit('/todos')).form('todos.add').submit()
  assert.equal((await browser.visit('/')).texts('#wire-log li').length, 5)
  assert.deepEqual((await createBrowser(tour).visit('/')).texts('#wire-last'), ['Nothing was sent yet.'])
})

test('wire: names the regions that a script got, and does not send itself to pages for everybody', async () => {
  const { request } = visitTour()
  const { fields } = formIn((await request.get('/todos')).text, 'todos.add')
  const answer = await request
    .post('/todos')
    .set({ ...fromSamePage, 'Sealform-Region': 'todos' })
    .type('form')
    .send(urlencoded(fields, { title: 'New' }))
  assert.equal(answer.status, 200)
  assert.match(answer.text, /→ <strong>200<\/strong>, regions todos, heading, adding, [\d,]+ bytes/)
  assert.match(answer.text, /<code>Sealform-Region: todos<\/code>/)
  assert.match(answer.text, /<code>Sealform-Location: \/todos<\/code>/)
  assert.doesNotMatch((await request.get('/frontpage')).text, /wire/)
})

test('wire: shows no value of a search that a script sends, neither in its address nor where it leads', async () => {
  const { request } = visitTour()
  const get = (path: string) => request.get(path).set('Sealform-Region', 'search')
  const searched = await get('/search?q=Piz+Secret')
  const [cookie = ''] = [searched.headers['set-cookie']].flat().map((line) => String(line).split(';', 1)[0])
  const led = await get('/search?q=Piz+Secret&sort=').set('Cookie', cookie)
  assert.equal(led.status, 302)
  const page = (await request.get('/todos').set('Cookie', cookie)).text
  assert.match(page, /GET \/search\?q=… → <strong>200<\/strong>/)
  assert.match(page, /on to \.\/search\?q=…/)
  assert.doesNotMatch(page, /Secret/)
})

test('serves the style sheet and the icon', async () => {
  const { request } = visitTour()
  assert.equal((await request.get('/styles.css')).type, 'text/css')
  assert.equal((await request.get('/seal.svg')).type, 'image/svg+xml')
})

test('answers an unknown path, and an unlisted source, with a 404 page', async () => {
  const { request } = visitTour()
  for (const path of ['/nowhere', '/source/app', '/source/..%2Fapp', '/source/__proto__']) {
    const page = await request.get(path)
    assert.equal(page.status, 404, path)
    assert.match(page.text, /There is no such page/, path)
  }
})

test('runs nothing for a POST without a seal', async () => {
  const { request, titles } = visitTour()
  const answer = await request.post('/todos').set(fromSamePage).type('form').send('title=Unsealed')
  assert.equal(answer.status, 405)
  assert.deepEqual(await titles(), [])
})

test('todos: adds a title, and redirects to the list', async () => {
  const { todos, titles } = visitTour()
  const added = await (await todos()).fill({ title: '  Water the plants ' }).submit()
  assert.deepEqual(
    added.redirects.map(({ status }) => status),
    [303],
  )
  assert.deepEqual([added.status, added.path], [200, '/todos'])
  assert.deepEqual(await titles(), ['Water the plants'])
})

test('todos: accepts a title of 100 characters, and refuses one of 101 and an empty one', async () => {
  const { todos, titles } = visitTour()
  assert.equal((await (await todos()).fill({ title: 'x'.repeat(100) }).submit()).status, 200)
  assert.equal((await (await todos()).fill({ title: '🪴'.repeat(100) }).submit()).status, 200)
  const long = await (await todos()).fill({ title: 'x'.repeat(101) }).submit()
  assert.equal(long.status, 422)
  assert.equal(long.form('todos.add').value('title'), 'x'.repeat(101))
  assert.ok(long.has('Use at most 100 characters'))
  const empty = await (await todos()).fill({ title: ' ' }).submit()
  assert.equal(empty.status, 422)
  assert.ok(empty.has('Enter a title'))
  assert.equal((await titles()).length, 2)
})

test('todos: refuses a title that is on the list, in any case', async () => {
  const { todos, titles } = visitTour()
  await (await todos()).fill({ title: 'Caf\u00e9' }).submit()
  const again = await (await todos()).fill({ title: 'CAFE\u0301' }).submit()
  assert.equal(again.status, 422)
  assert.ok(again.has('This is on the list already'))
  assert.deepEqual(await titles(), ['Caf\u00e9'])
})

test('todos: adds one of two equal submissions at the same time, and refuses the other', async () => {
  const { todos, titles } = visitTour()
  const form = (await todos()).fill({ title: 'Once' })
  const answers = await Promise.all([form.submit(), form.submit()])
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 422])
  assert.deepEqual(await titles(), ['Once'])
})

test('todos: limits the list to 50', async () => {
  const { todos, titles } = visitTour()
  const form = await todos()
  for (let i = 1; i <= 50; i++) {
    assert.equal((await form.fill({ title: `Todo ${i}` }).submit()).status, 200)
  }
  const full = await form.fill({ title: 'One more' }).submit()
  assert.equal(full.status, 422)
  assert.ok(full.has('50 todos are enough'))
  assert.equal(full.form('todos.add').value('title'), 'One more')
  assert.equal((await titles()).length, 50)
})

test('todos: removes an item by the form that is bound to it, and only once', async () => {
  const { todos, titles } = visitTour()
  await (await todos()).fill({ title: 'First' }).submit()
  const page = await (await todos()).fill({ title: 'Second' }).submit()
  for (let i = 0; i < 2; i++) {
    assert.equal((await page.form('todos.remove', 1).submit()).status, 200)
    assert.deepEqual(await titles(), ['Second'])
  }
})

test('todos: clears the list by the second button, with any input in the field', async () => {
  const { todos, titles } = visitTour()
  const page = await (await todos()).fill({ title: 'First' }).submit()
  await page.form('todos.add').submit('Clear the list')
  assert.deepEqual(await titles(), [])
})

test('todos: runs nothing for a changed seal, and shows the input with a new one', async () => {
  const { request, send, titles } = visitTour()
  const { fields } = formIn((await request.get('/todos')).text, 'todos.add')
  const seal = fields.sealform ?? ''
  const changed = seal.slice(0, 60) + (seal[60] === 'A' ? 'B' : 'A') + seal.slice(61)
  const refused = await send('/todos', 'todos.add', { title: 'Kept' }, { sealform: changed })
  assert.equal(refused.status, 400)
  assert.match(refused.text, /value="Kept"/)
  assert.deepEqual(await titles(), [])
  const again = formIn(refused.text, 'todos.add')
  const sent = await request
    .post('/todos')
    .set(fromSamePage)
    .type('form')
    .send(urlencoded(again.fields, { title: 'Kept' }))
  assert.equal(sent.status, 303)
  assert.deepEqual(await titles(), ['Kept'])
})

test('todos: refuses another site, and shows no input', async () => {
  const { request, titles } = visitTour()
  const { fields } = formIn((await request.get('/todos')).text, 'todos.add')
  const refused = await request
    .post('/todos')
    .set({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })
    .type('form')
    .send(urlencoded(fields, { title: 'Planted' }))
  assert.equal(refused.status, 403)
  assert.doesNotMatch(refused.text, /Planted/)
  assert.deepEqual(await titles(), [])
})

test('signup: names the errors, and keeps the input except the password', async () => {
  const { browser } = visitTour()
  const typed = {
    email: 'nobody',
    name: 'Ada',
    password: 'correct horse',
    plan: 'team',
    topics: ['releases', 'stories'],
    country: 'France',
  }
  const refused = await (await browser.visit('/signup')).form('signup').fill(typed).submit()
  assert.equal(refused.status, 422)
  assert.ok(refused.has('Enter an email address'))
  assert.ok(refused.has('Accept the terms'))
  assert.doesNotMatch(refused.html, /correct horse/)
  const form = refused.form('signup')
  assert.deepEqual([form.value('email'), form.value('password')], ['nobody', ''])
  assert.deepEqual([form.value('plan'), form.value('country')], ['team', 'fr'])
  assert.deepEqual(form.values('topics'), ['releases', 'stories'])
})

test('todos: says once what was removed, whichever rows are left', async () => {
  const { todos, browser } = visitTour()
  for (const title of ['One', 'Two', 'Three']) await (await todos()).fill({ title }).submit()
  const removed = await (await browser.visit('/todos')).form('todos.remove-2').submit()
  assert.deepEqual(removed.texts('.success'), ['“Two” is off the list.'])
  assert.deepEqual((await removed.reload()).texts('.success'), [])
})

test('signup: refuses values that no control offers', async () => {
  const { send } = visitTour()
  const offered = { email: 'ada@example.org', name: 'Ada', password: 'correct horse', terms: 'on' }
  const refused = await send('/signup', 'signup', {
    ...offered,
    plan: 'gold',
    topics: ['releases', 'gossip'],
    country: 'zz',
  })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /Choose a plan/)
  assert.match(refused.text, /Choose from these topics/)
  assert.match(refused.text, /Choose your country/)
})

test('signup: shows the welcome once', async () => {
  const { browser } = visitTour()
  const page = await browser.visit('/signup')
  const form = page.form('signup').fill({
    email: 'ada@example.org',
    name: 'Ada <b>',
    password: 'correct horse',
    plan: 'free',
    country: 'jp',
    terms: true,
  })
  const welcome = await form.submit()
  assert.equal(welcome.path, '/welcome')
  assert.match(welcome.html, /Welcome, Ada &lt;b&gt;\. You have signed up for the plan “Free”/)
  assert.match(welcome.headers['set-cookie'] ?? '', /sealform\.flash=; Max-Age=0/)
  assert.ok((await welcome.reload()).has('There is nothing to say here'))
})

test('counter: carries the state from submission to submission without a cookie', async () => {
  const { browser } = visitTour()
  let page = await browser.visit('/counter')
  for (const expected of ['1', '2', '3']) {
    page = await page.form('counter').submit()
    assert.equal(page.status, 200)
    // That of the panel, which the tour prints below each page.
    assert.deepEqual([...page.cookies.keys()], ['tour.wire'])
    assert.deepEqual(page.texts('output'), [expected])
  }
})

test('keeps separate lists for two tours', async () => {
  const one = visitTour()
  const other = visitTour()
  await (await one.todos()).fill({ title: 'Only here' }).submit()
  assert.deepEqual(await one.titles(), ['Only here'])
  assert.deepEqual(await other.titles(), [])
})

test('prints where it listens, and reports a port that is in use', async (t) => {
  const first = startProgram(t, '0')
  const ready = await first.firstLine
  const url = /http:\/\/localhost:(\d+)$/.exec(ready)
  assert.ok(url, ready)
  assert.equal((await fetch(url[0])).status, 200)

  const second = startProgram(t, url[1]!)
  const [code] = await once(second.child, 'close')
  assert.equal(code, 1)
  assert.match(second.errors(), new RegExp(`^Port ${url[1]} is in use`, 'm'))
  assert.doesNotMatch(second.errors(), /EADDRINUSE|\n\s+at /)
})

test('refuses a port that is not valid', async (t) => {
  const program = startProgram(t, '70000')
  const [code] = await once(program.child, 'close')
  assert.equal(code, 1)
  assert.match(program.errors(), /PORT is "70000"\. Give a number from 0 to 65535\./)
})

function visitTour() {
  const tour = createTour({ keys: testKey, onRefused: () => {} })
  const request = requestsTo(tour.callback())
  const browser = createBrowser(tour)
  return {
    request,
    browser,
    /** Loads a page and returns the form that adds a title. */
    todos: async () => (await browser.visit('/todos')).form('todos.add'),
    /** Loads the page and sends one of its forms with these fields. */
    async send(
      path: string,
      id: string,
      fields: Record<string, string | string[]>,
      hidden: Record<string, string> = {},
    ) {
      const form = formIn((await request.get(path)).text, id)
      return request
        .post(path)
        .set(fromSamePage)
        .type('form')
        .send(urlencoded({ ...form.fields, ...hidden }, fields))
    },
    async titles() {
      return (await browser.visit('/todos')).texts('ul.todos li > span')
    },
  }
}

/** Returns the source code that a page shows. */
function codeOn(page: string): string {
  const [, code = ''] = /<pre><code>(.*?)<\/code><\/pre>/s.exec(page) ?? []
  return code
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

function startProgram(t: { after(end: () => void): void }, port: string) {
  const main = fileURLToPath(new URL('../../examples/tour/main.js', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: port, NODE_ENV: 'development', SEALFORM_KEYS: testKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => void child.kill())
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()))
    child.once('exit', (code) => reject(new Error(`The tour ended with ${code}: ${errors}`)))
  })
  firstLine.catch(() => {})
  return { child, firstLine, errors: () => errors }
}
