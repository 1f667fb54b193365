import type { SealformContext } from './koa.js'

declare module 'koa' {
  interface DefaultContext extends SealformContext {}
}
