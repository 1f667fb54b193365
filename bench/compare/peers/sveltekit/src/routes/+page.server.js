import { keep } from '../keep.js'

export const actions = { default: keep }
