import { fileURLToPath } from 'node:url'
import express from 'express'
//: import 'sealform/express/augment'
import { sealform } from 'sealform/express'
import { actions, entries, remove, sign } from './actions.js'

export const app = express()
app.set('views', fileURLToPath(new URL('../views', import.meta.url)))
app.set('view engine', 'ejs')
app.use(sealform(actions))

app.get('/', (req, res) => {
  res.render('guestbook', { entries, remove, form: req.form(sign), forms: req.forms })
})
