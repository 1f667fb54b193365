import 'reflect-metadata'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  type MiddlewareConsumer,
  Module,
  NotFoundException,
  Render,
  Req,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { Request, Response } from 'express'
import { createActions, invalid, redirect } from '../../lib/sealform.js'
import { visit } from '../../lib/testing/testing.js'
import { type ExpressContext, type SealformLocals, sealform } from '../../middleware/express.js'
import { html } from '../../views/html.js'
import { root } from '../docs/project.js'
import { testKey } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'

const actions = createActions<ExpressContext>({ keys: testKey })
const middleware = sealform(actions, { onRefused: () => {} })
const act = actions.define('act', async ({ formData }) => {
  const text = formData.get('text')
  if (text === 'broken') throw new Error('The action is broken')
  return text === 'wrong' ? invalid({ text: 'Wrong' }) : redirect('?done')
})

/** Functions that Nest calls decorators. Called as functions, they need no settings of the compiler. */
class Pages {
  page(req: Request): string {
    const form = req.form(act)
    return `<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form>`
  }
  object() {
    return html`<p>an object</p>`
  }
  /** For the template of `@Render()`. */
  rendered() {
    return { act }
  }
  missing(): never {
    throw new NotFoundException()
  }
}
Controller()(Pages)
for (const name of ['page', 'object', 'rendered', 'missing'] as const) {
  const descriptor = Object.getOwnPropertyDescriptor(Pages.prototype, name)!
  Get(name)(Pages.prototype, name, descriptor)
  Req()(Pages.prototype, name, 0)
}

Render('contributing')(
  Pages.prototype,
  'rendered',
  Object.getOwnPropertyDescriptor(Pages.prototype, 'rendered')!,
)

class PagesModule {}
Module({ controllers: [Pages] })(PagesModule)

/** Mounts the middleware in the way of Nest's modules. */
class MiddlewareModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(middleware).forRoutes('*path')
  }
}
Module({ controllers: [Pages] })(MiddlewareModule)

/** A template engine that prints a form, whatever the template says. */
function printForm(_template: string, locals: object, done: (error: unknown, page?: string) => void): void {
  const { form, act: action } = locals as Pick<SealformLocals, 'form'> & { readonly act: typeof act }
  const { attributes, fields } = form(action)
  done(null, `<form ${attributes}>${fields}</form>`)
}

describe('on NestJS', () => {
  let app: NestExpressApplication
  let url: string
  const intercepted: string[] = []
  const caught: { readonly message: string; readonly failure: unknown }[] = []

  class Filter {
    catch(error: Error, host: ArgumentsHost): void {
      const res = host.switchToHttp().getResponse<Response>()
      caught.push({ message: error.message, failure: res.locals.failure })
      res.status(418).send('by the filter')
    }
  }
  Catch()(Filter)

  before(async () => {
    app = await NestFactory.create<NestExpressApplication>(PagesModule, { logger: false })
    app.engine('md', printForm)
    app.setBaseViewsDir(join(root, 'docs'))
    app.setViewEngine('md')
    app.setGlobalPrefix('shop')
    app.use(middleware)
    app.useGlobalFilters(new Filter())
    app.useGlobalInterceptors({
      intercept(context: ExecutionContext, next: CallHandler) {
        intercepted.push(context.switchToHttp().getRequest<Request>().method)
        return next.handle()
      },
    })
    await app.listen(0, '127.0.0.1')
    url = await app.getUrl()
  })
  after(() => app.close())

  const send = async (text: string) => {
    const page = await visit(url, '/shop/page')
    intercepted.length = 0
    caught.length = 0
    return page.form('act').fill({ text }).submit()
  }

  it('runs interceptors around the page that shows an outcome, as for a GET, and not around the action', async () => {
    const wrong = await send('wrong')
    assert.equal(wrong.status, 422)
    assert.ok(wrong.has('Wrong'))
    assert.deepEqual(intercepted, ['GET'])
  })

  it('works under a global prefix', async () => {
    const done = await send('right')
    assert.equal(done.path, '/shop/page?done')
    assert.deepEqual(
      done.redirects.map(({ status }) => status),
      [303],
    )
  })

  it('gives the tools of the page to the templates of @Render()', async () => {
    const page = await visit(url, '/shop/rendered')
    assert.equal((await page.form('act').submit()).path, '/shop/rendered?done')
  })

  it('tells the exception filters what an action threw when the answer is out', async () => {
    const failed = await send('broken')
    assert.equal(failed.status, 500)
    assert.equal(failed.form('act').value('text'), 'broken')
    await until(() => caught.length === 1)
    assert.equal(caught[0]!.message, 'The action is broken')
    assert.equal(Object(caught[0]!.failure).action, 'act')
    assert.ok(!failed.has('by the filter'))
  })

  it('leaves to the filters what a page throws', async () => {
    const missing = await fetch(`${url}/shop/missing`)
    assert.equal(missing.status, 418)
    assert.equal(await missing.text(), 'by the filter')
  })

  it('sends SafeHtml as HTML only when the page returns a string', async () => {
    const answer = await fetch(`${url}/shop/object`)
    assert.match(String(answer.headers.get('content-type')), /json/)
  })

  it("cannot read a body that Nest's parsers have taken, when a module mounts it", async () => {
    const withParsers = await NestFactory.create(MiddlewareModule, { logger: false })
    withParsers.useGlobalFilters(new Filter())
    await withParsers.listen(0, '127.0.0.1')
    try {
      const page = await visit(await withParsers.getUrl(), '/page')
      caught.length = 0
      const answer = await page.form('act').fill({ text: 'right' }).submit()
      assert.equal(answer.status, 418)
      assert.match(caught[0]!.message, /read/)
    } finally {
      await withParsers.close()
    }
  })

  it('can be mounted by a module with bodyParser: false', async () => {
    const without = await NestFactory.create(MiddlewareModule, { logger: false, bodyParser: false })
    await without.listen(0, '127.0.0.1')
    try {
      const page = await visit(await without.getUrl(), '/page')
      const wrong = await page.form('act').fill({ text: 'wrong' }).submit()
      assert.equal(wrong.status, 422)
      const done = await wrong.form('act').fill({ text: 'right' }).submit()
      assert.equal(done.path, '/page?done')
    } finally {
      await without.close()
    }
  })
})
