import { type Actions, flash, type Submission } from 'sealform'
import { html } from 'sealform/html'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { type Arrivals, pixelType } from '../arrivals.js'
import { field, fileField } from '../field.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

const uploadInput = z.object({
  title: z.string('Enter a title').trim().min(1, 'Enter a title').max(100, 'Use at most 100 characters'),
  picture: z.file(),
  attachments: z
    .union([z.file(), z.array(z.file())])
    .default([])
    .transform((files) => [files].flat()),
})

export function uploadPage(router: TourRouter, actions: Actions, arrivals: Arrivals): void {
  const upload = actions.define('upload', {
    files: {
      picture: { types: ['image/*'], maxSize: '5MiB', required: true, resumable: true },
      attachments: { maxFiles: 3, maxSize: '10MiB', resumable: true },
    },
    input: uploadInput,
    async run({ input: { title, picture, attachments } }: Submission<z.output<typeof uploadInput>>) {
      const content = Buffer.from(await picture.arrayBuffer())
      arrivals.add({
        title,
        picture: { name: picture.name, type: pixelType(content), content },
        attachments: attachments.map(({ name, size }) => ({ name, size })),
      })
      return flash(`“${title}” has arrived.`, '/gallery')
    },
  })

  router.get('/upload', (ctx) => {
    const form = ctx.form(upload)
    ctx.body = layout(ctx, {
      title: 'Upload',
      titlePrefix: form.titlePrefix,
      path: '/upload',
      main: html`
<p class="lead">Choose your files once. When something else in the form is wrong, they wait here until you have corrected
it. What has arrived is in the <a href="/gallery">gallery</a>, for everybody who visits this server.</p>
${region(
  ctx,
  'picture',
  (sending) => html`
${form.summary()}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${field(form, 'title', 'Title', { required: true, autocomplete: 'off' })}
${fileField(form, 'picture', 'Picture', {
  hint: 'An image of at most 5 MiB',
  hintWhenKept: 'Choose another image to replace it.',
})}
${fileField(form, 'attachments', 'Attachments', {
  hint: 'Up to three files of any type, each of at most 10 MiB',
  hintWhenKept: 'Choose further files to add them, three in all.',
})}
<progress data-upload max="100" value="0" aria-label="Uploaded"></progress>
<div class="buttons"><button type="submit" data-pending="Uploading…">Upload</button></div>
</form>`,
)}`,
      tryThis: [
        'Choose a picture and leave the title empty. The picture is kept: enter a title and send again.',
        'Send a text file as the picture, or a picture of more than 5 MiB. Your title comes back either way.',
        'Remove a file that was kept, or choose another in its place.',
        'With our own script, choose a file of several megabytes, throttle the network in the tools of your browser, and take it offline while the file is sent: it goes on where it was.',
      ],
      source: 'upload',
    })
  })
}
