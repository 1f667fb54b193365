import { fileURLToPath } from 'node:url'

/** Returns the path of the page that explains an error: in the installed package, or in this repository. */
export function errorPage(code: string): string {
  return `${folder()}${code.slice('ERR_'.length).toLowerCase().replaceAll('_', '-')}.md`
}

let found: string | undefined

function folder(): string {
  found ??= findFolder()
  return found
}

function findFolder(): string {
  const name = 'docs/errors/'
  try {
    return fileURLToPath(new URL(name, import.meta.resolve('sealform/package.json')))
  } catch {
    // An app that was bundled into one file has no package, and no `import.meta` when the file is CommonJS.
    return name
  }
}
