import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseRegions, type RegionFacts } from '../../../lib/answer/choose-regions.js'

const regions = new Map(
  [
    { id: 'flash', html: '<p id="flash"></p>', always: true },
    { id: 'list', html: '<ul id="list"><li id="row">FORM</li></ul>', always: false },
    { id: 'row', html: '<li id="row">FORM</li>', always: false },
    { id: 'cart', html: '<p id="cart"></p>', always: false },
  ].map((region) => [region.id, region]),
)

/** Spells the choice: what was asked for, a bar, and what comes along. */
function chosen(facts: Partial<RegionFacts>): string | undefined {
  const choice = chooseRegions({
    asked: [],
    needsAll: false,
    others: 'beside',
    regions,
    hasForm: true,
    isAlways: ({ always }) => always,
    holdsForm: ({ html }) => html.includes('FORM'),
    ...facts,
  })
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).join(' ')
  return choice && `${ids(choice.asked)} | ${ids(choice.others)}`
}

describe('chooseRegions()', () => {
  it('adds those marked always, and the smallest with the form', () => {
    assert.equal(chosen({ asked: ['cart'] }), 'cart | flash row')
    assert.equal(chosen({ asked: ['cart'], hasForm: false }), 'cart | flash')
  })

  it('adds no region twice, and none that stands inside of another', () => {
    assert.equal(chosen({ asked: ['list', 'list'] }), 'list | flash')
    assert.equal(chosen({ asked: ['row', 'flash'] }), 'row flash | ')
  })

  it('is the whole page when none asked for is there', () => {
    assert.equal(chosen({}), undefined)
    assert.equal(chosen({ asked: ['nowhere'] }), undefined)
    assert.equal(chosen({ asked: ['cart'], regions: new Map() }), undefined)
  })

  it('leaves out what is not there, unless the client needs all', () => {
    assert.equal(chosen({ asked: ['nowhere', 'row'] }), 'row | flash')
    assert.equal(chosen({ asked: ['nowhere', 'row'], needsAll: true }), undefined)
  })

  it('is the whole page when the form is in no region', () => {
    assert.equal(chosen({ asked: ['list'], holdsForm: () => false }), undefined)
  })

  it('takes the region of the form for its id', () => {
    assert.equal(chosen({ asked: ['add'], formId: 'add' }), 'row | flash')
    assert.equal(chosen({ asked: ['add'], formId: 'add', holdsForm: () => false }), undefined)
    assert.equal(chosen({ asked: ['add'], formId: 'other' }), undefined)
  })

  it('is the whole page when the client would not show the region of the form', () => {
    assert.equal(chosen({ asked: ['cart'], others: 'never' }), undefined)
    assert.equal(chosen({ asked: ['list'], others: 'never' }), 'list | ')
    assert.equal(chosen({ asked: ['cart'], others: 'never', hasForm: false }), 'cart | ')
  })
})
