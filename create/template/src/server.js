import './env.js'
import { app } from './app.js'

const port = Number(process.env.PORT ?? 3000)
const server = app.listen(port)
server.once('listening', () => console.log(`Open http://localhost:${port}`))
server.once('error', (error) => {
  console.error(`The server did not start: ${error.message}`)
  process.exitCode = 1
})
