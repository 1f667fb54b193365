import { isValid, type Outcome, type RefusalReason } from './outcome.js'

/** Every text that the library shows to a visitor by itself. Plain words, no codes. */
export interface Messages {
  /** Language of the built-in pages, as a BCP 47 tag. @default 'en' */
  readonly language: string
  /** Put before the page's title when something is wrong. */
  readonly titlePrefix: string
  /** Heading of the error summary. */
  readonly summaryTitle: string
  /** What a schema says of a field, for example to translate it; `name` is the field's. @default `message` as it is */
  readonly issue: (message: string, name: string) => string
  readonly expired: string
  readonly unknownAction: string
  readonly otherVersion: string
  readonly otherSession: string
  readonly otherPath: string
  /** The form was sent before, and what became of that cannot be told. */
  readonly used: string
  /** Whether a one-time form was sent before cannot be told at the moment, so it was not done. */
  readonly storeDown: string
  readonly restarting: string
  readonly malformed: string
  readonly origin: string
  readonly tooLarge: string
  readonly tooSlow: string
  /** The files together are more than the form takes. */
  readonly filesTooLarge: string
  /** `limit` is written for people, such as `5 MB`. */
  readonly fileTooLarge: (limit: string) => string
  readonly tooManyFiles: (limit: number) => string
  readonly unexpectedFile: string
  readonly fileMissing: string
  /** `types` as the form declares them, such as `image/*, .pdf`. */
  readonly fileType: (types: string) => string
  /** A kept file is no longer there. */
  readonly fileGone: string
  readonly noRoom: string
  /** A file that was received and need not be chosen again. */
  readonly keptFile: (name: string, size: string) => string
  /** Beside the box that removes a kept file. */
  readonly removeFile: (name: string) => string
  readonly unsupported: string
  readonly unauthorized: string
  readonly forbidden: string
  readonly notFound: string
  /** `reference` is also in the log. */
  readonly failed: (reference: string) => string
  /** The time was up, and whether it was done is not known. `reference` is also in the log. */
  readonly timedOut: (reference: string) => string
  /** The action has run, but the page that should show it failed. */
  readonly pageFailed: (reference: string) => string
  /** A part of the page has failed; the rest is shown. `reference` is also in the log. */
  readonly regionFailed: (reference: string) => string
  readonly done: string
  /** The visitor asked for validation only, and nothing is wrong. */
  readonly valid: string
  /** Above the input on a built-in page. */
  readonly yourInput: string
  /** On a built-in page, when there is no form to send it with. */
  readonly copyInput: string
  readonly sendAgain: string
  readonly backToPage: string
  readonly continue: string
}

/** The built-in English texts. */
export const english: Messages = {
  language: 'en',
  titlePrefix: 'Error: ',
  summaryTitle: 'There is a problem',
  issue: (message) => message,
  expired: 'This page was open for too long. Nothing is lost: check your input and send it again.',
  unknownAction: 'This form has changed since you opened it, so it could not be sent. Your input is below.',
  otherVersion:
    'This form has changed since you opened it. Nothing is lost: check your input and send it again.',
  otherSession:
    'You signed in or out since you opened this page. Nothing is lost: check your input and send it again.',
  otherPath: 'This form belongs to another page. Nothing is lost: check your input and send it again.',
  used: 'You sent this form before, and we cannot tell what became of it. Look whether it was done before you send it again.',
  storeDown:
    'We cannot take this form at the moment, so it was not done. Nothing is lost: wait a little and send it again.',
  restarting:
    'This site was being restarted before all of your form had arrived, so it was not done. Check your input and send it again.',
  malformed:
    'This form could not be opened, perhaps because the site was updated since you loaded the page. Nothing is lost: check your input and send it again.',
  origin:
    'This form was not sent from our own page, so it was not accepted. Open the page and send the form from there.',
  tooLarge: 'You sent more than this form accepts. Shorten your input and send it again.',
  tooSlow:
    'Sending this form took too long, so only a part of it arrived. Check your input and send it again.',
  filesTooLarge: 'Your files are larger than this form accepts. Choose smaller ones and send it again.',
  fileTooLarge: (limit) => `This file is too large: choose one of at most ${limit}.`,
  tooManyFiles: (limit) => (limit === 1 ? 'Choose only one file.' : `Choose at most ${limit} files.`),
  unexpectedFile: 'This form does not take a file there. Send it again without the file.',
  fileMissing: 'Choose a file.',
  fileType: (types) => `This file is of a kind that is not accepted here. Choose one of these: ${types}.`,
  fileGone: 'Your file is no longer here. Choose it again.',
  noRoom:
    'There is no room left for your file on our side. Your other input is kept; try again later, or send it without the file.',
  keptFile: (name, size) => `${name}, ${size}, kept`,
  removeFile: (name) => `Remove ${name}`,
  unsupported:
    'Your browser sent this form in a way that we cannot read. Check your input and send it again.',
  unauthorized: 'You need to sign in before you can do this.',
  forbidden: 'You are not allowed to do this.',
  notFound: 'What this form was about is no longer there.',
  failed: (reference) =>
    `Something went wrong on our side, so this was not done. Your input is kept; try again in a moment. Reference: ${reference}`,
  timedOut: (reference) =>
    `This took too long, and we cannot tell whether it was done. Look whether it was before you send it again. Reference: ${reference}`,
  pageFailed: (reference) =>
    `Your form was received, but the page that should come next could not be shown. Reference: ${reference}`,
  regionFailed: (reference) => `This part of the page could not be shown. Reference: ${reference}`,
  done: 'Done.',
  valid: 'Nothing is wrong with this form so far. It has not been sent yet.',
  yourInput: 'Your input',
  copyInput: 'You can copy it from here.',
  sendAgain: 'Send again',
  backToPage: 'Back to the page',
  continue: 'Continue',
}

/** What a visitor reads about an outcome; empty when the page speaks for itself. */
export function explain(outcome: Outcome, messages: Messages): string {
  switch (outcome.kind) {
    case 'refused':
      return messages[refusalMessages[outcome.reason]]
    case 'failed':
      return outcome.timedOut ? messages.timedOut(outcome.reference) : messages.failed(outcome.reference)
    case 'done':
      return messages.done
    case 'invalid':
      return isValid(outcome) ? messages.valid : messages.summaryTitle
    case 'redirect':
      return messages.continue
  }
}

type TextName = { [Name in keyof Messages]: Messages[Name] extends string ? Name : never }[keyof Messages]

const refusalMessages: Record<RefusalReason, TextName> = {
  origin: 'origin',
  malformed: 'malformed',
  expired: 'expired',
  'unknown-action': 'unknownAction',
  'other-version': 'otherVersion',
  'other-session': 'otherSession',
  'other-path': 'otherPath',
  used: 'used',
  'store-down': 'storeDown',
  restarting: 'restarting',
  'too-large': 'tooLarge',
  'too-slow': 'tooSlow',
  'no-room': 'noRoom',
  unsupported: 'unsupported',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'notFound',
}
