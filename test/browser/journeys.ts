import type { TestContext } from 'node:test'
import type { LibraryName } from '../../examples/tour/library.js'
import { provesInFull } from '../setup/proofs.js'
import { clickTwice, correct, remove, takeAway, typeElsewhere } from './journeys/changes.js'
import { comeBack, leave, upload } from './journeys/pages.js'
import { expire, fail, loseNetwork } from './journeys/troubles.js'
import type { Visitor } from './visitor.js'

export interface Journey {
  /** What the visitor does, as the title of a test. */
  readonly title: string
  walk(visitor: Visitor, t: TestContext): Promise<void>
  /** Whether visitors of every library go this way in every run: one of each file, those in which libraries differ most. */
  readonly always?: true
}

/** What somebody does with forms, whatever sends them. Every library of the tour has to do all of it. */
const journeys: readonly Journey[] = [
  { title: 'corrects what is wrong, by the keyboard alone', walk: correct, always: true },
  { title: 'removes a row, and is told so once', walk: remove },
  { title: 'presses the second and third button of a form', walk: takeAway },
  { title: 'removes a row while another form is half filled in', walk: typeElsewhere },
  { title: 'clicks twice, and has done it once', walk: clickTwice },
  { title: 'gets to another page, is greeted there once, and goes back', walk: leave, always: true },
  { title: 'follows a link from a form that came back, and goes back to what was typed', walk: comeBack },
  { title: 'corrects a field without choosing the file again', walk: upload },
  { title: 'sends a form that has expired', walk: expire },
  { title: 'sees that an action failed, and then a part of the page', walk: fail },
  { title: 'loses the network, and sends again', walk: loseNetwork, always: true },
]

/**
 * The journeys of a run with a library. With ours a visitor goes everywhere. The code of others changes only with their
 * version, and without any the other tests of this folder go the same ways: with these `always` says where, and all go
 * everywhere where the tests prove in full.
 */
export function journeysWith(library: LibraryName): readonly Journey[] {
  if (provesInFull || library === 'ours') return journeys
  return journeys.filter(({ always }) => always)
}
