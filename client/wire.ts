import type {
  answerHeaders,
  attributeNames,
  fieldNames,
  liveHeader,
  livePath,
  mediaTypes,
  propsHeader,
  regionHeaders,
  uploadNames,
} from '../lib/base/wire-names.js'

// The names that browser and server share. The compiler compares them with those of the server, and since only types are
// imported, the file for the browser holds no name that it does not need.

export const sealField: typeof fieldNames.seal = 'sealform'
export const submitField: typeof fieldNames.submit = 'sealform.submit'
export const formField: typeof fieldNames.form = 'sealform.form'
export const keptPrefix: typeof fieldNames.kept = 'sealform.kept.'
export const stateField: typeof fieldNames.state = 'sealform.state'
export const regionAttribute: typeof attributeNames.region = 'data-sealform-region'
export const onceAttribute: typeof attributeNames.once = 'data-sealform-once'
export const liveAttribute: typeof attributeNames.live = 'data-sealform-live'
// Headers have no case. In this one they share more with the attributes, which makes the file smaller.
export const regionHeader: Lowercase<(typeof regionHeaders)[0]> = 'sealform-region'
export const locationHeader: Lowercase<(typeof answerHeaders)['location']> = 'sealform-location'
export const nameHeader: Lowercase<(typeof answerHeaders)['name']> = 'sealform-name'
export const liveStreamPath: typeof livePath = '/sealform-live'
export const liveRequestHeader: typeof liveHeader = 'Sealform-Live'
export const actionPrefix: typeof fieldNames.action = 'sealform.action.'
export const propsRequestHeader: Lowercase<typeof propsHeader> = 'sealform-props'
export const richType: typeof mediaTypes.rich = 'application/vnd.sealform+json'
export const resumeAttribute: typeof attributeNames.resume = 'data-sealform-resume'
export const uploadSealHeader: typeof uploadNames.seal = 'Sealform-Upload'
export const uploadFileHeader: typeof uploadNames.file = 'Sealform-File'
export const uploadKeptHeader: typeof uploadNames.kept = 'Sealform-Kept'
