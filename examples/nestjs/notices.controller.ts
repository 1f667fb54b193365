import { Body, Controller, Get, Post, Req, UseGuards } from '@nestjs/common'
import type { Request } from 'express'
import { html, type SafeHtml } from 'sealform/html'
import { KeeperGuard } from './keeper.guard.js'
import { NoticesActions } from './notices.actions.js'
import { NoticesService } from './notices.service.js'
import 'sealform/express/augment' // types of req.form

@Controller()
export class NoticesController {
  constructor(
    private readonly actions: NoticesActions,
    private readonly notices: NoticesService,
  ) {}

  @Get()
  board(@Req() req: Request): string {
    const add = req.form(this.actions.add)
    const signIn = req.form(this.actions.signIn)
    return page(
      `${req.forms.titlePrefix}Notices`,
      html`<h1>Notices</h1>
        <ul id="notices">${this.notices.all.map(({ text, picture }) => html`<li>${text} ${picture && html`(${picture})`}</li>`)}</ul>
        ${req.forms.summary()}
        <form ${add.attributes} novalidate>${add.fields}
          ${add.field('text', { label: 'Notice', attributes: { required: true } })}
          ${add.field('picture', { label: 'Picture, PNG or JPEG' })}
          <button>Add</button>
        </form>
        <form ${signIn.attributes} novalidate>${signIn.fields}
          ${signIn.field('_password', { label: 'Password of the keeper', attributes: { type: 'password' } })}
          <button>Sign in</button>
        </form>`,
    )
  }

  @Get('keeper')
  @UseGuards(KeeperGuard)
  keeper(@Req() req: Request): string {
    return page(
      'Keeper',
      html`<h1>Keeper</h1>${req.forms.button(this.actions.clear, 'Take all notices down')}`,
    )
  }

  /** An API of JSON beside the forms: Nest's own parser reads its body. */
  @Post('api/notices')
  addByApi(@Body() { text }: { readonly text: string }): { readonly count: number } {
    this.notices.add({ text, picture: undefined })
    return { count: this.notices.all.length }
  }
}

/** Nest sends a string as HTML. It would send SafeHtml, which is an object, as JSON. */
function page(title: string, main: SafeHtml): string {
  return html`<!doctype html>
    <html lang="en"><title>${title}</title><main>${main}</main></html>`.toString()
}
