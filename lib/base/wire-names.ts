/** The field names that browser and server share. All names that start with `sealform` are reserved. */
export const fieldNames = {
  /** The seal: the first field of every form. */
  seal: 'sealform',
  /** On a button: the seal of another action. Where a button's value cannot carry it, the seal follows in the name. */
  submit: 'sealform.submit',
  /** Prefix of a field's name in a React page, which carries the seal: React prints no values of ours. */
  action: 'sealform.action.',
  /** Prefix of a field's name that stands for an action without a seal. No page with one is sent. */
  unsealed: 'sealform.unsealed.',
  /** On a button: validate the form, and do not run the action. */
  validate: 'sealform.validate',
  /** A field that people do not see and leave empty. */
  honeypot: 'sealform.website',
  /** The id of the submitted form, not encrypted. It only decides which form gets the input back. */
  form: 'sealform.form',
  /** The state that a form carries. */
  state: 'sealform.state',
  /** Prefix of a file field's name: a reference to a file from an earlier submission. */
  kept: 'sealform.kept.',
  /** Prefix of a file field's name: the earlier file that the visitor wants to remove. */
  drop: 'sealform.drop.',
  /** Prefix of a field's name on its control: the field is secret, and no answer gives it back. */
  secret: 'sealform.secret.',
} as const

/** Returns the field that a control is named after: `door` for `door` and for `sealform.secret.door`. */
export function fieldOf(controlName: string): string {
  return controlName.startsWith(fieldNames.secret) ? controlName.slice(fieldNames.secret.length) : controlName
}

/** Request headers that ask for validation only. The value may name fields. */
export const validateHeaders = ['Sealform-Validate', 'X-Up-Validate'] as const

/** Request headers that ask for regions. The first one present counts. */
export const regionHeaders = [
  'Sealform-Region',
  'Turbo-Frame',
  'HX-Target',
  'X-Up-Target',
  'X-Alpine-Target',
] as const

/**
 * Request headers that decide which regions of a page are sent. By the last three, htmx 4 says how it names its target, and Unpoly that
 * somebody is typing and which kind of layer is to change.
 */
export const visitHeaders = [...regionHeaders, 'HX-Source', 'X-Up-Validate', 'X-Up-Mode'] as const

/** The path of the stream for live regions, below the one where the middleware is mounted. */
export const livePath = '/sealform-live'

/** Request header of the script that refreshes live regions. Such a page leaves the flash to the page that the visitor opens. */
export const liveHeader = 'Sealform-Live'

/** Request header of a React page: the answer in JSON is to hold the page's new props. */
export const propsHeader = 'Sealform-Props'

/** Names of the upload that can be resumed, besides those of the draft draft-ietf-httpbis-resumable-upload. */
export const uploadNames = {
  /** Request header that begins an upload: the seal of the form. */
  seal: 'Sealform-Upload',
  /** Request header that begins an upload: its field, name and type, as in a query string. */
  file: 'Sealform-File',
  /** Response header when it is complete: the value of the hidden field that brings the file to the action. */
  kept: 'Sealform-Kept',
  /** The parameter of a page's URL that makes it the URL of an upload. */
  ticket: 'sealform-upload',
} as const

/** Response headers for browser scripts. */
export const answerHeaders = {
  /** Where a redirect leads that the client has not followed. With content, it leads to the page that is answered. */
  location: 'Sealform-Location',
  /** The status of the outcome, where the client would not show an answer with it. */
  status: 'Sealform-Status',
  /** The content is no page but a file, to be saved under this name, through `encodeURI`. */
  name: 'Sealform-Name',
} as const

/** Attributes by which the browser script knows what the server has printed. */
export const attributeNames = {
  /** On an element that can be sent alone. */
  region: 'data-sealform-region',
  /** On a form, and on a button that differs: `true` when a copy of the submission does not run again, else empty. */
  once: 'data-sealform-once',
  /** On the seal of the form that was sent, on the page that shows its outcome: a text by which the server finds it in the page. */
  mark: 'data-sealform-mark',
  /** On a region that others can make the browser refresh: its sealed tags, a full stop, and what stands for their versions. */
  live: 'data-sealform-live',
  /** On a file control whose uploads can be resumed. */
  resume: 'data-sealform-resume',
} as const

/** Media types of our own. */
export const mediaTypes = {
  /** An outcome as JSON that devalue writes. */
  rich: 'application/vnd.sealform+json',
} as const
