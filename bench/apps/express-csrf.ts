import cookieParser from 'cookie-parser'
import { doubleCsrf } from 'csrf-csrf'
import express from 'express'
import multer from 'multer'
import { check, emptyView, page } from './page.js'
import { countIn, plainRow, rowsPage, titles } from './rows.js'
import { serve } from './serve.js'

const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
  getSecret: () => 'a secret that signs the tokens',
  getSessionIdentifier: () => '',
  cookieName: 'csrf',
  cookieOptions: { secure: false },
  getCsrfTokenFromRequest: (req) => String(Object(req.body)._csrf ?? ''),
})

const app = express()
app.use(cookieParser())
app.use(express.urlencoded({ extended: false }))
app.use(multer().any())
app.use(doubleCsrfProtection)

app.get('/form', (req, res) => {
  const token = generateCsrfToken(req, res)
  res.send(page({ ...emptyView, fields: tokenField(token) }))
})

app.post('/form', (req, res) => {
  const { title = '', note = '', priority = '' }: Record<string, string> = Object(req.body)
  const issue = check(title, note, priority)
  if (issue) {
    const token = generateCsrfToken(req, res)
    res.status(422).send(page({ ...emptyView, fields: tokenField(token), title, note, priority, issue }))
  } else res.set({ Location: '/done', 'Content-Length': '0' }).status(303).end()
})

app.get('/rows', (req, res) => {
  const token = tokenField(generateCsrfToken(req, res))
  res.send(rowsPage(titles(countIn(req.url)).map((title, id) => plainRow(title, id, token))))
})

app.get('/done', (_req, res) => {
  res.send('Done')
})

serve(app)

function tokenField(token: string): string {
  return `<input type="hidden" name="_csrf" value="${token}">`
}
