import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { lazyPackage, loadPackages } from '../../../lib/base/lazy-package.js'

const require = createRequire(import.meta.url)

describe('lazyPackage()', () => {
  it('loads a package at the first use, and once', () => {
    const isLoaded = () => Object.keys(require.cache).includes(require.resolve('streamsearch'))
    const streamsearch = lazyPackage<unknown>('streamsearch')
    assert.equal(isLoaded(), false)
    const first = streamsearch()
    assert.equal(isLoaded(), true)
    assert.equal(streamsearch(), first)
  })

  it('gives the same package as an import', async () => {
    const cookie = lazyPackage<typeof import('cookie')>('cookie')
    assert.equal(cookie().parseCookie, (await import('cookie')).parseCookie)
  })

  it('loads an ES module as well', async () => {
    const devalue = lazyPackage<typeof import('devalue')>('devalue')
    assert.equal(devalue().stringify, (await import('devalue')).stringify)
  })

  it('is loaded before its first use once a middleware is made, which fails when it is not installed', () => {
    const busboy = lazyPackage<unknown>('busboy')
    loadPackages()
    assert.ok(Object.keys(require.cache).includes(require.resolve('busboy')))
    assert.ok(busboy())
    lazyPackage<unknown>('no-such-package')
    assert.throws(loadPackages, { code: 'MODULE_NOT_FOUND' })
  })
})
