export const scenarios = [
  'redirect',
  're-render',
  'multipart',
  'forged',
  'forged-large',
  'page',
  'rows',
  'react',
] as const
export type Scenario = (typeof scenarios)[number]

export const scenarioWords: Record<Scenario, string> = {
  redirect: 'valid urlencoded POST of three fields, answered by 303',
  're-render': 'urlencoded POST without a title, answered by 422 and the page with the input in it',
  multipart: 'valid multipart POST of three fields and no file, answered by 303',
  forged: 'urlencoded POST with a forged token, refused',
  'forged-large':
    'urlencoded POST of 1 MB with a forged token and a text of `<`, refused; (d) and (kd) only drop the body',
  page: 'GET of the page with the form',
  rows: 'GET of a table of 200 rows, each a form with a button that saves and one that deletes',
  react: 'GET of a page of React components with a form; (r) renders the same tree by React alone',
}

/** The hidden fields and cookies that a browser sends after it has loaded the page. */
export interface Visit {
  readonly port: number
  readonly hidden: readonly Field[]
  readonly cookie: string
}

type Field = [name: string, value: string]

export async function visit(port: number): Promise<Visit> {
  const response = await fetch(`http://127.0.0.1:${port}/form`)
  const html = await response.text()
  if (response.status !== 200) throw new Error(`GET /form answered ${response.status}:\n${html}`)
  const hidden = [...html.matchAll(/<input\b[^>]*\btype="hidden"[^>]*>/g)].map(
    ([tag]): Field => [attribute(tag, 'name'), tag.includes(' value=') ? attribute(tag, 'value') : ''],
  )
  const cookies = response.headers.getSetCookie().map((line) => line.split(';', 1)[0])
  return { port, hidden, cookie: ['theme=dark', 'visits=12', ...cookies].join('; ') }
}

const title = 'Milk, bread & “good” coffee'
const note =
  'Whole grain, if they have <any>.\r\nElse the one from last week; ask "Zoë" which.\r\nBack by 5 o\'clock.'

/** Returns the whole request as latin1, and the status that it must get. */
export function requestOf(
  scenario: Scenario,
  app: { readonly id: string; readonly forgedStatus?: number },
  from: Visit,
): { request: string; status: number } {
  switch (scenario) {
    case 'redirect':
      return { request: post(from, urlencoded([...from.hidden, ...fields(title)])), status: 303 }
    case 're-render':
      return { request: post(from, urlencoded([...from.hidden, ...fields('')])), status: 422 }
    case 'multipart':
      return { request: post(from, multipart([...from.hidden, ...fields(title)])), status: 303 }
    case 'forged':
    case 'forged-large': {
      if (app.forgedStatus === undefined) throw new Error(`(${app.id}) has nothing that could be forged`)
      const forged = from.hidden.map(([name, value], i): Field => [name, i === 0 ? forge(value) : value])
      const body = scenario === 'forged' ? urlencoded([...forged, ...fields(title)]) : ofMegabyte(forged)
      return { request: post(from, body), status: app.forgedStatus }
    }
    case 'page':
    case 'react':
      return { request: head('GET /form', from, []), status: 200 }
    case 'rows':
      return { request: head('GET /rows', from, []), status: 200 }
  }
}

/** Checks the first answer of a job in detail, since a status can be right for the wrong reason. */
export function checkAnswer(scenario: Scenario, answer: string): void {
  const expected: Record<Scenario, RegExp> = {
    redirect: /\r\nlocation: \/done\r\n/i,
    multipart: /\r\nlocation: \/done\r\n/i,
    're-render': /Enter a title.*have &lt;any&gt;\./s,
    forged: /./,
    'forged-large': /./,
    page: /<form .*name="title"/s,
    rows: /<table>/,
    react: /<form .*name="title"/s,
  }
  if (!expected[scenario].test(answer)) throw new Error(`${scenario}: not the expected answer:\n${answer}`)
}

/** Returns a multipart request that stops in the middle of its last field, as latin1. */
export function unfinished(from: Visit): string {
  const { type, bytes } = multipart([...from.hidden, ['title', title], ['note', 'And so on: ']])
  const end = bytes.lastIndexOf('\r\n--')
  return post(from, { type, bytes: bytes.subarray(0, end) }, 2 ** 18)
}

function fields(titleValue: string): Field[] {
  return [
    ['title', titleValue],
    ['note', note],
    ['priority', 'high'],
  ]
}

interface Body {
  readonly type: string
  readonly bytes: Buffer
}

function urlencoded(entries: readonly Field[]): Body {
  const text = new URLSearchParams([...entries]).toString()
  return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(text) }
}

const megabyte = 1_000_000

/** A body of 1 MB whose note is `<` all through, as an attacker sends it: a byte each, and not `%3C`. */
function ofMegabyte(hidden: readonly Field[]): Body {
  const { type, bytes } = urlencoded([...hidden, ['title', title], ['note', '']])
  return { type, bytes: Buffer.concat([bytes, Buffer.alloc(megabyte - bytes.length, '<')]) }
}

function multipart(entries: readonly Field[]): Body {
  const boundary = '----WebKitFormBoundarySeX3bYc0Ra9pQm1t'
  const parts = entries.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.from(`${parts.join('')}--${boundary}--\r\n`),
  }
}

/** @param length what the request says of its body. @default what it has */
function post(from: Visit, body: Body, length = body.bytes.length): string {
  const lines = [
    `Content-Length: ${length}`,
    `Origin: http://127.0.0.1:${from.port}`,
    `Content-Type: ${body.type}`,
  ]
  return head('POST /form', from, lines) + body.bytes.toString('latin1')
}

/** The headers of Chromium, in its order. They are the same for every app. */
function head(line: 'GET /form' | 'GET /rows' | 'POST /form', from: Visit, lines: readonly string[]): string {
  return [
    `${line} HTTP/1.1`,
    `Host: 127.0.0.1:${from.port}`,
    'Connection: keep-alive',
    ...lines,
    'Cache-Control: max-age=0',
    'Upgrade-Insecure-Requests: 1',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'Sec-Fetch-Site: same-origin',
    'Sec-Fetch-Mode: navigate',
    'Sec-Fetch-User: ?1',
    'Sec-Fetch-Dest: document',
    `Referer: http://127.0.0.1:${from.port}/form`,
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Accept-Language: en-GB,en;q=0.9',
    `Cookie: ${from.cookie}`,
    '',
    '',
  ].join('\r\n')
}

/** Changes one character in the middle of a token, so that it keeps its form. */
export function forge(token: string): string {
  const middle = Math.floor(token.length / 2)
  return `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
  if (value === undefined || value.includes('&')) throw new Error(`cannot read ${name} of ${tag}`)
  return value
}
