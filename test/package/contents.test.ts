import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Packed, pack, root, temporaryFolder } from './packed.js'

const kibibyte = 1024

describe('the packed tarball', () => {
  const folder = temporaryFolder()
  let packed: Packed
  before(async () => {
    packed = await pack(folder.path)
  })
  after(folder.remove)

  it('holds the documents, package.json and three folders of dist', () => {
    const places = new Set(packed.files.map((path) => /^(dist\/[^/]+\/)?/.exec(path)?.[0] || path))
    assert.deepEqual(
      [...places],
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist/lib/',
        'dist/middleware/',
        'dist/views/',
        'package.json',
      ],
    )
  })

  it('holds the code and the types of each source file, and nothing else', () => {
    const expected = packed.files
      .filter((path) => path.endsWith('.d.ts'))
      .flatMap((path) => [path, path.replace('.d.ts', '.js')])
    const built = packed.files.filter((path) => path.startsWith('dist/'))
    assert.deepEqual(built, expected.sort())
    for (const path of built) {
      const source = path.replace(/^dist\//, '').replace(/(\.d\.ts|\.js)$/, '.ts')
      assert.ok(existsSync(join(root, source)), `${path} was built from nothing`)
    }
  })

  it('holds every file that package.json points to', () => {
    const { exports, bin }: { exports: Record<string, unknown>; bin: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    )
    const targets = [exports, bin].flatMap(textsIn).map((path) => path.replace(/^\.\//, ''))
    assert.ok(targets.length > 8)
    for (const target of targets) assert.ok(packed.files.includes(target), `${target} is not packed`)
  })

  it('weighs at most 300 KiB, and 1000 KiB unpacked', () => {
    assert.ok(packed.size <= 300 * kibibyte, `${packed.size} bytes`)
    assert.ok(packed.unpackedSize <= 1000 * kibibyte, `${packed.unpackedSize} bytes`)
  })
})

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
