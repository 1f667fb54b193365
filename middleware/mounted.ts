import type { IncomingMessage } from 'node:http'
import type { Registry } from '../lib/action/registry.js'
import type { App, Settings } from '../lib/answer/settings.js'
import type { Mounting } from '../lib/page/mountings.js'
import { hostKey, type RenderingHost } from '../lib/page/rendering-host.js'
import type { PageTools } from './page-tools.js'

/** What answers a request or makes its page: the host of the middleware that comes first, or that takes the submission. */
export interface MountedHost extends Mounting, RenderingHost {
  readonly settings: Settings<unknown>
  /** Makes `form` and `region`. */
  tools(): PageTools
  /** Offers the page to `cachePage()`, when the registry has a cache. */
  offer(registry: Registry): void
}

type MountedRequest = IncomingMessage & { [hostKey]?: MountedHost }

/** Returns the host that an earlier middleware has mounted on this request. */
export function hostOn(req: MountedRequest): MountedHost | undefined {
  return req[hostKey]
}

/** Makes this host the one that answers the request or makes its page. It makes the forms of the host before it, too. */
export function mountOn(req: MountedRequest, host: MountedHost): void {
  const outer = req[hostKey]
  if (outer) for (const each of [outer, ...outer.page.mountings.joined]) host.page.mountings.join(each)
  req[hostKey] = host
}

/** Takes a request away from the hosts of earlier middleware: none of them makes or finishes its page. */
export function dismount(req: MountedRequest): void {
  delete req[hostKey]
}

/** Lets an earlier host make the forms of this registry as well. */
export function joinHost(outer: MountedHost, mounting: Mounting): void {
  outer.page.mountings.join(mounting)
  outer.offer(mounting.registry)
}

/**
 * Notes that a middleware has seen a request. Returns whether an earlier one has its registry already, so that there is
 * nothing left to do.
 */
export function isServed(app: App<unknown>, outer: MountedHost | undefined): outer is MountedHost {
  if (!outer) {
    app.mount.meet(none)
    return false
  }
  const { mountings } = outer.page
  if (mountings.serve(app.registry)) {
    if (outer.registry === app.registry && outer.settings !== app.settings) app.mount.warnOfOptions()
    return true
  }
  app.mount.meet([outer.registry, ...mountings.joined.map(({ registry }) => registry)])
  return false
}

const none: readonly Registry[] = []
