import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Deletes the types in `dist` that no entry point of `package.json` leads to. @param root the folder of the package */
export function pruneTypes(root: string): void {
  const kept = typesOfEntries(root)
  for (const file of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
    const path = join('dist', file)
    if (file.endsWith('.d.ts') && !kept.has(path)) rmSync(join(root, path))
  }
}

/**
 * Returns the paths of the types that an entry point imports, or that these import in turn.
 *
 * @throws Error when one of them is missing
 */
export function typesOfEntries(root: string): ReadonlySet<string> {
  const { exports }: { exports: Record<string, { types: string } | string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const waiting = Object.values(exports).flatMap((entry) =>
    typeof entry === 'object' ? join(entry.types) : [],
  )
  const reached = new Set<string>()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    if (!existsSync(join(root, path))) throw new Error(`${path} is missing.`)
    reached.add(path)
    const text = readFileSync(join(root, path), 'utf8')
    for (const [, target = ''] of text.matchAll(
      /\b(?:from|import|module)\b\s*\(?\s*['"](\.[^'"]+)\.js['"]/g,
    )) {
      waiting.push(join(dirname(path), `${target}.d.ts`))
    }
  }
  return reached
}
