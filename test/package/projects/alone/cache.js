import { cachePage, createCache } from 'sealform/cache'

try {
  createCache()
} catch ({ code, message }) {
  console.log(typeof cachePage, code, message)
}
