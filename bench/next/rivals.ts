import { Agent, request as ask } from 'node:http'

/** The pages of both apps, by their paths. */
export const pages = { '/short': 'the form alone, 3 kB', '/': 'the form and fifty notes, 20 kB' } as const
export type PagePath = keyof typeof pages

/** What is asked of both servers. */
export const kinds = ['page', 'form', 'call'] as const
export type Kind = (typeof kinds)[number]

export const kindWords: Record<Kind, string> = {
  page: 'GET of the page',
  form: 'form sent without JavaScript, answered by the page with the state',
  call: 'action called by the script of the page, answered by the state and what the page needs to be rendered again',
}

/** A prepared request. */
export interface Prepared {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** A text of the right answer: a status can be right for the wrong reason. */
  readonly expected: string
}

export type Requests = Readonly<Record<Kind, Prepared>>

const title = 'Milk & bread'
const fields = { title, note: 'Whole grain, if they have any.', priority: 'high' }
const none = Buffer.alloc(0)

/** Prepares the requests to the app of Sealform from its page. */
export async function sealformRequests(url: string): Promise<Requests> {
  const [[name = ''] = []] = hiddenFields(await pageOf(url))
  const seal = name.split('.')[2]
  const call = new URLSearchParams({ [`sealform.action.${seal}.`]: '', ...fields })
  const form = new URLSearchParams({ [name]: '', ...fields })
  const accept = 'application/vnd.sealform+json'
  return {
    page: pageRequest,
    form: await post(url, form, { expected: 'Kept: Milk &amp; bread' }),
    call: await post(url, call, { expected: title, headers: { accept, 'sealform-props': '1' } }),
  }
}

/** Prepares the requests to the app of Next.js from its page. */
export async function nextRequests(url: string): Promise<Requests> {
  const hidden = hiddenFields(await pageOf(url))
  const [, reference = ''] = hidden.find(([, value]) => value.startsWith('{"id"')) ?? []
  const { id }: { id: string } = JSON.parse(reference)
  const form = new FormData()
  for (const [name, value] of [...hidden, ...Object.entries(fields)]) form.append(name, value)
  const call = new FormData()
  for (const [name, value] of Object.entries(fields)) call.append(`_1_${name}`, value)
  call.append('0', '["$undefined","$K1"]')
  const page = url.endsWith('/short') ? '["short",{"children":["__PAGE__",{}]}]' : '["__PAGE__",{}]'
  const tree = encodeURIComponent(`["",{"children":${page}},null,null,true]`)
  const headers = { accept: 'text/x-component', 'next-action': id, 'next-router-state-tree': tree }
  return {
    page: pageRequest,
    form: await post(url, form, { expected: 'Kept: Milk &amp; bread' }),
    call: await post(url, call, { expected: title, headers }),
  }
}

const pageRequest: Prepared = {
  method: 'GET',
  headers: { accept: 'text/html' },
  body: none,
  expected: 'name="title"',
}

async function post(
  url: string,
  content: FormData | URLSearchParams,
  { expected, headers = {} }: { expected: string; headers?: Record<string, string> },
): Promise<Prepared> {
  const made = new Response(content)
  const body = Buffer.from(await made.arrayBuffer())
  const { origin } = new URL(url)
  const type = made.headers.get('content-type') ?? ''
  const all = { accept: 'text/html', origin, ...headers, 'content-type': type }
  return { method: 'POST', headers: { ...all, 'content-length': String(body.length) }, body, expected }
}

async function pageOf(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'text/html' } })
  const html = await response.text()
  if (response.status !== 200) throw new Error(`GET ${url} answered ${response.status}:\n${html}`)
  return html
}

function hiddenFields(html: string): [name: string, value: string][] {
  return [...html.matchAll(/<input\b[^>]*\btype="hidden"[^>]*>/g)].map(([tag]) => [
    attribute(tag, 'name'),
    attribute(tag, 'value'),
  ])
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  return value.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&')
}

const agent = new Agent({ keepAlive: true })

/** Sends a request and reads the answer. */
export function send(url: string, { method, headers, body, expected }: Prepared): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = ask(url, { method, headers, agent }, async (response) => {
      try {
        const text = Buffer.concat(await response.toArray()).toString()
        const { statusCode: status } = response
        if (status === 200 && text.includes(expected)) resolve()
        else reject(new Error(`${method} ${url} answered ${status}, without "${expected}":\n${text}`))
      } catch (error) {
        reject(error)
      }
    })
    asked.once('error', reject)
    asked.end(body)
  })
}
