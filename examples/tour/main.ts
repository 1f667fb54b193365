import { listenOnLocalhost } from '../listen.js'
import { createTour } from './app.js'

/**
 * Milliseconds. Node's default of five minutes is too short for a gigabyte. Sealform limits how long a body may pause.
 */
const requestTimeout = 60 * 60 * 1000

const url = await listenOnLocalhost(createTour({ development: true }).callback(), {
  port: 3000,
  command: 'npm start',
  requestTimeout,
})
console.log(`The tour of Sealform is ready: ${url}`)
