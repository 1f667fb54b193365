import type { SealformLocals, SealformRequest } from './express.js'

declare global {
  namespace Express {
    interface Request extends SealformRequest {}
    interface Locals extends SealformLocals {}
  }
}
