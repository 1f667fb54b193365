import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { createActions, flash, invalid } from '../../lib/sealform.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { SafeHtml } from '../../views/safe-html.js'
import { root } from '../docs/project.js'
import { listen } from '../setup/koa-app.js'
import { lendPageTo } from './lend-page.js'
import { keys } from './visit.js'

const modules = join(root, 'node_modules')

export interface OddTargets {
  /** Files of a library's package, in their order. */
  readonly library: readonly string[]
  /** Attributes of the form. @default none */
  readonly form?: string
  /** Attributes of the link to the page with the form. @default none */
  readonly link?: string
  /** Attributes of the flash. @default none */
  readonly news?: string
  /** HTML of a part that is loaded by itself. @default none */
  readonly lazy?: string
  /** @default '/' */
  readonly start?: string
}

interface Opened {
  readonly page: Page
  readonly url: string
  /** The titles with which the action has run. */
  readonly runs: readonly string[]
  /** Requests for pages, as `GET /`. */
  readonly requests: string[]
}

/** Opens an app whose one form has the attributes of a library that its guide page does not recommend. */
export async function openOddTargets(t: TestContext, browser: Browser, odd: OddTargets): Promise<Opened> {
  const runs: string[] = []
  const requests: string[] = []
  const handle = oddApp(odd, runs).callback()
  const server = createServer((req, res) => {
    if (!req.url?.endsWith('.js')) requests.push(`${req.method} ${req.url}`)
    void handle(req, res)
  })
  const port = await listen(server, (close) => t.after(close))
  const page = await lendPageTo(t, browser)
  const url = `http://localhost:${port}`
  await page.goto(url + (odd.start ?? '/'))
  return { page, url, runs, requests }
}

function oddApp({ library, form = '', link, news = '', lazy = '' }: OddTargets, runs: string[]) {
  const actions = createActions({ keys: keys.first })
  const titles: string[] = []
  let broken = false
  const add = actions.define('todos.add', {
    once: true,
    run({ formData }) {
      const title = String(formData.get('title'))
      runs.push(title)
      if (title === '') return invalid({ title: 'Enter a title' })
      if (title === 'away') return flash('Sent away', '/thanks')
      if (title === 'silent') return flash('Sent silent', '/silent')
      if (title === 'broken') {
        broken = true
        return invalid({ title: 'Not that' })
      }
      titles.push(title)
      return flash(`Added ${title}`, '/')
    },
  })
  const scripts = library.map((_file, i) => html`<script src="/${i}.js" defer></script>`)

  function page(ctx: SealformContext, title: string, content: SafeHtml): SafeHtml {
    const message = () => html`<p id="news" ${new SafeHtml(news)}>${String(ctx.forms.flash ?? '')}</p>`
    const region = title === 'Silent' ? '' : ctx.region('news', message, { always: true })
    const open = link === undefined ? '' : html`<a href="/" ${new SafeHtml(link)}>Open</a>`
    return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">${scripts}</head>
      <body>${region}${open}<main id="main"><h1>${title}</h1>${content}${new SafeHtml(lazy)}</main></body></html>`
  }

  function list(ctx: SealformContext): SafeHtml {
    if (broken) {
      broken = false
      throw new Error('The page is broken.')
    }
    const adding = ctx.form(add)
    const rows = html`<ul class="rows">${titles.map((title) => html`<li>${title}</li>`)}</ul>`
    const todos = html`<section id="todos">${adding.summary()}${rows}<form ${adding.attributes} ${new SafeHtml(form)}>${adding.fields}
      <input aria-label="Title" ${adding.input('title')}>${adding.issue('title')}<button>Add</button></form></section>`
    return page(ctx, 'List', ctx.region('todos', todos))
  }

  const app = new Koa<Koa.DefaultState, SealformContext>()
  app.silent = true
  app.use(sealform(actions, { onRefused: () => {} }))
  app.use((ctx) => {
    const file = library[Number(/^\/(\d)\.js$/.exec(ctx.path)?.[1] ?? Number.NaN)]
    if (file !== undefined) {
      ctx.type = 'text/javascript'
      ctx.body = readFileSync(join(modules, file))
    } else if (ctx.path === '/') ctx.body = list(ctx)
    else if (ctx.path === '/start') ctx.body = page(ctx, 'Start', html``)
    else if (ctx.path === '/thanks') ctx.body = page(ctx, 'Thanks', html``)
    else if (ctx.path === '/silent') ctx.body = page(ctx, 'Silent', html``)
    else if (ctx.path === '/empty') {
      ctx.body = page(ctx, 'Empty', ctx.region('todos', html`<section id="todos"></section>`))
    } else if (ctx.path === '/late') {
      ctx.body = page(ctx, 'Late', ctx.region('late', html`<turbo-frame id="late">loaded</turbo-frame>`))
    }
  })
  return app
}
