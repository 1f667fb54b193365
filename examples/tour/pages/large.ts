import { createHash } from 'node:crypto'
import { type Actions, done, type Submission } from 'sealform'
import { html } from 'sealform/html'
import type { TourRouter } from '../app.js'
import { fileField } from '../field.js'
import { layout, success } from '../layout.js'
import { region } from '../region.js'
import { sizeText } from '../size.js'

interface Digest {
  readonly name: string
  readonly size: number
  readonly sha256: string
}

export function largePage(router: TourRouter, actions: Actions): void {
  const large = actions.define('large', {
    files: { file: { maxSize: '1GiB', required: true } },
    async onFile({ name }, stream) {
      const hash = createHash('sha256')
      let size = 0
      for await (const chunk of stream) {
        hash.update(chunk)
        size += chunk.length
      }
      return JSON.stringify({ name, size, sha256: hash.digest('hex') })
    },
    run({ formData }: Submission<undefined, Digest>) {
      // `onFile` returned this text. A visitor cannot send it: a file field refuses text.
      const digest: Digest = JSON.parse(String(formData.get('file')))
      return done(digest)
    },
  })

  router.get('/large', (ctx) => {
    const form = ctx.form(large)
    const digest = form.state
    ctx.body = layout(ctx, {
      title: 'Large file',
      titlePrefix: form.titlePrefix,
      path: '/large',
      main: html`
<p class="lead">The server reads your file as it arrives, works out its SHA-256 and forgets it. It never touches the disk,
and no more than a small piece of it is in memory at a time.</p>
${region(
  ctx,
  'file',
  (sending) => html`
${form.summary()}
${digest && success('Your file was read to its end.')}
${
  digest &&
  html`<dl class="panel facts">
<div><dt>Name</dt><dd>${digest.name}</dd></div>
<div><dt>Size</dt><dd>${sizeText(digest.size)}</dd></div>
<div><dt>SHA-256</dt><dd><code>${digest.sha256}</code></dd></div>
</dl>`
}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${fileField(form, 'file', 'File', { hint: 'Any file of at most 1 GiB' })}
<progress data-upload max="100" value="0" aria-label="Sent"></progress>
<div class="buttons"><button type="submit" data-pending="Sending…">Send</button></div>
</form>`,
)}`,
      tryThis: [
        html`Compare with what your own computer says: <code>sha256sum</code>, or <code>shasum -a 256</code>.`,
        'Stop the upload half-way: the server notices, and nothing stays behind.',
        'Send a file of 2 GiB. It is refused before any of it is read.',
      ],
      source: 'large',
    })
  })
}
