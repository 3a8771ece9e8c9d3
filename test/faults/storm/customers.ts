import type { Trouble } from '../../../src/sandbox/shop/index.ts'
import type { Known, Scene } from './scene.ts'

const guests = 30
const troubles: Trouble[] = [
  'unknown_sku',
  'inactive_item',
  'unmapped_payment',
  'held_status',
  'total_differs',
]
const oneOf = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!

/** Customers place so many orders at this moment; one in eight of a kind that stops or is held. Gives their ids. */
export function placeOrders(scene: Scene, count: number): number[] {
  return Array.from({ length: count }, () => placeOne(scene))
}

/** Orders of people who have not ordered before. */
export function placeOfStrangers(scene: Scene, count: number): number[] {
  return Array.from({ length: count }, () => placeOne(scene, guests + scene.known.size))
}

function placeOne({ shop, random, known }: Scene, stranger?: number): number {
  const trouble = random() < 1 / 8 ? oneOf(random, troubles) : null
  // Few new customers who order again and again: orders of one customer are under way at the same time.
  const guest = stranger ?? Math.floor(random() * guests)
  const order = shop.control.draftOrder(trouble === null ? { country: 'DE', guest } : { trouble })
  const { id } = shop.control.placeOrder(order)
  const fate: Known['fate'] = trouble === null ? 'posted' : trouble === 'held_status' ? 'held' : 'stopped'
  known.set(id, { fate, email: order.billing.email ?? null })
  return id
}

const poisons = [
  // What no money is in.
  (id: number, at: string) => JSON.stringify({ ...shell(id, at), currency: '' }),
  // A character that PostgreSQL keeps in no text.
  (id: number, at: string) => JSON.stringify({ ...shell(id, at), number: `${id}\0`, currency: '' }),
  // No JSON: a plug-in cut it off in a number. The whole list is none with it.
  (id: number, at: string) => JSON.stringify(shell(id, at)).replace('"total":"10.00"', '"total":10.'),
]

const shell = (id: number, at: string) => ({
  id,
  number: String(id),
  status: 'processing',
  currency: 'EUR',
  total: '10.00',
  date_created_gmt: at,
  date_modified_gmt: at,
  line_items: [],
})

/** An order gets into the shop that nobody can read. */
export function placePoison({ shop, clocks, known }: Scene, pick: number): void {
  const id = Math.max(1000, ...shop.control.orders().map((order) => order.id)) + 1
  const at = clocks.shop().toISOString().slice(0, 19)
  shop.control.load(oneOf(() => pick, poisons)(id, at))
  known.set(id, { fate: 'unreadable', email: null })
}

/** What happens in a shop and a warehouse on a common day, in about a minute of it. */
export function commonLife(scene: Scene): void {
  const { random } = scene
  if (random() < 0.12) placeOrders(scene, 1 + Math.floor(random() * 2))
  if (random() < 0.2) ship(scene)
  if (random() < 0.05) remark(scene)
  if (random() < 0.02) giveUp(scene)
  if (random() < 0.04) release(scene)
}

let parcels = 0
/** Pending approval, pending fulfilment, partly fulfilled. */
const notShipped = ['A', 'B', 'D', 'E']

/** The warehouse sends an order, or the first line of it and the rest later. */
function ship({ netsuite, random }: Scene): void {
  const open = netsuite.records.orders().filter(({ status }) => notShipped.includes(status))
  if (open.length === 0) return
  const order = oneOf(random, open)
  const first = order.lines.find((line) => line.fulfilled === '0')
  netsuite.control.ship(order.id, {
    tracking: `PARCEL-${order.id}-${(parcels += 1)}`,
    carrier: 'DHL Paket',
    lines: first && random() < 0.4 ? [{ line: first.line }] : undefined,
  })
}

export function shipSome(scene: Scene): void {
  for (let n = 0; n < 3; n++) ship(scene)
}

/** Orders of a fate that a change of theirs does not change. */
function ofFate(scene: Scene, fate: Known['fate']): number[] {
  return [...scene.known].flatMap(([id, known]) => (known.fate === fate ? [id] : []))
}

/** The customer writes something on the order; it counts as changed. */
export function remark(scene: Scene, most = 1): number {
  const { shop, random } = scene
  const some = ofFate(scene, 'posted')
  for (let n = 0; n < most && some.length > 0; n++)
    shop.control.edit(oneOf(random, some.slice(-200)), {
      customer_note: `Ring ${Math.floor(random() * 1000)} times`,
    })
  return Math.min(most, some.length)
}

/** An order is cancelled in the shop, or thrown away there. */
function giveUp(scene: Scene): void {
  const { shop, random, known } = scene
  const some = ofFate(scene, 'posted')
  if (some.length === 0) return
  const id = oneOf(random, some.slice(-20))
  known.set(id, { ...known.get(id)!, fate: 'any' })
  if (random() < 0.5) shop.control.cancel(id)
  else shop.control.trash(id)
}

/** What was held is paid, and goes its way. */
function release(scene: Scene): void {
  const { shop, random, known } = scene
  const some = ofFate(scene, 'held')
  if (some.length === 0) return
  const id = oneOf(random, some)
  known.set(id, { ...known.get(id)!, fate: 'posted' })
  shop.control.edit(id, { status: 'processing' })
}
