import { deletedWords } from '../flows/delete-order.ts'
import type { Deps } from '../flows/deps.ts'
import { type NamedTombstone, tombstonesNamed } from '../ledger/tombstones.ts'
import { type OrderView, ordersNamed } from '../ledger/views/orders.ts'
import { quoted } from '../quoted.ts'
import { candidateJson } from './order-json.ts'
import { notFound, Refusal } from './refusal.ts'

/** The one order that a name means: Waybill's id, the channel's id or the number. Refuses none and several. */
export async function findOrder(deps: Deps, name: string, connection?: string): Promise<OrderView> {
  const orders = await ordersNamed(deps.db, name, connection)
  if (orders.length > 1) throw ambiguous(deps, name, orders)
  const [order] = orders
  if (!order) {
    const [tombstone] = await tombstonesNamed(deps.db, name, connection)
    if (tombstone) throw deleted(tombstone)
    throw notFound('order', name, `Ask why it is not here: waybill why ${quoted(name)}`)
  }
  return order
}

function deleted(tombstone: NamedTombstone): Refusal {
  const { number, channel_name: shop, channel_order_id: id, time_zone: zone } = tombstone
  return new Refusal({
    status: 404,
    code: 'order_deleted',
    title: 'Deleted',
    detail: `Order ${number} was ${deletedWords(tombstone, zone)}`,
    fix: `Bring it back: waybill import ${quoted(shop)} ${quoted(id)} --anyway`,
  })
}

export function ambiguous(deps: Deps, name: string, orders: OrderView[]): Refusal {
  return new Refusal({
    status: 409,
    code: 'ambiguous_order',
    title: 'Several orders have this name',
    detail: `"${name}" may mean ${orders.length} orders`,
    fix: 'Use the id of the one you mean.',
    candidates: orders.map((order) => candidateJson(deps, order)),
  })
}
