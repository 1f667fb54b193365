import flash from 'connect-flash'
import cookieParser from 'cookie-parser'
import { doubleCsrf } from 'csrf-csrf'
import express from 'express'
import session from 'express-session'
import multer from 'multer'
import { countRuns, issuesOf, keepNote } from './notes.js'
import { page } from './page.js'

const secret = process.env.SECRET
const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
  getSecret: () => secret,
  getSessionIdentifier: (req) => req.session.id,
  // The server of the comparison has no TLS.
  cookieName: 'csrf',
  cookieOptions: { secure: false },
  getCsrfTokenFromRequest: (req) => req.body._csrf,
})

const app = express()
app.use(session({ secret, resave: false, saveUninitialized: true }))
app.use(cookieParser())
app.use(flash())
app.use(express.urlencoded({ extended: false }))

for (const path of ['/', '/upload']) {
  const file = path === '/upload'
  const show = (req, res, view = {}) => {
    const hidden = `<input type="hidden" name="_csrf" value="${generateCsrfToken(req, res)}">`
    res.send(page({ path, file, hidden, ...view }))
  }
  app.get(path, (req, res) => show(req, res))
  const upload = multer({ limits: { fileSize: 1_000_000 } }).single('file')
  app.post(path, upload, doubleCsrfProtection, (req, res) => {
    const values = req.body
    const issues = issuesOf(values)
    if (Object.keys(issues).length > 0) return show(req, res.status(422), { values, issues })
    keepNote(values)
    req.flash('info', 'The note is kept.')
    res.redirect(303, '/done')
  })
}
app.get('/done', (req, res) => {
  res.type('text').send(`Done ${req.flash('info').join(' ')}`)
})
app.get('/runs', (_req, res) => {
  res.send(String(countRuns()))
})
app.listen(Number(process.env.PORT), '127.0.0.1')
