import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, it } from 'node:test'
import { typesOfEntries } from '../../build/types-of-entries.js'
import { tarball } from './installed.js'
import { root } from './packed.js'

const kibibyte = 1024

describe('the packed tarball', () => {
  it('holds the documents, package.json, one bundle and the types of four folders', () => {
    const places = new Set(tarball().files.map((path) => /^(dist\/[^/]+\/|docs\/)?/.exec(path)?.[0] || path))
    assert.deepEqual(
      [...places],
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist/bundle/',
        'dist/client/',
        'dist/lib/',
        'dist/middleware/',
        'dist/views/',
        'docs/',
        'package.json',
      ],
    )
  })

  it('holds the types that its entry points lead to, and nothing beside them', () => {
    const types = tarball().files.filter((path) => /^dist\/(client|lib|middleware|views)\//.test(path))
    assert.deepEqual(types, [...typesOfEntries(root)].map((path) => path.replaceAll(sep, '/')).sort())
    for (const path of types) {
      const source = path.replace(/^dist\//, '').replace(/\.d\.ts$/, '.ts')
      assert.ok(existsSync(join(root, source)), `${path} was built from nothing`)
    }
  })

  it('holds a file for each entry point and the command, those that they share, and what the inspector loads', () => {
    const code = tarball().files.filter((path) => /^dist\/bundle\/.*\.js$/.test(path))
    const named = targets().filter((path) => path.endsWith('.js'))
    const others = ['core', 'inspector-listener', 'shared-inspect', 'shared-middleware', 'shared-react']
    assert.deepEqual(new Set(code), new Set([...named, ...others.map((name) => `dist/bundle/${name}.js`)]))
  })

  it('shows in its source maps the text of the sources', () => {
    const maps = tarball().files.filter((path) => path.endsWith('.js.map'))
    assert.ok(maps.includes('dist/bundle/core.js.map') && maps.includes('dist/bundle/koa.js.map'))
    for (const path of maps) {
      const { sources, sourcesContent }: { sources: string[]; sourcesContent: string[] } = JSON.parse(
        tarball().read(path),
      )
      for (const [i, source] of sources.entries()) {
        const own = readFileSync(join(root, 'dist', 'bundle', source), 'utf8')
        assert.equal(sourcesContent[i], own, source)
      }
    }
  })

  it('imports only the core from each entry point, with the host of Node where there is one', () => {
    const shared = ['./core.js', './shared-middleware.js']
    const plan = {
      core: [],
      koa: ['./core.js'],
      html: ['./core.js'],
      sealform: ['./core.js'],
      express: shared,
      node: shared,
    }
    for (const [name, allowed] of Object.entries(plan)) {
      const code = tarball().read(`dist/bundle/${name}.js`)
      const imported = [...code.matchAll(/^(?:import|export) .*from "(.+)";$/gm)].map(([, from]) => from)
      assert.deepEqual(new Set(imported), new Set(allowed), name)
    }
  })

  it('holds code of nothing but ASCII, of which V8 takes one byte for each character', () => {
    for (const path of tarball().files.filter((path) => /^dist\/bundle\/.*\.js$/.test(path))) {
      // Files for browsers are not read at a start, and the bytes count that are sent.
      if (/\/(?:call|client|live|preact|react|react-on-server|resume)\.js$/.test(path)) continue
      assert.equal(/[^\x00-\x7f]/.exec(tarball().read(path)), null, path)
    }
  })

  it('says that the scripts for browsers do something when they are imported, and no other file does', () => {
    const { sideEffects }: { sideEffects: unknown } = JSON.parse(tarball().read('package.json'))
    assert.deepEqual(sideEffects, [
      './dist/bundle/client.js',
      './dist/bundle/live.js',
      './dist/bundle/resume.js',
    ])
  })

  it('holds every file that package.json points to', () => {
    assert.ok(targets().length > 8)
    for (const target of targets()) assert.ok(tarball().files.includes(target), `${target} is not packed`)
  })

  it('weighs at most 1265 KiB, of which 290 are documents, and 4300 KiB unpacked', () => {
    assert.ok(tarball().size <= 1265 * kibibyte, `${tarball().size} bytes`)
    assert.ok(tarball().unpackedSize <= 4300 * kibibyte, `${tarball().unpackedSize} bytes`)
  })
})

/** The files that `exports` and `bin` of package.json name. */
function targets(): string[] {
  const { exports, bin }: { exports: Record<string, unknown>; bin: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  return [exports, bin].flatMap(textsIn).map((path) => path.replace(/^\.\//, ''))
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
