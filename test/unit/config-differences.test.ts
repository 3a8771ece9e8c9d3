import { expect, it } from 'vitest'
import { differences } from '../../src/config/differences.ts'

const rule = { after: '7d', warn: ['3d', '1d'] }

it('a rule that is switched on or off says for each of its settings what it was and what it is', () => {
  expect(differences({ autoCancel: false }, { autoCancel: rule })).toEqual([
    { field: 'autoCancel.after', from: 'false', to: '7d' },
    { field: 'autoCancel.warn', from: 'false', to: '3d, 1d' },
  ])
  expect(differences({ autoCancel: rule }, { autoCancel: false })).toEqual([
    { field: 'autoCancel.after', from: '7d', to: 'false' },
    { field: 'autoCancel.warn', from: '3d, 1d', to: 'false' },
  ])
})

it('what was not there before, or is not any more, is null', () => {
  expect(differences({ a: { b: 1 } }, { a: { c: 'x' } })).toEqual([
    { field: 'a.b', from: '1', to: null },
    { field: 'a.c', from: null, to: 'x' },
  ])
  expect(differences(null, { a: [] })).toEqual([{ field: 'a', from: null, to: '' }])
  expect(differences({ a: {} }, { a: { b: 1 } })).toEqual([{ field: 'a.b', from: null, to: '1' }])
  expect(differences({ a: {} }, {})).toEqual([{ field: 'a', from: '{}', to: null }])
  expect(differences({}, undefined)).toEqual([])
})

it('names that have a dot in them are no groups', () => {
  expect(differences({ bySku: { TEA: '1' } }, { bySku: { 'TEA.2': '2' } })).toEqual([
    { field: 'bySku.TEA', from: '1', to: null },
    { field: 'bySku.TEA.2', from: null, to: '2' },
  ])
})

it('what is the same is no difference, in whatever sequence it is written', () => {
  expect(differences({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 })).toEqual([])
})

it('what reads alike and is not the same is a difference: it would not be stored otherwise', () => {
  const group = { custbody_x: { value: 'order.number' } }
  expect(differences({ fields: group }, { fields: { custbody_x: 'order.number' } })).toEqual([
    { field: 'fields.custbody_x', from: '{"value":"order.number"}', to: 'order.number' },
  ])
  expect(differences({ a: '5' }, { a: 5 })).toEqual([{ field: 'a', from: '"5"', to: '5' }])
  expect(differences({ a: ['b, c'] }, { a: ['b', 'c'] })).toEqual([
    { field: 'a', from: '["b, c"]', to: '["b","c"]' },
  ])
})
