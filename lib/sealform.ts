export { SealformError, type SealformErrorCode } from './errors.js'
