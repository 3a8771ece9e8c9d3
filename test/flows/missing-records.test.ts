import { afterEach, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import type { OrderAction } from '../../src/flows/available-actions.ts'
import { explain } from '../../src/flows/explain.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { compare } from '../support/reconciling.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const act = (action: OrderAction, orderId: string) =>
  actOnOrders(world.deps, { action, orderIds: [orderId], actor: 'person' })

async function why(number: string) {
  const answer = await explain(world.deps, { query: number })
  if (!answer.ok) throw new Error('ambiguous')
  return answer.value
}

/** An order whose sales order somebody has deleted in NetSuite, which the comparison has found. */
async function missing(shipFirst = false) {
  world = await makeWorld({ mapping: demoMapping })
  const placed = world.shop.control.newOrder({ country: 'DE' })
  await world.advance(10_000)
  await world.poll()
  const before = await world.order(placed.number)
  if (shipFirst) await world.db.updateTable('orders').set({ status: 'complete' }).execute()
  world.netsuite.control.deleteOrder(before.record_id!)
  await compare(world)
  return { number: placed.number, id: before.id, recordId: before.record_id!, externalId: before.external_id }
}

it('is answered by "why" with what a person can do, and by which command', async () => {
  const { number } = await missing()
  const answer = await why(number)
  expect(answer.verdict).toBe('missing_in_backend')
  expect(answer.headline).toContain('is not there any more')
  expect(answer.fixes.map(({ action, command }) => [action, command])).toEqual([
    ['post_anew', `waybill post ${number} --again`],
    ['let_be', `waybill let-be ${number}`],
    ['check_again', null],
  ])
})

it('is posted again as a new record under an id of its own, only when a person asks', async () => {
  const { number, id, recordId, externalId } = await missing()
  await world.advance(3_600_000)
  expect(world.netsuite.records.orders()).toEqual([])
  expect((await act('post', id)).skipped[0]?.why).toBe('it is in the backend already')
  expect((await act('post_anew', id)).done).toEqual([id])
  await world.settle()
  const order = await world.order(number)
  expect(order).toMatchObject({ status: 'posted', replacements: 1, external_id: `${externalId}_1` })
  expect(order.record_id).not.toBe(recordId)
  expect(world.netsuite.records.orders().map((record) => record.externalId)).toEqual([`${externalId}_1`])
  expect(await world.problems(id)).toEqual([])
  expect((await why(number)).verdict).toBe('in_backend')
  expect((await compare(world)).days.at(-1)).toBe('2026-03-02 | 1 | 1 | 1 | 0 | 0 | 0')
  // Asked twice, it is done once.
  expect((await act('post_anew', id)).done).toEqual([])
})

it('is let be when a person says so, and is told so from then on', async () => {
  const { number, id } = await missing()
  expect((await act('let_be', id)).done).toEqual([id])
  expect(await world.order(number)).toMatchObject({ status: 'posted', missing_accepted: true })
  expect(await world.problems(id)).toEqual([])
  const result = await compare(world)
  expect(result.differences.map(({ kind, verdict }) => [kind, verdict])).toEqual([
    ['missing_and_let_be', 'explained'],
  ])
  expect(await world.problems(id)).toEqual([])
  const answer = await why(number)
  expect(answer.verdict).toBe('missing_in_backend')
  expect(answer.headline).toContain('A person let it be.')
  expect(answer.fixes.map(({ action }) => action)).toEqual(['post_anew', 'check_again'])
  expect((await act('post_anew', id)).done).toEqual([id])
  await world.settle()
  expect(await world.order(number)).toMatchObject({ status: 'posted', missing_accepted: false })
})

it('is not posted again when it has been shipped: it would be shipped twice', async () => {
  const { number, id } = await missing(true)
  expect((await world.order(number)).status).toBe('complete')
  expect((await world.problems(id)).map(({ code }) => code)).toEqual(['record_missing'])
  expect((await act('post_anew', id)).skipped[0]?.why).toContain('shipped')
  expect((await why(number)).fixes.map(({ action }) => action)).toEqual(['let_be', 'check_again'])
})

it('is over when a record under its id is there again: the role could not see it', async () => {
  const { number, id } = await missing()
  const other = world.shop.control.newOrder({ country: 'DE' })
  await world.advance(10_000)
  await world.poll()
  // The record of another order stands in for the one that is back.
  const { record_id, external_id, total, currency, id: otherId } = await world.order(other.number)
  const orders = world.db.updateTable('orders')
  await orders.set({ record_id: null, external_id: 'none' }).where('id', '=', otherId).execute()
  await orders.set({ record_id, external_id, total, currency }).where('id', '=', id).execute()
  await compare(world)
  expect(await world.problems(id)).toEqual([])
  expect((await world.order(number)).status).toBe('posted')
})
