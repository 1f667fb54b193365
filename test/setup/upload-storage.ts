import { readdirSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { directoryStorage } from '../../lib/sealform.js'
import { scratch } from './file-storage.js'
import { until } from './patience.js'

/** A storage in a directory of the test, and a wait until nothing lies in it. */
export function uploadStorage(t: TestContext) {
  const directory = scratch(t)
  return {
    storage: directoryStorage({ directory }),
    emptied: () => until(() => readdirSync(directory).length === 0),
  }
}
