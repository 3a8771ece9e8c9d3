import { heldGroups } from '../ledger/views/held.ts'
import type { Order } from '../order/order.ts'
import { valuesOf } from '../order/order-values.ts'
import { chargedTaxes, taxCountry, taxKeys, taxSubject } from '../order/tax-keys.ts'
import { channelFor, type Deps } from './deps.ts'
import { furtherFieldsOf, readRecent, routeNamed } from './values-seen.ts'

export interface SeenStatus {
  code: string
  label: string
  /** How many of the newest orders have it now. */
  recent: number
  /** How many orders are held because of it: they come in once it is imported. */
  held: number
}

/** A word of the shop that a mapping translates. */
export interface SeenValue {
  value: string
  title: string
  /** What a mapping may call it, in the sequence in which it is looked for. */
  names: string[]
  orders: number
}

export interface SeenByRoute {
  orders: number
  statuses: SeenStatus[]
  paymentMethods: SeenValue[]
  shippingMethods: SeenValue[]
  taxes: SeenValue[]
  /** Where a custom field may get its value from, with what stands there. */
  sources: SeenSource[]
  /** The further fields that they have, by name. */
  fields: { name: string; orders: number }[]
}

/** A value of the order by its path, such as `billing.phone`. */
export interface SeenSource {
  path: string
  /** What the newest order with one says there. */
  example: string
  orders: number
}

/** What a route's newest orders say, for whoever writes its rules and its mapping. Null: there is no such route. */
export async function seenByRoute(deps: Deps, name: string): Promise<SeenByRoute | null> {
  const found = await routeNamed(deps, name)
  if (!found) return null
  const { route, channel: connection } = found
  const recent = await readRecent(deps, connection)
  const orders = recent.flatMap(({ canonical }) => canonical ?? [])
  const held = (await heldGroups(deps.db)).filter((group) => group.route === name)
  const channel = channelFor(deps, connection)
  const codes = [
    ...channel.defaultStatuses.map(({ code }) => code),
    ...route.statuses,
    ...held.flatMap((group) => group.channel_status ?? []),
    ...recent.flatMap(({ order }) => order.channel_status ?? []),
  ]
  return {
    orders: recent.length,
    statuses: [...new Set(codes)].map((code) => ({
      code,
      label: channel.defaultStatuses.find((status) => status.code === code)?.label ?? code,
      recent: recent.filter(({ order }) => order.channel_status === code).length,
      held: held.find((group) => group.channel_status === code)?.orders ?? 0,
    })),
    paymentMethods: counted(orders, paymentOf),
    shippingMethods: counted(orders, shippingOf),
    taxes: counted(orders, taxesOf),
    sources: sourcesOf(orders),
    fields: furtherFieldsOf(orders),
  }
}

type Said = Omit<SeenValue, 'orders'>

const paymentOf = ({ payment }: Order): Said[] =>
  payment === null ? [] : [said([payment.code, payment.title], payment.title)]

/** With its zone, without, and by its title. */
const shippingOf = ({ lines }: Order): Said[] =>
  lines
    .filter(({ kind }) => kind === 'shipping')
    .map(({ code, name }) => said([code ?? '', code?.split(':')[0] ?? '', name], name))

const taxesOf = (order: Order): Said[] =>
  order.lines
    .filter(({ taxes }) => taxes.length > 0)
    .map((line) => {
      const taxes = chargedTaxes(line.taxes)
      const names = taxKeys(taxes, taxCountry(order))
      return { value: taxSubject(names), title: taxes.map(({ label, id }) => label || id).join(' + '), names }
    })

const mostSources = 200

function sourcesOf(orders: Order[]): SeenSource[] {
  const sources = new Map<string, SeenSource>()
  for (const order of orders)
    for (const { path, value } of valuesOf(order)) {
      const known = sources.get(path)
      if (known) known.orders++
      else sources.set(path, { path, example: value, orders: 1 })
    }
  return [...sources.values()].slice(0, mostSources)
}

function said(names: string[], title: string): Said {
  const given = [...new Set(names.filter((name) => name !== ''))]
  return { value: given[0] ?? '', title: title === '' ? (given[0] ?? '') : title, names: given }
}

/** Each once, with how many orders say it; what most say first. */
function counted(orders: Order[], valuesOf: (order: Order) => Said[]): SeenValue[] {
  const found = new Map<string, SeenValue>()
  for (const order of orders) {
    const values = new Map(valuesOf(order).map((value) => [value.value, value]))
    for (const [key, value] of values) {
      const seen = found.get(key)
      if (seen) seen.orders++
      else if (key !== '') found.set(key, { ...value, orders: 1 })
    }
  }
  return [...found.values()].toSorted((a, b) => b.orders - a.orders)
}
