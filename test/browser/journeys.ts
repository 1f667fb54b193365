import type { TestContext } from 'node:test'
import { clickTwice, correct, remove, takeAway, typeElsewhere } from './journeys/changes.js'
import { comeBack, leave, upload } from './journeys/pages.js'
import { expire, fail, loseNetwork } from './journeys/troubles.js'
import type { Visitor } from './visitor.js'

export interface Journey {
  /** What the visitor does, as the title of a test. */
  readonly title: string
  walk(visitor: Visitor, t: TestContext): Promise<void>
}

/** What somebody does with forms, whatever sends them. Every library of the tour has to do all of it. */
export const journeys: readonly Journey[] = [
  { title: 'corrects what is wrong, by the keyboard alone', walk: correct },
  { title: 'removes a row, and is told so once', walk: remove },
  { title: 'presses the second and third button of a form', walk: takeAway },
  { title: 'removes a row while another form is half filled in', walk: typeElsewhere },
  { title: 'clicks twice, and has done it once', walk: clickTwice },
  { title: 'gets to another page, is greeted there once, and goes back', walk: leave },
  { title: 'follows a link from a form that came back, and goes back to what was typed', walk: comeBack },
  { title: 'corrects a field without choosing the file again', walk: upload },
  { title: 'sends a form that has expired', walk: expire },
  { title: 'sees that an action failed, and then a part of the page', walk: fail },
  { title: 'loses the network, and sends again', walk: loseNetwork },
]
