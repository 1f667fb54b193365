import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import supertest from 'supertest'
import { createTour } from '../../examples/tour/app.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'

test('every page is HTML with strict headers, links to its source and loads no script', async () => {
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
    '/frontpage',
  ]) {
    const page = await request.get(path)
    assert.equal(page.status, 200, path)
    assert.equal(page.type, 'text/html', path)
    assert.doesNotMatch(page.text, /<script/i, path)
    const source = /href="(\/source\/[a-z]+)"/.exec(page.text)?.[1]
    assert.ok(source, path)
    assert.match((await request.get(source)).text, /import \{ html/, path)
    assert.equal(page.headers['referrer-policy'], 'no-referrer')
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; .*form-action 'self'/)
    assert.equal(page.headers['x-content-type-options'], 'nosniff')
    assert.equal(page.headers['strict-transport-security'], undefined)
    assert.equal(page.headers['set-cookie'], undefined)
  }
})

test('the style sheet and the icon are served', async () => {
  const { request } = visitTour()
  assert.equal((await request.get('/styles.css')).type, 'text/css')
  assert.equal((await request.get('/seal.svg')).type, 'image/svg+xml')
})

test('a path that is no page gets a 404 page, and a source that is not listed too', async () => {
  const { request } = visitTour()
  for (const path of ['/nowhere', '/source/app', '/source/..%2Fapp', '/source/__proto__']) {
    const page = await request.get(path)
    assert.equal(page.status, 404, path)
    assert.match(page.text, /There is no such page/, path)
  }
})

test('a POST without a seal runs nothing', async () => {
  const { request, titles } = visitTour()
  const answer = await request.post('/todos').set(fromSamePage).type('form').send('title=Unsealed')
  assert.equal(answer.status, 405)
  assert.deepEqual(await titles(), [])
})

test('todos: a title is added, and a redirect shows the list', async () => {
  const { send, titles } = visitTour()
  const added = await send('/todos', 'todos.add', { title: '  Water the plants ' })
  assert.equal(added.status, 303)
  assert.equal(added.headers.location, '/todos')
  assert.equal(added.text, '')
  assert.deepEqual(await titles(), ['Water the plants'])
})

test('todos: a title of 100 characters is accepted, one of 101 and an empty one are not', async () => {
  const { send, titles } = visitTour()
  assert.equal((await send('/todos', 'todos.add', { title: 'x'.repeat(100) })).status, 303)
  assert.equal((await send('/todos', 'todos.add', { title: '🪴'.repeat(100) })).status, 303)
  const long = await send('/todos', 'todos.add', { title: 'x'.repeat(101) })
  assert.equal(long.status, 422)
  assert.match(long.text, new RegExp(`value="${'x'.repeat(101)}"`))
  assert.match(long.text, /Use at most 100 characters/)
  const empty = await send('/todos', 'todos.add', { title: ' ' })
  assert.equal(empty.status, 422)
  assert.match(empty.text, /Enter a title/)
  const absent = await send('/todos', 'todos.add', {})
  assert.equal(absent.status, 422)
  assert.match(absent.text, /Enter a title/)
  assert.equal((await titles()).length, 2)
})

test('todos: a title is refused in whatever case it is on the list', async () => {
  const { send, titles } = visitTour()
  await send('/todos', 'todos.add', { title: 'Caf\u00e9' })
  const again = await send('/todos', 'todos.add', { title: 'CAFE\u0301' })
  assert.equal(again.status, 422)
  assert.match(again.text, /This is on the list already/)
  assert.deepEqual(await titles(), ['Caf\u00e9'])
})

test('todos: of two submissions at the same time one adds and one is told', async () => {
  const { send, titles } = visitTour()
  const answers = await Promise.all([
    send('/todos', 'todos.add', { title: 'Once' }),
    send('/todos', 'todos.add', { title: 'Once' }),
  ])
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [303, 422])
  assert.deepEqual(await titles(), ['Once'])
})

test('todos: the list ends at 50', async () => {
  const { send, titles } = visitTour()
  for (let i = 1; i <= 50; i++) {
    assert.equal((await send('/todos', 'todos.add', { title: `Todo ${i}` })).status, 303)
  }
  const full = await send('/todos', 'todos.add', { title: 'One more' })
  assert.equal(full.status, 422)
  assert.match(full.text, /50 todos are enough/)
  assert.match(full.text, /value="One more"/)
  assert.equal((await titles()).length, 50)
})

test('todos: an item is removed by the form that is bound to it, and by none twice', async () => {
  const { request, send, titles } = visitTour()
  await send('/todos', 'todos.add', { title: 'First' })
  await send('/todos', 'todos.add', { title: 'Second' })
  const { fields } = formIn((await request.get('/todos')).text, 'todos.remove-1')
  for (let i = 0; i < 2; i++) {
    const answer = await request.post('/todos').set(fromSamePage).type('form').send(urlencoded(fields))
    assert.equal(answer.status, 303)
    assert.deepEqual(await titles(), ['Second'])
  }
})

test('todos: the second button clears the list, whatever stands in the field', async () => {
  const { request, send, titles } = visitTour()
  await send('/todos', 'todos.add', { title: 'First' })
  const { html } = formIn((await request.get('/todos')).text, 'todos.add')
  const button = /<button type="submit" name="(sealform\.submit)" value="([^"]+)"/.exec(html)
  assert.ok(button)
  const cleared = await send('/todos', 'todos.add', { title: '', [button[1]!]: button[2]! })
  assert.equal(cleared.status, 303)
  assert.deepEqual(await titles(), [])
})

test('todos: a changed seal runs nothing and gives the input back with a fresh one', async () => {
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

test('todos: another site is refused, and nothing is given back', async () => {
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

test('signup: what is wrong is named, and all but the password comes back', async () => {
  const { send } = visitTour()
  const refused = await send('/signup', 'signup', {
    email: 'nobody',
    name: 'Ada',
    password: 'correct horse',
    plan: 'team',
    topics: ['releases', 'stories'],
    country: 'fr',
  })
  assert.equal(refused.status, 422)
  const { html } = formIn(refused.text, 'signup')
  assert.match(html, /Enter an email address/)
  assert.match(html, /Accept the terms/)
  assert.match(html, /value="nobody"/)
  assert.doesNotMatch(refused.text, /correct horse/)
  assert.match(html, /value="team" checked/)
  assert.match(html, /value="releases" checked/)
  assert.doesNotMatch(html, /value="security" checked/)
  assert.match(html, /value="stories" checked/)
  assert.match(html, /<option value="fr" selected/)
})

test('signup: values that no control offers are refused', async () => {
  const { send } = visitTour()
  const offered = { email: 'ada@example.org', name: 'Ada', password: 'correct horse', terms: 'accepted' }
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

test('signup: the welcome is shown once', async () => {
  const { request, send } = visitTour()
  const accepted = await send('/signup', 'signup', {
    email: 'ada@example.org',
    name: 'Ada <b>',
    password: 'correct horse',
    plan: 'free',
    country: 'jp',
    terms: 'accepted',
  })
  assert.equal(accepted.status, 303)
  assert.equal(accepted.headers.location, '/welcome')
  const [cookie] = accepted.get('Set-Cookie') ?? []
  const welcome = await request.get('/welcome').set('Cookie', cookie?.split(';')[0] ?? '')
  assert.match(welcome.text, /Welcome, Ada &lt;b&gt;\. You have signed up for the plan “Free”/)
  assert.match(String(welcome.get('Set-Cookie')), /sealform\.flash=; Max-Age=0/)
  assert.match((await request.get('/welcome')).text, /There is nothing to say here/)
})

test('counter: the state goes from submission to submission without a cookie', async () => {
  const { request } = visitTour()
  let page = await request.get('/counter')
  for (const expected of ['1', '2', '3']) {
    const { fields } = formIn(page.text, 'counter')
    page = await request.post('/counter').set(fromSamePage).type('form').send(urlencoded(fields))
    assert.equal(page.status, 200)
    assert.equal(page.get('Set-Cookie'), undefined)
    assert.equal(/<output>([^<]*)<\/output>/.exec(page.text)?.[1], expected)
  }
})

test('two tours share no list', async () => {
  const one = visitTour()
  const other = visitTour()
  await one.send('/todos', 'todos.add', { title: 'Only here' })
  assert.deepEqual(await one.titles(), ['Only here'])
  assert.deepEqual(await other.titles(), [])
})

test('the program says where it listens, and that a port is in use', async (t) => {
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

test('the program refuses a port that is no port', async (t) => {
  const program = startProgram(t, '70000')
  const [code] = await once(program.child, 'close')
  assert.equal(code, 1)
  assert.match(program.errors(), /PORT is "70000"\. Give a number from 0 to 65535\./)
})

function visitTour() {
  const tour = createTour({ keys: testKey, onRefused: () => {} })
  const request = supertest(tour.callback())
  return {
    request,
    /** Gets the page, and sends one of its forms with these fields filled in. */
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
      const { text } = await request.get('/todos')
      return Array.from(text.matchAll(/<li><span>([^<]*)<\/span>/g), (match) => match[1])
    },
  }
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
