import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import type supertest from 'supertest'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { codeBlocks, modulesOf } from './code-blocks.js'
import { compile, root } from './project.js'
import { start } from './start.js'

const page = join(root, 'docs', 'guide', 'sign-in.md')

describe('the recipes to sign in', () => {
  let folder = ''

  before(() => {
    const recipes = [...modulesOf(codeBlocks(page))].filter(([name]) => name.startsWith('sign-in'))
    const compiled = compile('sign-in', new Map(recipes))
    assert.equal(compiled.output, '')
    folder = compiled.folder
  })

  for (const recipe of ['sign-in-koa', 'sign-in-express']) {
    it(`${recipe} protects actions, and ties forms to the sign-in`, async (t) => {
      const program = join(folder, `${recipe}.js`)
      const request = await start(program, (stop) => t.after(stop))
      const visitor = new Visitor(request)

      assert.deepEqual(await visitor.get('/notes'), { status: 302, location: '/sign-in', text: '' })
      const entrance = await visitor.get('/sign-in')
      const wrong = await visitor.send('/sign-in', entrance.text, 'session.start', {
        name: 'ann',
        password: 'x',
      })
      assert.equal(wrong.status, 422)
      assert.match(wrong.text, /Name or password is wrong/)
      assert.match(wrong.text, /value="ann"/)

      const first = await visitor.signIn()
      const added = await visitor.send('/notes', first.text, 'notes.add', { text: 'one' })
      assert.deepEqual([added.status, added.location], [303, '/notes'])

      // Another visitor, who is not signed in or signed in as well, has got hold of the form.
      const stranger = new Visitor(request)
      const stolen = await stranger.send('/notes', first.text, 'notes.add', { text: 'stolen' })
      assert.equal(stolen.status, 403)
      assert.match(stolen.text, /stolen/)
      await stranger.signIn()
      assert.equal((await stranger.send('/notes', first.text, 'notes.add', { text: 'stolen' })).status, 403)

      // Sent to a page that anybody may see.
      const elsewhere = await visitor.send('/sign-in', first.text, 'notes.add', { text: 'elsewhere' })
      assert.equal(elsewhere.status, 403)

      const left = await visitor.send('/notes', first.text, 'session.end')
      assert.deepEqual([left.status, left.location], [303, '/sign-in'])
      const late = await visitor.send('/notes', first.text, 'notes.add', { text: 'late' })
      assert.equal(late.status, 403)
      assert.match(late.text, /late/)

      const second = await visitor.signIn()
      const back = await visitor.send('/notes', first.text, 'notes.add', { text: 'before' })
      assert.equal(back.status, 403)
      assert.match(back.text, /value="before"/)
      assert.equal((await visitor.send('/notes', back.text, 'notes.add', { text: 'two' })).status, 303)
      assert.deepEqual(
        [...(await visitor.get('/notes')).text.matchAll(/<li>(.*?)<\/li>/g)].map(([, note]) => note),
        ['one', 'two'],
      )
      assert.match(second.text, /Sign out ann/)
    })

    it(`${recipe} gives another session at sign-in, so that one that was set before is worth nothing`, async (t) => {
      const request = await start(join(folder, `${recipe}.js`), (stop) => t.after(stop))
      const visitor = new Visitor(request)
      await visitor.signIn()
      const { cookies } = visitor
      const again = await visitor.get('/sign-in')
      await visitor.send('/sign-in', again.text, 'session.start', { name: 'ann', password: 'correct horse' })
      assert.ok(cookies.size > 0)
      const kept = [...cookies].filter(([name, value]) => visitor.cookies.get(name) === value)
      assert.deepEqual(kept, [])
    })
  }
})

interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
}

/** A browser as far as cookies go. */
class Visitor {
  cookies: ReadonlyMap<string, string> = new Map()
  readonly #request: ReturnType<typeof supertest>

  constructor(request: ReturnType<typeof supertest>) {
    this.#request = request
  }

  async get(path: string): Promise<Answer> {
    const answer = this.#keep(await this.#request.get(path).redirects(0).set('Cookie', this.#header))
    return answer.status === 302 ? { ...answer, text: '' } : answer
  }

  async send(
    path: string,
    text: string,
    id: string,
    typed: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { fields } = formIn(text, id)
    return this.#keep(
      await this.#request
        .post(path)
        .redirects(0)
        .set({ ...fromSamePage, Cookie: this.#header })
        .send(urlencoded(fields, typed)),
    )
  }

  /** Signs in, and gives the page that it leads to. */
  async signIn(): Promise<Answer> {
    const { text } = await this.get('/sign-in')
    const typed = { name: 'ann', password: 'correct horse' }
    const { status, location } = await this.send('/sign-in', text, 'session.start', typed)
    assert.deepEqual([status, location], [303, '/notes'])
    const notes = await this.get('/notes')
    assert.equal(notes.status, 200)
    return notes
  }

  get #header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep({ status, headers, text }: supertest.Response): Answer {
    const cookies = new Map(this.cookies)
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(String(line)) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    this.cookies = cookies
    return { status, location: headers.location, text }
  }
}
