import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { createActions, done, flash, invalid, redirect } from '../../lib/sealform.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { SafeHtml } from '../../views/safe-html.js'
import { root } from '../docs/project.js'
import { listen } from '../setup/koa-app.js'
import { lendPageTo } from './lend-page.js'
import { keys } from './visit.js'

const modules = join(root, 'node_modules')

/** A library, and the attributes that its form needs. They are read from the guide. */
export interface Library {
  readonly name: string
  /** Files of its package, in their order. */
  readonly files: readonly string[]
  readonly form: string
  /** The element of a region. @default 'section' */
  readonly element?: string
  /** Attributes of a form that stands outside of its region. @default those of the form */
  readonly outside?: string
  /** Attributes of the body. */
  readonly body?: string
}

/** Returns the attributes that the table of the guide gives to the form of a library. */
export function attributesInGuide(library: string): string {
  const guide = readFileSync(join(root, 'docs', 'guide', 'client-libraries.md'), 'utf8')
  const row = guide.split('\n').find((line) => line.startsWith(`| [${library}]`))
  if (row === undefined) throw new Error(`The guide has no row for ${library}.`)
  return row.split('|')[2]!.trim().replace(/`/g, '')
}

export interface Visited {
  readonly page: Page
  readonly url: string
  readonly titles: readonly string[]
  /** The titles with which the action has run. */
  readonly runs: readonly string[]
  /** Requests for the page and what follows from them, as `POST /`. */
  readonly requests: string[]
}

/** Opens a list page whose forms are sent by a library. What is typed decides what the action does. */
export async function visitWith(library: Library, t: TestContext, browser: Browser): Promise<Visited> {
  const titles: string[] = ['first', 'second']
  const runs: string[] = []
  const requests: string[] = []
  const handle = listApp(library, {
    titles,
    runs,
    elsewhere: () => `http://127.0.0.1:${port}/thanks`,
  }).callback()
  const server = createServer((req, res) => {
    if (!req.url?.includes('.js')) requests.push(`${req.method} ${req.url}`)
    void handle(req, res)
  })
  const port = await listen(server, (close) => t.after(close))
  const page = await lendPageTo(t, browser)
  const url = `http://localhost:${port}/`
  await page.goto(url)
  requests.length = 0
  return { page, url, titles, runs, requests }
}

interface Lists {
  readonly titles: string[]
  readonly runs: string[]
  /** Returns the address of a page of another origin. */
  elsewhere(): string
}

function listApp(library: Library, { titles, runs, elsewhere }: Lists) {
  const actions = createActions({ keys: keys.first })
  const run = (title: string) => {
    runs.push(title)
    if (title === '') return invalid({ title: 'Enter a title' })
    if (title === 'fail') throw new Error('on purpose')
    if (title === 'done') return done('It is done')
    if (title === 'away') return flash('Sent away', '/thanks')
    if (title === 'plain') return redirect('/thanks')
    if (title === 'elsewhere') return redirect(elsewhere(), { external: true })
    titles.push(title)
    return flash(`Added ${title}`, '/')
  }
  const titleIn = (formData: FormData) => String(formData.get('title') ?? '')
  const add = actions.define('todos.add', { once: true, run: ({ formData }) => run(titleIn(formData)) })
  const outside = actions.define('outside', { once: true, run: ({ formData }) => run(titleIn(formData)) })
  const late = actions.define('late', ({ formData }) => run(titleIn(formData)))
  const remove = actions.define('remove', async (_submission, title: string) => {
    runs.push(`remove ${title}`)
    titles.splice(titles.indexOf(title), 1)
    return redirect('/')
  })
  let broken = false
  const breaking = actions.define('breaking', () => {
    runs.push('breaking')
    broken = true
    return invalid('Not while it breaks')
  })

  const app = new Koa<Koa.DefaultState, SealformContext>()
  app.silent = true
  app.use(sealform(actions, { onRefused: () => {} }))
  app.use((ctx) => {
    const file = library.files[Number(/^\/(\d)\.js$/.exec(ctx.path)?.[1] ?? Number.NaN)]
    if (file !== undefined) {
      ctx.type = 'text/javascript'
      ctx.body = readFileSync(join(modules, file))
    } else if (ctx.path === '/thanks')
      ctx.body = layout('Thanks', html`<h1>Thanks</h1><p id="flash">${String(ctx.forms.flash ?? '')}</p>`)
    else if (ctx.path === '/') ctx.body = list(ctx)
  })
  return app

  function list(ctx: SealformContext) {
    if (broken) {
      broken = false
      throw new Error('The page is broken.')
    }
    const adding = ctx.form(add)
    const other = ctx.form(outside)
    const old = ctx.form(late)
    const breaks = ctx.form(breaking)
    const attributes = new SafeHtml(library.form)
    const element = new SafeHtml(library.element ?? 'section')
    const rows = titles.map((title) => {
      const removing = ctx.form(remove.bind(null, title))
      return html`<li>${title} <form ${removing.attributes} ${attributes}>${removing.fields}<button>Remove ${title}</button></form></li>`
    })
    return layout(
      `${adding.titlePrefix}List`,
      html`${ctx.region('flash', () => html`<p id="flash" role="status" x-sync>${String(ctx.forms.flash ?? '')}</p>`, { always: true })}
      ${ctx.region(
        'todos',
        html`<${element} id="todos"><ul>${rows}</ul>${adding.summary()}<p id="state">${String(adding.state ?? '')}</p>
      <form ${adding.attributes} ${attributes}>${adding.fields}<input aria-label="Title" ${adding.input('title')}>${adding.issue('title')}<button>Add</button></form>
      <form ${old.attributes} ${attributes}>${old.fields}<input aria-label="Late" ${old.input('title')}><button>Send late</button></form>
      <form ${breaks.attributes} ${attributes}>${breaks.fields}<input aria-label="Broken" ${breaks.input('text')}><button>Break</button></form></${element}>`,
      )}
      <form ${other.attributes} ${new SafeHtml(library.outside ?? library.form)}>${other.fields}<input aria-label="Outside" ${other.input('title')}>${other.issue('title')}<button>Add from outside</button></form>`,
    )
  }

  function layout(title: string, main: SafeHtml) {
    const scripts = library.files.map((_file, i) => html`<script src="/${i}.js" defer></script>`)
    return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">${scripts}</head><body ${new SafeHtml(library.body ?? '')}><main>${main}</main></body></html>`
  }
}
