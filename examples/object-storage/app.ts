import { Readable } from 'node:stream'
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import Router from '@koa/router'
import Koa from 'koa'
import { type ActionsOptions, createActions, redirect, type StoredFile } from 'sealform'
import { html } from 'sealform/html'
import { type SealformContext, sealform } from 'sealform/koa'
import { s3Files } from 'sealform/s3'
import { z } from 'zod'

export type PicturesApp = Koa<Koa.DefaultState, SealformContext>
export type AppOptions = Pick<ActionsOptions, 'keys'> & {
  readonly client: S3Client
  readonly bucket: string
}

const pictureInput = z.object({
  title: z.string().trim().min(1, 'Enter a title').max(100, 'That is too long'),
  picture: z.custom<StoredFile>((value) => value instanceof File),
})

/** Types that pages show. What a sender claims is not among the things that are stored. */
const shown = ['image/png', 'image/jpeg', 'image/webp']

/** Creates an app that keeps pictures in a bucket. No byte of them touches the disk of the server. */
export function createApp({ client, bucket, ...options }: AppOptions): PicturesApp {
  const pictures: { readonly id: string; readonly title: string }[] = []
  const actions = createActions<Koa.Context>({
    ...options,
    // Files wait here while somebody corrects the form.
    uploads: { storage: s3Files(client, { bucket, prefix: 'waiting/' }) },
  })

  const addPicture = actions.define('pictures.add', {
    files: { picture: { types: shown, maxSize: '20MiB', required: true, sniff: true } },
    input: pictureInput,
    async run({ input: { title, picture } }) {
      const id = crypto.randomUUID()
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `pictures/${id}`,
          Body: Readable.fromWeb(picture.stream()),
          ContentLength: picture.size,
          ContentType: picture.type,
        }),
      )
      pictures.push({ id, title })
      return redirect('/')
    },
  })

  const router = new Router<Koa.DefaultState, SealformContext>()
  router.get('/', (ctx) => {
    const form = ctx.form(addPicture)
    ctx.body = html`<!doctype html>
<html lang="en">
<title>${form.titlePrefix}Pictures</title>
<h1>Pictures</h1>
<ul>${pictures.map(({ id, title }) => html`<li><a href="/pictures/${id}">${title}</a></li>`)}</ul>
${form.summary()}
<form ${form.attributes} novalidate>${form.fields}
<p><label for="${form.id}-title">Title</label> ${form.issue('title')}
<input ${form.input('title', { required: true, maxlength: 100 })}></p>
<p><label for="${form.id}-picture">Picture, 20 MiB at most</label> ${form.issue('picture')}
<input ${form.input('picture')}> ${form.kept('picture')}</p>
<button>Add</button>
</form>
</html>`
  })
  router.get('/pictures/:id', async (ctx) => {
    try {
      const key = `pictures/${ctx.params.id}`
      const { Body: body, ContentType: type = '' } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key }),
      )
      ctx.type = shown.includes(type) ? type : 'application/octet-stream'
      ctx.set('X-Content-Type-Options', 'nosniff')
      ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
      ctx.body = body
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error
      ctx.throw(404)
    }
  })

  const app: PicturesApp = new Koa()
  app.use(sealform(actions))
  app.use(router.routes())
  return app
}
