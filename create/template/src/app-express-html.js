import express from 'express'
//: import 'sealform/express/augment'
import { sealform } from 'sealform/express'
import { actions, sign } from './actions.js'
import { guestbook } from './page.js'

export const app = express()
app.use(sealform(actions))

app.get('/', (req, res) => {
  res.send(guestbook(req.form(sign), req.forms))
})
