import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { fromSamePage, urlencoded } from '../setup/koa-app.js'
import { provesInFull } from '../setup/proofs.js'
import { type Conversation, requestText, talk } from '../setup/raw-http.js'
import { type AnyContext, type Framework, frameworks } from './frameworks.js'
import { rawResponse, responseOf } from './own-means.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`orders of answering by oneself on ${framework.name}`, () => cases(framework))
}

const steps = ['header', 'head', 'write', 'end', 'pipe', 'broken', 'late', 'leave', 'throw'] as const
type Step = (typeof steps)[number]
type Order = readonly Step[]

/** All orders of so many steps. What follows a `throw` does not run. */
function ordersOf(length: number): Order[] {
  if (length === 0) return [[]]
  return ordersOf(length - 1)
    .filter((order) => order.at(-1) !== 'throw')
    .flatMap((order) => steps.map((step) => [...order, step]))
}

/** What the visitor gets. */
type Ending =
  /** Nothing was answered: the page shows the outcome. */
  | 'page'
  /** The action failed, or its stream did: 500. */
  | 'failure'
  /** The own answer, complete. */
  | 'own'
  /** The connection is closed before the answer is complete. */
  | 'cut'
  /** The action has begun to answer and never ends it, as a handler of the framework may. */
  | 'open'
  /** The visitor has left, or two sources write at the same time. */
  | 'anything'

function expectedOf(order: Order): Ending {
  const has = (step: Step) => order.includes(step)
  if (has('leave')) return 'anything'
  if (has('end')) return 'own'
  if (has('pipe')) return has('broken') ? 'anything' : 'own'
  const sent = has('head') || has('write')
  if (has('broken') && has('late')) return 'anything'
  if (has('broken')) return sent ? 'cut' : 'failure'
  if (!sent) return has('throw') ? 'failure' : 'page'
  if (has('throw')) return 'cut'
  return has('late') ? 'own' : 'open'
}

function endingOf({ answers, closed }: Conversation): Ending {
  const [answer] = answers
  if (!answer) return closed ? 'cut' : 'open'
  if (answer.status === 500) return 'failure'
  return answer.body.includes('<form') ? 'page' : 'own'
}

/** Takes the steps of an order, one after the other and without a pause. */
async function take(order: Order, context: AnyContext, leave: () => void): Promise<void> {
  for (const step of order) {
    if (step === 'leave') await left(responseOf(context), leave)
    else if (step === 'throw') throw new Error('thrown')
    else takeStep[step](context)
  }
}

const takeStep: Readonly<Record<Exclude<Step, 'leave' | 'throw'>, (context: AnyContext) => unknown>> = {
  header: (context) => responseOf(context).setHeader('X-Own', 'yes'),
  head: (context) => rawResponse(context).writeHead(200, { 'Content-Type': 'text/plain' }),
  write: (context) => rawResponse(context).write('w'),
  end: (context) => rawResponse(context).end('e'),
  pipe: (context) => Readable.from(['p']).pipe(rawResponse(context)),
  broken: (context) => brokenStream().pipe(rawResponse(context)),
  late(context) {
    const res = responseOf(context)
    setTimeout(() => {
      res.setHeader('X-Late', 'yes')
      res.write('late')
      res.writeHead(418).end('late')
    }, 20)
  },
}

function brokenStream(): Readable {
  return new Readable({
    read() {
      this.destroy(new Error('the stream broke'))
    },
  })
}

async function left(res: ServerResponse, leave: () => void): Promise<void> {
  leave()
  if (!res.closed) await once(res, 'close')
}

/** Sends a form for each order. Returns the endings that are not expected. */
async function surprises(
  t: TestContext,
  framework: Framework,
  orders: readonly Order[],
  place: 'run' | 'authorize',
): Promise<string[]> {
  const leaving = new Set<string>()
  const code = ({ context, request }: { context: AnyContext; request: { headers: object } }) => {
    const name = String(Reflect.get(request.headers, 'x-order'))
    return take(name.split(' ') as Step[], context, () => leaving.add(name))
  }
  const options: SiteOptions =
    place === 'run' ? { run: code } : { action: { authorize: (submission) => code(submission) } }
  const site = await openSite(t, framework, options)
  t.mock.method(console, 'error', () => {})
  const body = urlencoded(await site.fields(), { text: 'typed' })
  const found: string[] = []
  for (let at = 0; at < orders.length; at += 40) {
    await Promise.all(orders.slice(at, at + 40).map(send))
  }
  assert.equal(
    (await site.submit({}, { headers: { 'X-Order': 'header' } })).status,
    200,
    'the server goes on',
  )
  return found

  async function send(order: Order): Promise<void> {
    const name = order.join(' ')
    const headers = { ...fromSamePage, Host: `127.0.0.1:${site.port}`, 'X-Order': name }
    const request = requestText(
      'POST /page HTTP/1.1',
      [...Object.entries(headers), ['Content-Type', 'application/x-www-form-urlencoded']],
      body,
    )
    const expected = expectedOf(order)
    const leaves = order.includes('leave')
    const conversation = await talk(site.port, leaves ? [request, () => leaving.has(name)] : [request], {
      ...(leaves && { ending: 'reset' }),
      // To see that nothing more comes takes a while.
      ...(expected === 'open' && { patience: 150 }),
    })
    const ending = endingOf(conversation)
    if (expected !== 'anything' && ending !== expected) found.push(`${name}: ${ending}, not ${expected}`)
  }
}

function cases(framework: Framework): void {
  it('neither end the process nor leave the visitor without an answer, in an action', async (t) => {
    const long = ordersOf(3)
    assert.ok(long.length > 500)
    // A plain run takes each order of three steps on one of the frameworks, and all shorter ones on every framework.
    const place = frameworks.indexOf(framework)
    const taken = provesInFull ? long : long.filter((_, i) => i % frameworks.length === place)
    assert.deepEqual(await surprises(t, framework, [...[1, 2].flatMap(ordersOf), ...taken], 'run'), [])
  })

  it('neither end the process nor leave the visitor without an answer, in authorize', async (t) => {
    const orders = [1, 2].flatMap(ordersOf)
    assert.deepEqual(await surprises(t, framework, orders, 'authorize'), [])
  })
}
