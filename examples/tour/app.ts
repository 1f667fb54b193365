import Router from '@koa/router'
import Koa from 'koa'
import { type ActionsOptions, createActions } from 'sealform'
import { createCache } from 'sealform/cache'
import { type MiddlewareOptions, type SealformContext, sealform } from 'sealform/koa'
import { Arrivals } from './arrivals.js'
import { assets } from './assets.js'
import { rememberLibrary } from './library.js'
import { boundaryPage } from './pages/boundary.js'
import { counterPage } from './pages/counter.js'
import { draftPage } from './pages/draft.js'
import { galleryPage } from './pages/gallery.js'
import { homePage } from './pages/home.js'
import { largePage } from './pages/large.js'
import { likesPage } from './pages/likes.js'
import { missingPage } from './pages/missing.js'
import { newsPage } from './pages/news.js'
import { orderPage } from './pages/order.js'
import { searchPage } from './pages/search.js'
import { signupPage } from './pages/signup.js'
import { sourcePages } from './pages/source.js'
import { stalePage } from './pages/stale.js'
import { todosPage } from './pages/todos.js'
import { uploadPage } from './pages/upload.js'
import { wizardPage } from './pages/wizard.js'
import { securityHeaders } from './security-headers.js'
import { recordWire } from './wire/record.js'

export type TourApp = Koa<Koa.DefaultState, SealformContext>
export type TourRouter = Router<Koa.DefaultState, SealformContext>

/** Creates a tour with its own lists. Without `keys`, the keys come from SEALFORM_KEYS. */
export function createTour({
  onRefused,
  ...options
}: Pick<ActionsOptions, 'keys' | 'uploads' | 'development'> &
  Pick<MiddlewareOptions<unknown>, 'onRefused'> = {}): TourApp {
  const cache = createCache()
  // Everybody may leave files here, so all of them together have a limit.
  const uploads = { quota: { size: '1GiB', files: 2000 } }
  const actions = createActions({ app: 'tour', cache, uploads, ...options })
  const router: TourRouter = new Router()
  homePage(router, actions)
  todosPage(router, actions)
  signupPage(router, actions)
  counterPage(router, actions)
  wizardPage(router, actions)
  orderPage(router, actions)
  stalePage(router, actions)
  boundaryPage(router, actions)
  const arrivals = new Arrivals()
  uploadPage(router, actions, arrivals)
  galleryPage(router, arrivals)
  largePage(router, actions)
  newsPage(router, actions, cache)
  searchPage(router)
  likesPage(router, actions)
  draftPage(router, actions)
  sourcePages(router)

  const app: TourApp = new Koa()
  app.use(securityHeaders)
  app.use(assets())
  app.use(rememberLibrary)
  app.use(recordWire())
  app.use(sealform(actions, { live: true, inspect: '/sealform', ...(onRefused && { onRefused }) }))
  app.use(missingPage)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}
