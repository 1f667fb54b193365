import { Injectable } from '@nestjs/common'
import { createActions, invalid, redirect, unauthorized } from 'sealform'
import type { ExpressContext } from 'sealform/express'
import { z } from 'zod'
import { NoticesService } from './notices.service.js'
import { SessionsService } from './sessions.service.js'

/** The actions, as a provider: what they need is injected. */
@Injectable()
export class NoticesActions {
  readonly registry = createActions<ExpressContext>({
    /** Decides about the actions for keepers, as KeeperGuard decides about the page that prints them. */
    authorize: ({ context }, { action }) => {
      if (action.startsWith('keeper.') && !this.sessions.isKeeper(context.req)) return unauthorized()
    },
  })

  readonly add = this.registry.define('notices.add', {
    input: z.object({ text: z.string().trim().min(1, 'Write something').max(200, 'At most 200 characters') }),
    files: { picture: { types: ['image/png', 'image/jpeg'], maxSize: '1MiB' } },
    run: async ({ input, formData }) => {
      const picture = formData.get('picture')
      this.notices.add({
        text: input.text,
        picture: picture instanceof File ? `${picture.name}, ${picture.size} bytes` : undefined,
      })
      return redirect('/')
    },
  })

  readonly signIn = this.registry.define('sign-in', async ({ formData, cookies }) => {
    if (formData.get('_password') !== 'sesame') return invalid({ _password: 'This is not the password' })
    cookies.set('session', this.sessions.begin())
    return redirect('/keeper')
  })

  readonly clear = this.registry.define('keeper.clear', async () => {
    this.notices.clear()
    return redirect('/')
  })

  constructor(
    private readonly notices: NoticesService,
    private readonly sessions: SessionsService,
  ) {}
}
