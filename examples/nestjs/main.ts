import 'reflect-metadata'
import { createApp } from './app.js'

const app = await createApp()
app.enableShutdownHooks()
await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
console.log(`A notice board: ${(await app.getUrl()).replace('127.0.0.1', 'localhost')}`)
