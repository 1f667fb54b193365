import type { IncomingMessage, ServerResponse } from 'node:http'
import { changedOptions } from '../lib/action/changed-options.js'
import type { Actions, Registry } from '../lib/action/registry.js'
import type { Submission } from '../lib/action/submission.js'
import { explainSeal } from '../lib/inspect/explain-seal.js'
import type { Inspection } from '../lib/inspect/inspection.js'
import { showPlace } from '../lib/inspect/show-place.js'
import { done, invalid } from '../lib/outcome/make-outcome.js'
import type { Form } from '../views/form.js'
import { actionsPage, type ListedAction } from '../views/inspector/actions-page.js'
import { missingPage } from '../views/inspector/missing-page.js'
import { type ExplainedSeal, sealPage } from '../views/inspector/seal-page.js'
import type { Place } from '../views/inspector/shell.js'
import { style } from '../views/inspector/style.js'
import { submissionPage } from '../views/inspector/submission-page.js'
import { submissionsPage } from '../views/inspector/submissions-page.js'
import type { SafeHtml } from '../views/safe-html.js'
import type { ServedApp } from './app.js'
import type { NodeApp, NodePage } from './node-listener.js'
import { pathOf } from './request-path.js'

/** What the pages show, and where they are. */
export interface InspectedApp {
  readonly registry: Registry
  readonly inspection: Inspection
  /** The option `inspect`. */
  readonly path: string
}

/** The inspector's own app: nobody but its pages has forms of this registry. */
export interface OwnApp extends ServedApp {
  readonly actions: Actions
}

/** Makes the app behind the pages of the inspector: an app of this library for `node:http`, so that its form is sealed. */
export function createInspectorApp({ actions, ...own }: OwnApp, inspected: InspectedApp): NodeApp {
  const { registry } = inspected
  const openSeal = actions.define('seal.open', {
    history: 'forget',
    // A mount may have taken a prefix off the URL, which a middleware further outside has seen.
    path: false,
    run({ formData }: Submission<undefined, ExplainedSeal>) {
      const token = String(formData.get('seal') ?? '').trim()
      if (token === '') return invalid({ seal: 'Paste the value of the hidden field "sealform"' })
      return done({ token, ...explainSeal(registry, token) })
    },
  })
  return {
    ...own,
    handler(req, res, page) {
      const place = placeOf(inspected.path, pathOf(req.url ?? ''))
      const makePage = () => pageAt(place, inspected, () => page.form(openSeal))
      answer({ req, res, page }, place, makePage)
    },
    proxy: false,
    onError: (error) => console.error(error),
  }
}

interface Visit {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly page: NodePage
}

/** Answers a visit. @param makePage returns `undefined` when there is no such page */
function answer({ req, res, page }: Visit, place: Place, makePage: () => SafeHtml | undefined): void {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end()
    return
  }
  if (place.rest === 'style.css') {
    res.setHeader('Content-Type', 'text/css; charset=utf-8')
    res.end(style)
    return
  }
  const found = makePage()
  if (!found) res.statusCode = 404
  page.send(found ?? missingPage(place))
}

function pageAt(
  place: Place,
  { registry, inspection }: InspectedApp,
  sealForm: () => Form<ExplainedSeal>,
): SafeHtml | undefined {
  const { rest } = place
  if (rest === '') return submissionsPage(place, inspection)
  if (rest === 'actions') {
    return actionsPage(
      place,
      registry.names.map((name) => describe(name, registry, inspection)),
    )
  }
  if (rest === 'seal') return sealPage(place, sealForm())
  const [, id] = /^submissions\/([1-9]\d{0,14})$/.exec(rest) ?? []
  const submission = id === undefined ? undefined : inspection.find(Number(id))
  return submission && submissionPage(place, submission)
}

function describe(name: string, registry: Registry, inspection: Inspection): ListedAction {
  const definition = registry.find(name)
  return {
    name,
    place: showPlace(registry.places.get(name)),
    options: definition ? changedOptions(definition, registry) : [],
    pages: inspection.pagesOf(name),
  }
}

/**
 * Returns where a page is. Its links are relative, since code that mounts the app below a prefix may have taken that prefix off
 * the URL.
 */
function placeOf(base: string, path: string): Place {
  if (path === base) return { rest: '', root: `${base.slice(base.lastIndexOf('/') + 1)}/` }
  const rest = path.slice(base.length + 1)
  return { rest, root: '../'.repeat(rest.split('/').length - 1) || './' }
}
