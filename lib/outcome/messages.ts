import { isValid, type Outcome, type RefusalReason } from './outcome.js'

/** All texts that the library itself shows to visitors. They use plain words and no codes. */
export interface Messages {
  /** The language of the texts, as a BCP 47 tag. @default 'en' */
  readonly language: string
  /** Goes before the page's title when something is wrong. */
  readonly titlePrefix: string
  /** The heading of the error summary. */
  readonly summaryTitle: string
  /** Changes a schema's message about the field `name`, for example to translate it. @default returns `message` */
  readonly issue: (message: string, name: string) => string
  /**
   * Names a field on a built-in page, for example in the visitor's language. `action` is `undefined` when the seal did not
   * open. @default the action's `labels`, or the name of the field
   */
  readonly label: (name: string, action: string | undefined) => string | undefined
  /** Follows `expired`, `otherVersion`, `otherSession`, `otherPath` and `malformed`, where the form can be sent again. */
  readonly checkAndSend: string
  /** Follows the same texts on a page from which the form cannot be sent. */
  readonly openAgain: string
  readonly expired: string
  readonly unknownAction: string
  readonly otherVersion: string
  readonly otherSession: string
  readonly otherPath: string
  /** The one-time form was sent before, and its result is not known. */
  readonly used: string
  /** The one-time form was sent before with other input, so the action did not run for this one. */
  readonly sentBefore: string
  /** The one-time form is so old that the store cannot tell whether it was sent before. */
  readonly forgotten: string
  /** The store of one-time submissions cannot be reached, so the action did not run. */
  readonly storeDown: string
  readonly restarting: string
  readonly malformed: string
  /** In place of `malformed`, when more was sent than the page shows again. */
  readonly malformedLong: string
  /** The address of a page has a search that its form could not have sent. */
  readonly unreadableSearch: string
  readonly origin: string
  readonly tooLarge: string
  readonly tooSlow: string
  /** All files together are larger than the form accepts. */
  readonly filesTooLarge: string
  /** `limit` is a text such as `5 MB`. */
  readonly fileTooLarge: (limit: string) => string
  readonly tooManyFiles: (limit: number) => string
  readonly unexpectedFile: string
  readonly fileMissing: string
  /** `types` is a text such as `image/*, .pdf`, as the form declares them. */
  readonly fileType: (types: string) => string
  /** A file of an earlier submission has been removed. */
  readonly fileGone: string
  readonly noRoom: string
  readonly storageDown: string
  /** Describes a file of an earlier submission that does not have to be chosen again. */
  readonly keptFile: (name: string, size: string) => string
  /** The label of the checkbox that removes such a file. */
  readonly removeFile: (name: string) => string
  /** A program seems to have filled in the form. */
  readonly spam: string
  /** The label of the field that people do not see and leave empty. */
  readonly honeypot: string
  readonly unsupported: string
  readonly unauthorized: string
  readonly forbidden: string
  readonly notFound: string
  /** The target of a redirect was refused before the action ran. */
  readonly unsafeRedirect: string
  /** The action has run, but the target of its redirect was refused. */
  readonly doneUnsafeRedirect: string
  /** `reference` is also in the log. */
  readonly failed: (reference: string) => string
  /** The action took longer than its `timeout`, and its result is not known. `reference` is also in the log. */
  readonly timedOut: (reference: string) => string
  /** The action has run, but the page that should show the result failed. `reference` is also in the log. */
  readonly pageFailed: (reference: string) => string
  /** A region of the page failed; the rest of the page is shown. `reference` is also in the log. */
  readonly regionFailed: (reference: string) => string
  readonly done: string
  /** A copy of a one-time form whose action has sent an answer of its own, such as a download. */
  readonly answered: string
  /** The visitor asked for validation only, and all fields are valid. */
  readonly valid: string
  /** The heading above the input on a built-in page. */
  readonly yourInput: string
  /** On a built-in page that shows the input, but has no form to send it again. */
  readonly copyInput: string
  readonly sendAgain: string
  /** The script for browsers got no answer, or one that is not from Sealform. `sendAgain` follows on a button. */
  readonly notSent: string
  /** The button that answers a question of `data-confirm` with no. */
  readonly cancel: string
  readonly backToPage: string
  /** The link to the place to which the page redirects, such as `/sign-in`. */
  readonly continue: (place: string) => string
}

/** The built-in English texts. */
export const english: Messages = {
  language: 'en',
  titlePrefix: 'Error: ',
  summaryTitle: 'There is a problem',
  issue: (message) => message,
  label: () => undefined,
  checkAndSend: 'Nothing is lost: check your input and send it again.',
  openAgain: 'Open the page again to send this form.',
  expired: 'This page was open for too long.',
  unknownAction: 'This form has changed since you opened it, so it could not be sent. Your input is below.',
  otherVersion: 'This form has changed since you opened it.',
  otherSession: 'You signed in or out since you opened this page.',
  otherPath: 'This form belongs to another page.',
  used: 'You sent this form before, and we do not know if it worked. Check this before you send it again.',
  sentBefore:
    'This form was sent before with other input, so what you see here was not sent. Check it, and send it again if you still want to.',
  forgotten:
    'This page was open for too long, and we no longer know if you sent this form before. Check this before you send it again.',
  storeDown:
    'We cannot accept this form at the moment, so nothing was done. Nothing is lost: wait a moment and send it again.',
  restarting:
    'This site restarted while you were sending the form, so nothing was done. Check your input and send it again.',
  malformed: 'This form could not be opened. Maybe the site was updated after you opened the page.',
  malformedLong:
    'This form could not be opened, and only the beginning of your input is shown here. Go back to the page that you sent, copy your text, and send it again from a new page.',
  unreadableSearch:
    'We cannot read this search from the address of the page. Check your input and search again.',
  origin:
    'This form was not sent from our own page, so it was not accepted. Open the page and send the form from there.',
  tooLarge: 'You sent more than this form accepts. Shorten your input and send it again.',
  tooSlow: 'Sending this form took too long, so only part of it arrived. Check your input and send it again.',
  filesTooLarge: 'Your files are larger than this form accepts. Choose smaller ones and send it again.',
  fileTooLarge: (limit) => `This file is too large. Choose one of at most ${limit}.`,
  tooManyFiles: (limit) => (limit === 1 ? 'Choose only one file.' : `Choose at most ${limit} files.`),
  unexpectedFile: 'This form does not accept a file in that place. Send it again without the file.',
  fileMissing: 'Choose a file.',
  fileType: (types) => `We cannot accept this type of file here. Choose one of these types: ${types}.`,
  fileGone: 'Your file is no longer here. Choose it again.',
  noRoom:
    'We have no space left for your file. Your other input is kept. Try again later, or send the form without the file.',
  storageDown:
    'We cannot store files at the moment, so nothing was done. Your other input is kept. Wait a moment, choose your file again where it is not listed, and send the form again.',
  keptFile: (name, size) => `${name}, ${size}, kept`,
  removeFile: (name) => `Remove ${name}`,
  spam: 'It looks as if a program had filled in this form, so it was not accepted. Check your input and send it again.',
  honeypot: 'Leave this field empty',
  unsupported:
    'Your browser sent this form in a way that we cannot read. Check your input and send it again.',
  unauthorized: 'You need to sign in before you can do this.',
  forbidden: 'You are not allowed to do this.',
  unsafeRedirect:
    'Nothing was done. This form leads to a page whose address is not part of this site, so we do not open it.',
  doneUnsafeRedirect:
    'What you asked for is done, but we could not take you to the next page: its address is not part of this site. You do not need to send the form another time.',
  notFound: 'The thing that this form is about is no longer there.',
  failed: (reference) =>
    `Something went wrong on our side, so this was not done. Your input is kept. Try again in a moment. Reference: ${reference}`,
  timedOut: (reference) =>
    `This took too long, and we do not know if it worked. Check this before you send it again. Reference: ${reference}`,
  pageFailed: (reference) =>
    `Your form was received, but we could not show the next page. Reference: ${reference}`,
  regionFailed: (reference) => `This part of the page could not be shown. Reference: ${reference}`,
  done: 'Done.',
  answered: 'You sent this form before, and it was done. The answer was sent once, and is not sent again.',
  valid: 'Nothing is wrong with this form so far. It has not been sent yet.',
  yourInput: 'Your input',
  copyInput: 'You can copy it from here.',
  sendAgain: 'Send again',
  notSent: 'This could not be sent. Nothing is lost: check your connection and send it again.',
  cancel: 'Cancel',
  backToPage: 'Back to the page',
  continue: (place) => `Continue to ${place}`,
}

/**
 * Returns the text that a visitor reads about an outcome.
 *
 * @param canSend whether the form can be sent again from the page that shows the text. @default true
 */
export function explain(outcome: Outcome, messages: Messages, canSend = true): string {
  switch (outcome.kind) {
    case 'refused': {
      const text = messages[refusalMessages[outcome.reason]]
      if (!sendable.has(outcome.reason)) return text
      return `${text} ${canSend ? messages.checkAndSend : messages.openAgain}`
    }
    case 'failed':
      return outcome.timedOut ? messages.timedOut(outcome.reference) : messages.failed(outcome.reference)
    case 'done':
      return messages.done
    case 'answered':
      return messages.answered
    case 'invalid':
      return isValid(outcome) ? messages.valid : messages.summaryTitle
    case 'redirect':
      return messages.done
  }
}

/** Refusals of a seal: the same input is accepted under a new one. */
const sendable: ReadonlySet<RefusalReason> = new Set([
  'expired',
  'other-version',
  'other-session',
  'other-path',
  'malformed',
])

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
  'sent-before': 'sentBefore',
  forgotten: 'forgotten',
  'store-down': 'storeDown',
  restarting: 'restarting',
  'too-large': 'tooLarge',
  'too-slow': 'tooSlow',
  'no-room': 'noRoom',
  'storage-down': 'storageDown',
  unsupported: 'unsupported',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'notFound',
  'unsafe-redirect': 'unsafeRedirect',
  'done-unsafe-redirect': 'doneUnsafeRedirect',
}
