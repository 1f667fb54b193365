import { createApp } from './app.js'

const app = createApp({ notices: [], sessions: new Set() })
const url = await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
console.log(`A notice board: ${url.replace('127.0.0.1', 'localhost')}`)
