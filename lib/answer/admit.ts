import type { Definition } from '../action/action.js'
import type { Exchange } from '../action/exchange.js'
import { migrate } from '../action/migrate.js'
import type { Migration } from '../action/migration.js'
import type { Registry } from '../action/registry.js'
import type { Call } from '../action/run-action.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import { explainUnopened } from '../seal/explain-unopened.js'
import { type AdmissionVerdict, judgeSeal, refusalStatus } from '../seal/judge-seal.js'
import type { Opened } from '../seal/opened-seals.js'
import { matchesPath } from '../seal/path-binding.js'
import type { SealContent } from '../seal/seal-content.js'

/** An action that a seal names and that this visitor may submit, with its bound values. */
export interface Admitted extends Call {
  readonly opened: Opened
  /** The bound values, encoded as in a seal of this version. */
  readonly boundText: string
  readonly changeFields: Migration['formData']
}

/** A seal from a request, and its content. */
export interface SentSeal {
  readonly token: string | undefined
  /** `undefined` when the seal does not open here. */
  readonly opened: Opened | undefined
  readonly sessionMatches: boolean
}

/** Judges a seal and finds the action that it names. Returns an outcome when the submission cannot continue. */
export function admit(
  registry: Registry,
  exchange: Pick<Exchange, 'path'>,
  { token, opened, sessionMatches }: SentSeal,
): Admitted | Refused | Promise<Admitted | Outcome> {
  if (!opened) return new Refused('malformed', 400, explainUnopened(registry.keys, token))
  const { content } = opened
  const action = registry.find(content.action)
  const now = Math.floor(Date.now() / 1000)
  const verdict = judgeSeal({
    content,
    audience: registry.audience,
    action,
    sessionMatches,
    pathMatches: matchesPath(registry.keys, opened, exchange.path),
    now,
  })
  if (verdict === 'malformed') return new Refused(verdict, 400, explainUnopened(registry.keys, token))
  const migrates = verdict === 'other-version' && action?.migrate !== undefined
  if (verdict !== 'admit' && !migrates) {
    return new Refused(verdict, refusalStatus[verdict], detailOf(verdict, content, action))
  }
  if (!action) return new Refused('unknown-action', 409, detailOf('unknown-action', content, action))
  const values = registry.decode(content.values)
  if (!values)
    return new Refused(
      'unknown-action',
      409,
      `A value bound to "${content.action}" names an action that is not registered here.`,
    )
  if (migrates) return admitMigrated(registry, { definition: action, values }, opened)
  return { definition: action, values, opened, boundText: content.values, changeFields: undefined }
}

function detailOf(
  verdict: Exclude<AdmissionVerdict, 'admit'>,
  { action: name, version }: SealContent,
  action: Definition | undefined,
): string {
  if (verdict === 'unknown-action') {
    return `No action "${name}" is registered here. See docs/errors/failed-to-find-action.md.`
  }
  if (verdict === 'other-path') {
    return `A page of another path printed this form of "${name}". See docs/errors/other-path.md.`
  }
  if (verdict === 'other-session') {
    return `The value of the session option is not the one for which this form of "${name}" was printed. See docs/errors/other-session.md.`
  }
  if (verdict !== 'other-version') return name
  return `The page is for version ${version ?? 'none'} of "${name}", which has ${action?.version ?? 'none'} here. See docs/errors/other-version.md.`
}

/** Admits a form that was rendered for another version of the action, when `migrate` can convert it. */
async function admitMigrated(
  registry: Registry,
  { definition, values }: Call,
  opened: Opened,
): Promise<Admitted | Outcome> {
  const { version } = opened.content
  const migrated = await migrate(definition, { version, values }, registry)
  return isOutcome(migrated) ? migrated : { definition, opened, ...migrated }
}
