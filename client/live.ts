import { morph } from './morph.js'
import { liveAttribute, liveRequestHeader, liveStreamPath, regionHeader } from './wire.js'

// The third file for browsers: refreshes the live regions of a page when the server says that they have changed. It needs no other
// file. The page holds a stream only while it can be seen, and catches up when it opens one: each region says how new it is.

/** The stream, as the tag of the script names it. A bundle has no tag of its own. */
const stream = document.currentScript?.dataset.stream ?? liveStreamPath

let source: EventSource | undefined
/** The ids of the regions that the stream is open for, in its order. */
let ids: readonly string[] = []
/** The regions to refresh, by their ids, with what stands for their newest versions. */
const due = new Map<string, string>()
let request: XMLHttpRequest | undefined
let timer: ReturnType<typeof setTimeout>

const liveRegions = () => (document.hidden ? [] : [...document.querySelectorAll(`[${liveAttribute}]`)])

/** Says whether a region shows this version. */
const shows = (region: Element, stamp: string) => region.getAttribute(liveAttribute)?.endsWith(`.${stamp}`)

const close = (): void => {
  clearTimeout(timer)
  source?.close()
}

/** Opens a stream for the live regions that the page has now, in place of the last one. */
const open = (): void => {
  close()
  due.clear()
  const live = liveRegions()
  ids = live.map(({ id }) => id)
  if (!live[0]) return
  source = new EventSource(`${stream}?${live.map((region) => region.getAttribute(liveAttribute))}`)
  source.onmessage = ({ data }: MessageEvent<string>) => {
    for (const each of data.split(',')) {
      const [place, stamp] = each.split(':')
      due.set(ids[place as never]!, stamp!)
    }
    refresh()
  }
  // The browser would open it again for what the page showed then. It gives up when the server has refused it.
  source.onerror = () => openLater(source!.readyState > 1 ? 60_000 : 2000)
}

/** Opens a stream after a while: pages that lost their server at the same moment do not come back at the same moment. */
const openLater = (wait: number): void => {
  close()
  timer = setTimeout(open, wait * (1 + Math.random()))
}

/** A form is underway. Its answer changes regions. */
const isBusy = () => document.querySelector('form[aria-busy=true]')

/** Asks for the regions that are due. */
const refresh = (): void => {
  for (const [id, stamp] of due) {
    const region = document.getElementById(id)
    // The answer to a form of this page may have brought it already.
    if (!region || shows(region, stamp)) due.delete(id)
  }
  if (request || isBusy() || !due.size) return
  const asked = [...due]
  request = new XMLHttpRequest()
  request.open('GET', location.href)
  request.responseType = 'document'
  request.setRequestHeader(regionHeader, encodeURI([...due.keys()].join()))
  request.setRequestHeader(liveRequestHeader, '1')
  request.onloadend = () => {
    const { status, response: page } = request!
    request = undefined
    // It is asked for once more when the form is answered.
    if (isBusy()) return
    for (const [id, stamp] of asked) {
      if (due.get(id) === stamp) due.delete(id)
      // A page with a doctype is another one, for example that of a sign-in.
      if (status === 200 && page && !page.doctype) show(id, page, stamp)
    }
    refresh()
  }
  request.send()
}

const show = (id: string, page: Document, stamp: string): void => {
  const region = document.getElementById(id)
  const fresh = page.getElementById(id)
  // What is typed into a control that is gone would be lost.
  const loses = [...(region?.querySelectorAll<HTMLInputElement>('input,textarea') ?? [])].some(
    (control) =>
      (control.value !== control.defaultValue || control.checked !== control.defaultChecked) &&
      !page.getElementById(control.id),
  )
  const detail = { region, fresh }
  if (
    !region ||
    !fresh ||
    loses ||
    !region.dispatchEvent(new CustomEvent('sealform:swap', { bubbles: true, cancelable: true, detail }))
  )
    return
  // The server that has printed it did not know how new it is.
  if (shows(fresh, '')) fresh.setAttribute(liveAttribute, fresh.getAttribute(liveAttribute) + stamp)
  // It has other tags now, or is newer still.
  else if (!shows(fresh, stamp)) openLater(1000)
  const before = document.activeElement as HTMLElement
  morph(region, fresh)
  if (!before.isConnected) Object.assign(region, { tabIndex: -1 }).focus({ preventScroll: true })
}

// Regions come and go with the answers to forms.
new MutationObserver(() => {
  if (String(liveRegions().map(({ id }) => id)) !== String(ids)) open()
  refresh()
}).observe(document, { subtree: true, childList: true, attributeFilter: [liveAttribute, 'aria-busy'] })
// A page that the browser keeps for the way back is hidden meanwhile.
addEventListener('visibilitychange', open)
open()
