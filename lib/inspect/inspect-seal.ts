import { inspect } from 'node:util'
import { decodeValues } from '../seal/bound-values.js'
import { ownerName } from '../seal/form-owner.js'
import { type AdmissionVerdict, judgeSeal, refusalStatus } from '../seal/judge-seal.js'
import type { KeyRing } from '../seal/key-ring.js'
import type { Opened } from '../seal/opened-seals.js'
import { matchesPath } from '../seal/path-binding.js'
import type { SealPurpose } from '../seal/purpose.js'
import { idOf, open } from '../seal/seal.js'
import type { SealContent } from '../seal/seal-content.js'
import { explainEnvelope } from './inspect-envelope.js'

/** The known facts about the server that would receive a seal. An `undefined` fact is assumed to match the seal. */
interface InspectionFacts {
  readonly ring: KeyRing | undefined
  readonly app: string | undefined
  /** `''` for an action without a version. */
  readonly version: string | undefined
  readonly path: string | undefined
  /** Finds a registered action. Its version takes the place of `version`. `undefined` when the registry is not known. */
  readonly find: ((action: string) => { readonly version: string | undefined } | undefined) | undefined
  /** Seconds since the epoch. */
  readonly now: number
}

/** What a seal holds, and whether a server would accept it. */
export interface SealInspection {
  readonly rows: readonly (readonly [label: string, text: string])[]
  readonly verdict: string
  readonly refused: boolean
}

const purposes: readonly SealPurpose[] = ['action', 'button', 'state', 'upload', 'live', 'resume']

/** Describes a token step by step, as far as the keys allow, and says whether a server would accept it. */
export function inspectSeal(token: string, facts: InspectionFacts): SealInspection {
  const { ring } = facts
  const envelope = explainEnvelope(token)
  if (envelope.keyId === undefined) return refuse(envelope.rows, 'malformed', envelope.fault)
  const { keyId } = envelope
  if (!ring) {
    const verdict =
      'It looks like a seal. To learn more, set SEALFORM_KEYS or SEALFORM_KEYS_FILE to the keys of the server.'
    return { rows: [...envelope.rows, ['key', keyId]], verdict, refused: false }
  }
  const place = ring.ids.indexOf(keyId) + 1
  if (place === 0) {
    return refuse(
      [...envelope.rows, ['key', `${keyId}, which is not among these keys`]],
      'malformed',
      `it was sealed with key ${keyId}; these keys are ${ring.ids.join(', ')}. See docs/errors/key-mismatch.md.`,
    )
  }
  const rows = [...envelope.rows, ['key', keyPlace(keyId, place, ring.ids.length)] as const]
  for (const purpose of purposes) {
    const opened = open(ring, purpose, token)
    if (!opened) continue
    const { refused, verdict } = judge(purpose, opened, facts)
    return { rows: [...rows, ...describe(purpose, opened, facts.now)], refused, verdict }
  }
  return refuse(
    rows,
    'malformed',
    'its key is among these keys, but the seal does not open with it: it was changed, or forged.',
  )
}

function judge(
  purpose: SealPurpose,
  opened: Opened,
  facts: InspectionFacts,
): Pick<SealInspection, 'verdict' | 'refused'> {
  const { ring, app, path, now } = facts
  const { content } = opened
  const action = actionOf(purpose, content, facts)
  const asked = runs(purpose) && path !== undefined && ring !== undefined
  const verdict = judgeSeal({
    content,
    audience: app ?? content.audience,
    action,
    sessionMatches: true,
    pathMatches: !asked || matchesPath(ring, opened, path),
    now,
  })
  if (verdict === 'admit') return { verdict: explainAdmission(purpose, content, facts), refused: false }
  const why = explain(verdict, content, { app, version: action?.version, path, now })
  return { verdict: refusal(verdict, why), refused: true }
}

/** Returns the action that judges a seal. In states and file references, the two fields of a seal have another meaning. */
function actionOf(
  purpose: SealPurpose,
  { action, version: sealed }: SealContent,
  { version, find }: InspectionFacts,
): { readonly version: string | undefined } | undefined {
  if (!runs(purpose)) return { version: sealed }
  if (find) return find(action)
  return { version: version === undefined ? sealed : version || undefined }
}

function explain(
  verdict: Refusing,
  content: SealContent,
  { app, version, path, now }: Omit<InspectionFacts, 'ring' | 'find'>,
): string {
  switch (verdict) {
    case 'malformed':
      return `it is from ${appName(content.audience)}, and this is ${appName(app ?? '')}. The log of a server says only that it does not open.`
    case 'expired':
      return content.expires <= now
        ? `it expired ${ago(content.expires, now)}. See docs/errors/expired.md.`
        : 'it was issued in the future: the clock of the server that sealed it, or of this one, is wrong.'
    case 'unknown-action':
      return `no action "${content.action}" is registered here. See docs/errors/failed-to-find-action.md.`
    case 'other-version':
      return `the page was rendered for version ${content.version ?? 'none'} of the action, and the action now has ${version || 'none'}. See docs/errors/other-version.md.`
    default:
      return `it is bound to the path of the page that printed it, which is not ${path}. See docs/errors/other-path.md.`
  }
}

function explainAdmission(
  purpose: SealPurpose,
  { action, session }: SealContent,
  { find }: InspectionFacts,
): string {
  if (!runs(purpose)) {
    return `It is valid in its own place. In the field "sealform" a server would refuse it, since it is ${kinds[purpose]} and not the seal of a form.`
  }
  const form = purpose === 'button' ? ', in its own form' : ''
  const visitor = session ? `, when it comes from the session that it was made for` : ''
  const registered = find ? `authorize() of "${action}" allows it` : registeredThere(action)
  return `It would be accepted${form}${visitor}, if ${registered}.`
}

function registeredThere(action: string): string {
  return `"${action}" is registered on the server and its authorize() allows it`
}

/** Tells whether a seal of this purpose runs an action. */
function runs(purpose: SealPurpose): boolean {
  return purpose === 'action' || purpose === 'button'
}

const kinds: Record<SealPurpose, string> = {
  action: 'the seal of a form',
  button: 'the seal of a submit button',
  state: 'a state',
  upload: 'a reference to a file that was kept',
  live: 'the tags of a live region',
  resume: 'the ticket of an upload that can be resumed',
}

function describe(purpose: SealPurpose, opened: Opened, now: number): SealInspection['rows'] {
  const { audience, action, version, issued, expires, session, path, owner, values } = opened.content
  const bound: [string, string] = [runs(purpose) ? 'bound values' : 'content', show(values)]
  return [
    ['opens', `yes: ${kinds[purpose]}`],
    ['app', audience === '' ? 'none' : audience],
    ['action', action],
    ...(owner === undefined ? [] : [['in the form of', formOf(owner)] as const]),
    ...(purpose === 'upload'
      ? []
      : [[purpose === 'state' ? 'carried in' : 'input version', carrier(version)] as const]),
    ['issued', `${time(issued)}, ${ago(issued, now)}`],
    ['expires', `${time(expires)}, ${ago(expires, now)}`],
    ['session', session ? 'bound to one session' : 'not bound to any'],
    ...(runs(purpose) ? [['path', path === undefined ? 'any' : 'bound to one path'] as const] : []),
    ['id', idOf(opened)],
    bound,
  ]
}

/** Describes the form that a button is good in. */
function formOf(owner: string): string {
  const name = ownerName(owner)
  return `${name}, ${name === owner ? 'without bound values' : 'with bound values that have the digest'}${owner.slice(name.length)}`
}

/** Describes where a state travels. A state's seal has this in place of a version. */
function carrier(version: string | undefined): string {
  if (version === 'field') return 'a hidden field'
  return version === 'flash' ? 'the cookie of flash()' : (version ?? 'none')
}

function keyPlace(id: string, place: number, count: number): string {
  if (place === 1) return `${id}, which also seals`
  return `${id}, which is key ${place} of ${count}: it opens, but does not seal (any more, or yet)`
}

/** Formats bound values as a program would write them. Actions among them do not have to be registered here. */
function show(values: string): string {
  try {
    const decoded = decodeValues(values, {
      describe: () => undefined,
      restore: (name, own) => new ActionReference(name, own),
    })
    if (decoded.length === 0) return 'none'
    return inspect(decoded, { depth: 8, maxArrayLength: 100, maxStringLength: 1000, breakLength: 100 })
  } catch {
    return 'not readable: they were written by another version of Sealform'
  }
}

class ActionReference {
  readonly #name: string
  readonly #values: readonly unknown[]

  constructor(name: string, values: readonly unknown[]) {
    this.#name = name
    this.#values = values
  }

  [inspect.custom](_depth: number, options: object): string {
    return `action ${this.#name}${this.#values.length > 0 ? ` ${inspect(this.#values, options)}` : ''}`
  }
}

type Refusing = Exclude<AdmissionVerdict, 'admit'>

function refuse(rows: SealInspection['rows'], reason: Refusing, why: string): SealInspection {
  return { rows, verdict: refusal(reason, why), refused: true }
}

function refusal(reason: Refusing, why: string): string {
  return `It would be refused with ${refusalStatus[reason]} (${reason}): ${why}`
}

function appName(audience: string): string {
  return audience === '' ? 'an app without a name' : `the app "${audience}"`
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC')
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

function ago(then: number, now: number): string {
  const format = new Intl.RelativeTimeFormat('en')
  const away = then - now
  for (const [unit, seconds] of units) {
    if (Math.abs(away) >= 2 * seconds) return format.format(Math.trunc(away / seconds), unit)
  }
  return format.format(away, 'second')
}
