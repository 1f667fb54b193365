import { Transform, type TransformCallback } from 'node:stream'

/** The scripts of a page. */
export interface PageScripts {
  readonly nonce: string | undefined
  readonly bootstrapModules: readonly string[]
  readonly bootstrapScripts: readonly string[]
}

/** Prints the data of a page, and the tags of its scripts. */
export function printScripts(data: string, scripts: PageScripts): string {
  const nonce = scripts.nonce === undefined ? '' : ` nonce="${escapeText(scripts.nonce)}"`
  let html = `<script type="application/json" data-sealform-page="">${data.replaceAll('<', '\\u003c')}</script>`
  for (const path of scripts.bootstrapScripts)
    html += `<script src="${escapeText(path)}"${nonce} async></script>`
  for (const path of scripts.bootstrapModules) {
    html += `<script type="module" src="${escapeText(path)}"${nonce} async></script>`
  }
  return html
}

/** Puts the scripts at the end of a page, and a doctype before `<html>`. */
export function completePage(html: string, scripts: string): string {
  return doctypeFor(html) + insertScripts(html, scripts)
}

/** Does the same to a page that comes in parts. The renderer writes `</body>` in one piece, with the last part. */
export class PageCompletion extends Transform {
  readonly #scripts: string
  #begun = false
  #inserted = false

  constructor(scripts: string) {
    super()
    this.#scripts = scripts
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    let html = chunk.toString('utf8')
    const doctype = this.#begun ? '' : doctypeFor(html)
    this.#begun = true
    if (!this.#inserted && html.includes(end)) {
      html = insertScripts(html, this.#scripts)
      this.#inserted = true
    }
    callback(null, doctype + html)
  }

  override _flush(callback: TransformCallback): void {
    callback(null, this.#inserted ? undefined : this.#scripts)
  }
}

const end = '</body>'

function doctypeFor(html: string): string {
  return /^\s*<html/i.test(html) ? '<!DOCTYPE html>' : ''
}

function insertScripts(html: string, scripts: string): string {
  const at = html.lastIndexOf(end)
  return at === -1 ? html + scripts : html.slice(0, at) + scripts + html.slice(at)
}

/** Escapes as Preact's renderer does. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
