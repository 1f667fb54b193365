import { html, type SafeHtml } from 'sealform/html'
import type { TourRouter } from '../app.js'
import type { Arrival, Arrivals } from '../arrivals.js'
import { layout } from '../layout.js'
import { sizeText } from '../size.js'

export function galleryPage(router: TourRouter, arrivals: Arrivals): void {
  router.get('/gallery', (ctx) => {
    const { list } = arrivals
    ctx.body = layout(ctx, {
      title: 'Gallery',
      path: '/gallery',
      main: html`
<p class="lead">The last twelve uploads, newest first. Pictures stay in the memory of this server. Of attachments it
keeps only the names: their content was removed as soon as the upload was answered.</p>
${
  list.length === 0
    ? html`<p>Nothing has arrived yet.</p>`
    : html`<ul class="gallery">${list.map(listItem)}</ul>`
}
<p><a href="/upload">Upload something</a></p>`,
      source: 'gallery',
    })
  })

  router.get('/gallery/:id', (ctx, next) => {
    const picture = arrivals.find(ctx.params.id)?.picture
    if (!picture) return next()
    // The type comes from the content, and nosniff makes browsers trust it. So no upload runs as a page of this site.
    ctx.attachment(picture.name, { type: picture.type ? 'inline' : 'attachment' })
    ctx.type = picture.type ?? 'application/octet-stream'
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
    ctx.set('Cache-Control', 'no-store')
    ctx.body = picture.content
  })
}

function listItem({ id, title, picture, attachments }: Arrival): SafeHtml {
  return html`
<li class="panel">
<h2>${title}</h2>
${
  picture.type
    ? html`<img src="/gallery/${id}" alt="Picture of “${title}”">`
    : html`<p class="hint">This picture is of a kind that is not shown here. You can download it.</p>`
}
<ul class="files">
<li><a href="/gallery/${id}">${picture.name}</a>, ${sizeText(picture.content.length)}</li>
${attachments.map(({ name, size }) => html`<li>${name}, ${sizeText(size)}</li>`)}
</ul>
</li>`
}
