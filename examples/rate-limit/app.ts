import Router from '@koa/router'
import Koa from 'koa'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { type ActionsOptions, createActions, flash, invalid, type Submission } from 'sealform'
import { html } from 'sealform/html'
import { type SealformContext, sealform } from 'sealform/koa'
import { z } from 'zod'

export type SignInApp = Koa<Koa.DefaultState, SealformContext>
export type AppOptions = Pick<ActionsOptions, 'keys'> & {
  /** How many wrong passwords in a row one address may send. @default 5 */
  readonly tries?: number
  /** Seconds until an address may try again. @default 60 */
  readonly duration?: number
}

const signInInput = z.object({
  email: z.email('Enter an email address, such as ada@example.org'),
  _password: z.string('Enter your password').min(1, 'Enter your password').max(200, 'That is too long'),
})

/** Creates an app with one user: ada@example.org, with the password "sesame". */
export function createApp({ tries = 5, duration = 60, ...options }: AppOptions = {}): SignInApp {
  // For several servers, use RateLimiterRedis from the same package.
  const limiter = new RateLimiterMemory({ points: tries, duration })
  const actions = createActions<Koa.Context>(options)

  const signIn = actions.define('sign-in', {
    input: signInInput,
    /**
     * Runs when the fields are valid, so an empty field does not count. Behind a proxy, set `app.proxy`, so that `ip`
     * is the visitor's.
     */
    async before({ submission: { context } }) {
      try {
        await limiter.consume(context.ip)
      } catch (thrown) {
        if (!(thrown instanceof RateLimiterRes)) throw thrown
        const seconds = Math.max(1, Math.ceil(thrown.msBeforeNext / 1000))
        context.set('Retry-After', String(seconds))
        return invalid(`Too many tries. Wait ${seconds} seconds, then send the form again.`, { status: 429 })
      }
    },
    async run({
      input: { email, _password },
      context,
    }: Submission<z.output<typeof signInInput>, string, Koa.Context>) {
      if (email !== 'ada@example.org' || _password !== 'sesame') {
        return invalid('This is not the password of this person.')
      }
      await limiter.delete(context.ip)
      return flash(email, '/welcome')
    },
  })

  const router = new Router<Koa.DefaultState, SealformContext>()
  router.get('/', (ctx) => {
    const form = ctx.form(signIn)
    ctx.body = html`<!doctype html>
<html lang="en">
<title>${form.titlePrefix}Sign in</title>
<h1>Sign in</h1>
${form.summary()}
<form ${form.attributes} novalidate>${form.fields}
<p><label for="${form.id}-email">Email address</label> ${form.issue('email')}
<input ${form.input('email', { type: 'email', required: true, autocomplete: 'email' })}></p>
<p><label for="${form.id}-_password">Password</label> ${form.issue('_password')}
<input ${form.input('_password', { type: 'password', required: true, autocomplete: 'current-password' })}></p>
<button>Sign in</button>
</form>
</html>`
  })
  router.get('/welcome', (ctx) => {
    const { state: email } = ctx.form(signIn)
    ctx.body = html`<!doctype html>
<html lang="en"><title>Welcome</title><h1>Welcome${email && html`, ${email}`}</h1></html>`
  })

  const app: SignInApp = new Koa()
  app.use(sealform(actions))
  app.use(router.routes())
  return app
}
