import { labelOf } from '../action/labels.js'
import { isHidden, isSecret, secretName } from '../action/secrets.js'
import type { ShownFile } from '../files/uploads.js'
import type { Messages } from '../outcome/messages.js'
import { isCarriedOut, keepsFiles, type Outcome } from '../outcome/outcome.js'
import type { Seal } from '../seal/seal.js'
import { secretsOf } from './given-input.js'
import type { Mountings } from './mountings.js'
import type { PageSeals } from './page-seals.js'
import type { SubmittedForm } from './submitted-form.js'

/** What the page of last resort shows. */
export interface BuiltInPage {
  readonly outcome: Outcome
  readonly submitted: SubmittedForm
  readonly messages: Messages
  /** The text fields that the page gives back. */
  readonly given: SubmittedForm['entries']
  /**
   * The secret fields that have to be filled in again, each with its control's name. Names with a `_` are not among
   * them.
   */
  readonly withheld: readonly { readonly name: string; readonly sentAs: string }[]
  /** A new seal, when the form can be sent again from here. */
  readonly seal: Seal | undefined
  readonly state: Seal | undefined
  /** Files that wait on the server, each with a reference to it. */
  readonly files: readonly { readonly file: ShownFile; readonly reference: Seal }[]
  /** Where the app's page wanted to redirect the visitor. */
  readonly onward: string | undefined
  /** Set when the app's page failed: the page of last resort then says so instead of the outcome. */
  readonly reference: string | undefined
  /** Names a field for people. */
  readonly labelOf: (name: string) => string
  /** What a developer has to change; only in development. */
  readonly advice: string | undefined
}

/** What has to be shown when the app's own page cannot be. */
type LastAnswer = Pick<BuiltInPage, 'outcome' | 'submitted' | 'messages'> &
  Partial<Pick<BuiltInPage, 'onward' | 'reference' | 'advice'>>

/** Gathers everything for a form that gives the input back without the app's own page. */
export function lastResort(
  { seals, mountings }: { readonly seals: PageSeals; readonly mountings: Pick<Mountings, 'secretFields'> },
  { outcome, submitted, messages, onward, reference, advice }: LastAnswer,
): BuiltInPage {
  const { definition, boundText, entries } = submitted
  const { secretFields } = mountings
  const owner = secretsOf(submitted, secretFields)
  const secrets = new Set(entries.map(([name]) => name).filter((name) => isSecret(owner, name)))
  return {
    outcome,
    submitted,
    messages,
    given: entries.filter(([name]) => !secrets.has(name)),
    withheld: [...secrets]
      .filter((name) => !isHidden(name))
      .map((name) => ({ name, sentAs: secretName(definition ?? secretFields, name) })),
    seal:
      definition && submitted.admitted && !isCarriedOut(outcome)
        ? ifPossible(() => seals.unique(definition, boundText))
        : undefined,
    state:
      definition && submitted.hasState
        ? ifPossible(() => seals.state(definition, boundText, submitted.state))
        : undefined,
    files: keepsFiles(outcome) ? keptFiles(seals, submitted) : [],
    labelOf: (name) =>
      messages.label(name, definition?.name) ?? (definition && labelOf(definition.labels, name)) ?? name,
    onward,
    reference,
    advice,
  }
}

/** Makes a seal, or none: what was typed has to come back also from a server that cannot seal, because its clock is wrong. */
function ifPossible(make: () => Seal): Seal | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** The files that wait for the next submission of this form. */
function keptFiles(seals: PageSeals, { files, definition }: SubmittedForm): BuiltInPage['files'] {
  if (files === undefined || files.definition !== definition) return []
  return files.list.flatMap((file) => {
    const reference = ifPossible(() => seals.file(files.definition, file))
    return reference === undefined ? [] : [{ file, reference }]
  })
}
