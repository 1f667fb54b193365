import { html, type SafeHtml } from 'sealform/html'

/** The server and build that rendered a page. */
export interface Renderer {
  readonly name: string
  readonly build: string
}

export function page(lines: readonly string[], forms: SafeHtml, { name, build }: Renderer): SafeHtml {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Visitors’ book</title>
<style>
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
  form { margin: 1rem 0; padding: 1rem; border: 1px solid #8888; border-radius: .5rem }
  input, button { font: inherit }
</style>
<h1>Visitors’ book</h1>
<p>This page comes from <strong>${name}</strong>, of the ${build} build. Whichever server gets a form of it can answer.</p>
${forms}
<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>
</html>`
}
