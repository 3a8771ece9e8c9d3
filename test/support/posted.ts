import type { World } from './world.ts'

/** An order of two lines that is in NetSuite, with its lines there. */
export async function postedWithTwoLines(world: World) {
  const placed = world.shop.control.placeOrder(world.shop.control.draftOrder())
  world.shop.control.edit(placed.id, {
    line_items: [
      { sku: 'SAUCER-OAK', quantity: 2 },
      { sku: 'MUG-BLUE', quantity: 1 },
    ],
  })
  await world.poll()
  const order = await world.order(placed.number)
  const lines = world.netsuite.records.order(order.record_id!)!.lines.filter((line) => line.quantity !== null)
  return { placed, order, lines }
}
