import { createApp } from './app.js'

const server = createApp().listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    console.log(`Open it in two windows: http://localhost:${address.port}`)
  }
})
