import { stringify } from 'yaml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { actOnOrders } from '../../src/flows/actions.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { explain } from '../../src/flows/explain.ts'
import { exportConfiguration } from '../../src/flows/export-configuration.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { compare } from '../support/reconciling.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
})
afterEach(() => world.stop())

const configuration = () => ({
  db: world.db,
  vault: world.vault,
  now: world.now,
  newId: () => crypto.randomUUID(),
  connectors: { channels, backends },
  allow: allowList(['127.0.0.1']),
})

/** Applies a file that gives the world's one route these filters. */
async function filterBy(filters: object[], { dryRun = false, statuses = ['processing', 'completed'] } = {}) {
  const rules = { statuses, since: '2026-01-01', filters }
  const yaml = stringify({
    routes: [{ name: 'route', from: 'shop', to: 'netsuite', import: rules, mapping: demoMapping }],
  })
  const given = { yaml, values: {}, dryRun, prune: false, actor: 'person' }
  const applied = await applyConfiguration(configuration(), given)
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
  await world.settle()
  return applied.value
}
const why = async (query: string) => {
  const answer = await explain(world.deps, { query, live: true })
  if (!answer.ok) throw new Error('ambiguous')
  return answer.value
}
const placeIn = (country: string, status = 'processing') => world.shop.control.newOrder({ country, status })
const inAustria = { field: 'shipping.country', is: ['AT'] }
const fetched = () => world.shop.control.requests().entries.map(({ path }) => path)

describe('an order that a filter does not let through', () => {
  it('is held with the filter named, and why says what it has and what is wanted', async () => {
    await filterBy([{ field: 'total', atLeast: '0.01' }, inAustria])
    const held = placeIn('DE')
    const passing = placeIn('AT')
    await world.poll()
    expect((await world.order(passing.number)).status).toBe('posted')
    const order = await world.order(held.number)
    const detail =
      'Its delivery country is “DE”; this route imports an order only if its delivery country is “AT”'
    expect(order).toMatchObject({ status: 'held', reason: detail })
    expect(order.hold).toEqual({
      rule: 'filter',
      detail,
      found: 'DE',
      wanted: 'its delivery country is “AT”',
      filter: { field: 'shipping.country', operator: 'is', values: ['AT'] },
    })
    expect(await world.events(order.id)).toEqual(['seen'])
    expect(await why(held.number)).toMatchObject({
      verdict: 'held_by_rule',
      headline: `Order ${held.number} is held back by a filter of the route "route": ${detail}.`,
      fixes: [{ action: 'import_anyway', command: `waybill import shop ${held.number} --anyway` }],
    })
  })

  it('and that Waybill has not seen yet is explained by the filter that would hold it', async () => {
    placeIn('AT')
    await filterBy([inAustria])
    const { number } = placeIn('DE')
    expect(await why(number)).toMatchObject({
      verdict: 'held_by_rule',
      headline: expect.stringMatching(
        /a filter of the route "route" would hold it\. Its delivery country is “DE”/,
      ),
    })
  })

  it('is imported anyway by a person, and stays so when the shop changes it', async () => {
    await filterBy([inAustria])
    const { number, id } = placeIn('DE')
    await world.poll()
    const order = await world.order(number)
    await actOnOrders(world.deps, { action: 'import_anyway', orderIds: [order.id], actor: 'person' })
    await world.settle()
    expect((await world.order(number)).status).toBe('posted')
    world.shop.control.edit(id, { customer_note: 'Ring twice' })
    await world.advance(60_000)
    expect((await world.order(number)).status).toBe('posted')
  })

  it('goes by itself when the shop changes what the filter looks at', async () => {
    await filterBy([{ field: 'customerNote', contains: ['approved'] }])
    const { number, id } = placeIn('DE')
    await world.poll()
    expect((await world.order(number)).reason).toMatch(/^It has no customer note; /)
    world.shop.control.edit(id, { customer_note: 'Approved by Ann' })
    await world.advance(60_000)
    const order = await world.order(number)
    expect(order.status).toBe('posted')
    expect(await world.events(order.id)).toEqual(['seen', 'released', 'posting', 'posted'])
  })

  it('is no difference for the comparison: it is held, and that is said', async () => {
    await filterBy([inAustria])
    placeIn('AT')
    const held = placeIn('DE')
    await world.advance(10_000)
    await world.poll()
    const { run, differences } = await compare(world)
    expect(run.totals).toMatchObject({ explained: 1, unexplained: 0 })
    expect(differences).toMatchObject([
      { number: held.number, kind: 'held', detail: expect.stringContaining('its delivery country is “AT”') },
    ])
  })
})

describe('filters that change', () => {
  it('let the orders come that a filter held which is gone; those of one that is there are not asked for', async () => {
    const large = { field: 'total', atLeast: '1000000' }
    await filterBy([inAustria, large])
    const [german, austrian] = [placeIn('DE'), placeIn('AT')]
    await world.poll()
    expect((await world.order(german.number)).hold).toMatchObject({ filter: { field: 'shipping.country' } })
    expect((await world.order(austrian.number)).hold).toMatchObject({ filter: { field: 'total' } })
    world.shop.control.clearRequests()
    await filterBy([inAustria])
    expect((await world.order(austrian.number)).status).toBe('posted')
    expect((await world.order(german.number)).status).toBe('held')
    const asksFor = ({ id }: { id: number }) => fetched().some((path) => path.includes(`/orders/${id}`))
    expect([asksFor(austrian), asksFor(german)]).toEqual([true, false])
    await filterBy([])
    const released = await world.order(german.number)
    expect(released.status).toBe('posted')
    expect(await world.events(released.id)).toEqual(['seen', 'released', 'posting', 'posted'])
  })

  it('hold for the filter that is left, and say so', async () => {
    await filterBy([inAustria])
    const { number } = placeIn('DE')
    await world.poll()
    await filterBy([{ field: 'shipping.country', is: ['AT', 'CH'] }])
    expect((await world.order(number)).reason).toContain('only if its delivery country is “AT” or “CH”')
    expect(await world.events((await world.order(number)).id)).toEqual(['seen'])
    // A filter that is gone is named no more, whatever else holds the order by now.
    await filterBy([], { statuses: ['on-hold'] })
    expect((await world.order(number)).hold).toMatchObject({ rule: 'status' })
  })

  it('take no order back that was let through once', async () => {
    const waiting = world.shop.control.newOrder({ country: 'DE', trouble: 'unknown_sku' })
    await world.poll()
    expect((await world.order(waiting.number)).status).toBe('post_error')
    await filterBy([inAustria])
    world.shop.control.edit(waiting.id, { customer_note: 'changed' })
    await world.advance(60_000)
    expect((await world.order(waiting.number)).status).toBe('post_error')
    const next = placeIn('DE')
    await world.advance(60_000)
    expect((await world.order(next.number)).status).toBe('held')
  })

  it('come after the statuses: what is imported for its status from now on still has to pass', async () => {
    await filterBy([inAustria])
    const { number } = placeIn('DE', 'on-hold')
    await world.poll()
    expect((await world.order(number)).hold).toMatchObject({ rule: 'status' })
    await filterBy([inAustria], { statuses: ['processing', 'on-hold'] })
    expect((await world.order(number)).hold).toMatchObject({ rule: 'filter', found: 'DE' })
  })
})

it('filters are exported as they are applied, and every change of one is told by what it looks at', async () => {
  const told = await filterBy([inAustria, { field: 'total', atLeast: '10.00' }], { dryRun: true })
  const fields = [
    { field: 'import.filters.shipping.country is', from: null, to: 'AT' },
    { field: 'import.filters.total atLeast', from: null, to: '10.00' },
  ]
  expect(told.changes[0]!.fields.filter(({ field }) => field.includes('filters'))).toEqual(fields)
  await filterBy([inAustria, { field: 'total', atLeast: '10.00' }])
  const yaml = await exportConfiguration(configuration())
  expect(yaml).toContain(`      filters:
        - field: shipping.country
          is:
            - AT
        - field: total
          atLeast: "10.00"
`)
  const given = { yaml, values: {}, dryRun: false, prune: false, actor: 'person' }
  const again = await applyConfiguration(configuration(), given)
  expect(again.ok && again.value.changed).toBe(false)
  // Two texts are not one with a comma in it, though both read alike.
  await filterBy([{ field: 'customerNote', contains: ['a', 'b'] }])
  expect((await filterBy([{ field: 'customerNote', contains: ['a, b'] }])).changed).toBe(true)
})
