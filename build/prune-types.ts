// Makes the package smaller by half of its types: what only the library itself imports is in the bundle, which needs none.

import { fileURLToPath } from 'node:url'
import { pruneTypes } from './types-of-entries.js'

pruneTypes(fileURLToPath(new URL('../../', import.meta.url)))
