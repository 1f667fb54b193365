import { start } from '../react/start.js'

await start('preact')
