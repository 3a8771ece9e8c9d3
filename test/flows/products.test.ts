import { afterEach, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

/** Places an order of a mug and of one more thing that the shop can name, but has no SKU for. */
async function placeWithoutSku(name: string, productId: number) {
  const { shop, poll, order } = world
  const wish = shop.control.draftOrder({ country: 'DE' })
  const [mug] = wish.draft.lines
  const nameless = { ...mug!, name, productId, sku: null, quantity: '1', price: '8.00' }
  const lines = [{ ...mug!, quantity: '1' }, nameless]
  const placed = shop.control.placeOrder({
    ...wish,
    draft: { ...wish.draft, lines, coupons: [], fees: [] },
  })
  await poll()
  return order(placed.id)
}

it('a product that was deleted since keeps its line, and stops the order by name (failure mode 43)', async () => {
  const byKind = { ...demoMapping.items.byKind, withoutSku: undefined }
  world = await makeWorld({ mapping: { ...demoMapping, items: { byKind } } })
  const stopped = await placeWithoutSku('Hand-thrown bowl', 4711)
  expect(stopped.status).toBe('post_error')
  const problems = await world.problems(stopped.id)
  expect(problems.map(({ code, subject }) => [code, subject])).toEqual([
    ['line_without_sku', 'Hand-thrown bowl'],
  ])
  expect(problems[0]!.detail).toContain('product 4711')
  expect(world.netsuite.records.counts().orders).toBe(0)
})

it('a line without a SKU stops its order by name, and goes with an item for such lines (failure mode 44)', async () => {
  const itemFor = (netsuite: SandboxNetSuite) =>
    Number(netsuite.records.items().find(({ type, inactive }) => type === 'InvtPart' && !inactive)!.id)
  const mapping = (netsuite: SandboxNetSuite) => ({
    ...demoMapping,
    items: { byKind: { withoutSku: itemFor(netsuite) } },
  })
  world = await makeWorld({ mapping })
  const sent = await placeWithoutSku('A tip for the potter', 0)
  expect(sent.status).toBe('posted')
  const [record] = world.netsuite.records.orders()
  expect(record!.lines).toContainEqual(
    expect.objectContaining({ description: expect.stringContaining('A tip for the potter'), amount: '8.00' }),
  )
  expect(Number(record!.total)).toBe(Number(sent.total))
})
