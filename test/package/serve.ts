import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { userEnvironment } from './run.js'

/** A program that serves an app and prints its port in its first line. */
export interface Served {
  readonly url: string
  /** What it has printed to stderr. */
  errors(): string
  stop(): Promise<void>
}

export async function serve(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Served> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...userEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const closed = once(child, 'close')
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    closed.then(() => ''),
  ])
  const port = /(\d+)\D*$/.exec(line)?.[1]
  if (!port) throw new Error(`${command} ${args.join(' ')} printed no port:\n${line}\n${errors}`)
  return {
    url: `http://127.0.0.1:${port}/`,
    errors: () => errors,
    async stop() {
      child.kill()
      await closed
    },
  }
}

/**
 * Asserts what each app of `test/package/projects` does: show a form, refuse bad input with a page, redirect on good
 * input.
 */
export async function useTodos(url: string): Promise<void> {
  const page = await (await fetch(url)).text()
  assert.match(page, /Added: nothing/)

  const refused = await submit(url, page, { title: '', note: 'kept <&> "here"' })
  assert.equal(refused.status, 422)
  const again = await refused.text()
  assert.match(again, /<title>Error: Todos<\/title>/)
  assert.match(again, /Enter a title/)
  assert.match(again, /value="kept &lt;&amp;&gt; &quot;here&quot;"/)

  const added = await submit(url, again, { title: 'Bread', note: '' })
  assert.equal(added.status, 303)
  assert.equal(added.headers.get('location'), '/?list=groceries&added=Bread')
  assert.equal(await added.text(), '')
}

export function submit(
  url: string,
  page: string,
  fields: Readonly<Record<string, string>>,
): Promise<Response> {
  const body = new URLSearchParams()
  const form = page.slice(0, page.indexOf('</form>'))
  for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
    body.append(name ?? '', value ?? '')
  }
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  return fetch(url, {
    method: 'POST',
    headers: { 'Sec-Fetch-Site': 'same-origin', Origin: new URL(url).origin },
    body,
    redirect: 'manual',
  })
}
