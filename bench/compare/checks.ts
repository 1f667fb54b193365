import type { Facts, Thrown } from './facts.js'
import { holds } from './form.js'
import type { PeerServer } from './server.js'
import { failing, typed } from './typed.js'
import { Visitor } from './visitor.js'

/** What each app does is asked here, over HTTP, in the same way for all. */
export type Seen = Pick<Facts, 'runsOfTwo' | 'crossSite' | 'restart' | 'thrown'>

export async function check(server: PeerServer): Promise<Seen> {
  return {
    runsOfTwo: await sendTwice(server),
    crossSite: await sendFromElsewhere(server),
    thrown: await sendWhatThrows(server),
    restart: await sendAfterRestart(server),
  }
}

/** As a double click does it without JavaScript, or a connection that makes the browser send again. */
async function sendTwice({ origin }: PeerServer): Promise<number> {
  const visitor = new Visitor(origin)
  const before = await visitor.runs()
  const prepared = await (await visitor.form('/')).fill(typed)
  await Promise.all([visitor.post(prepared), visitor.post(prepared)])
  return (await visitor.runs()) - before
}

/**
 * The attacker fills in a form of a page of their own and has the visitor's browser send it. The visitor's cookies go along, as those
 * without SameSite do in some browsers, and all do from a sibling domain.
 */
async function sendFromElsewhere({ origin }: PeerServer): Promise<Facts['crossSite']> {
  const visitor = new Visitor(origin)
  await visitor.form('/')
  const before = await visitor.runs()
  const prepared = await (await new Visitor(origin).form('/')).fill(typed)
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  const { status } = await visitor.post(prepared, headers)
  return { status, ran: (await visitor.runs()) > before }
}

async function sendWhatThrows({ origin }: PeerServer): Promise<Thrown> {
  const visitor = new Visitor(origin)
  const prepared = await (await visitor.form('/')).fill({ ...typed, title: failing.title })
  const { status, text } = await visitor.post(prepared)
  return {
    status,
    message: text.includes(failing.secret),
    stack: showsStack(text),
    kept: holds(text, typed.note),
  }
}

/** Whether a page shows a frame of a stack, such as `at run (file:///srv/app/server.js:10:5)`. */
export function showsStack(text: string): boolean {
  return /\bat .*[\w.-]+\.(?:[cm]?js|ts)\b.*:\d+/.test(text)
}

/** The page was there before the server ended and started again; everything it had in memory is lost. */
async function sendAfterRestart(server: PeerServer): Promise<Facts['restart']> {
  const visitor = new Visitor(server.origin)
  const prepared = await (await visitor.form('/')).fill(typed)
  visitor.disconnect()
  await server.restart()
  const { status, text } = await visitor.post(prepared)
  return { status, ran: (await visitor.runs()) > 0, kept: holds(text, typed.note) }
}
