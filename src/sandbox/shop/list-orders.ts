import type { JsonObject, ShopRequest, WpError } from './http.ts'
import { invalidParam, isWpError } from './http.ts'
import { objectsIn } from './order-input.ts'
import { listOf, textOf, type PhpArray } from './php.ts'
import { visibleStatuses, type Order, type Shop } from './state.ts'
import { readDateParameter, toSeconds, type Seconds } from './time.ts'

interface ListQuery {
  page: number
  perPage: number
  offset: number
  orderBy: 'date' | 'id' | 'include' | 'title' | 'slug' | 'modified'
  descending: boolean
  statuses: Set<string>
  include: number[] | null
  exclude: Set<number>
  search: string
  customer: string | null
  product: number | null
  after: Seconds | null
  before: Seconds | null
  modifiedAfter: Seconds | null
  modifiedBefore: Seconds | null
}

export interface OrderPage {
  orders: Order[]
  total: number
  totalPages: number
  page: number
  perPage: number
}

/** The orders a list request asks for. recordings/woocommerce-11.0.1 listing.json. */
export function listOrders(shop: Shop, request: ShopRequest): OrderPage | WpError {
  const query = readQuery(shop, request.query)
  if (isWpError(query)) return query
  if (request.ordersTableMissing)
    return { orders: [], total: 0, totalPages: 0, page: query.page, perPage: query.perPage }
  const found = sorted(shop, query).filter((order) => matches(shop, query, order))
  const from = query.offset > 0 ? query.offset : (query.page - 1) * query.perPage
  const orders = found.slice(from, from + query.perPage)
  // A page past the end says that there is nothing at all: recordings listing.json, "page past the end".
  const total = orders.length === 0 && from > 0 ? 0 : found.length
  return {
    orders,
    total,
    totalPages: Math.ceil(total / query.perPage),
    page: query.page,
    perPage: query.perPage,
  }
}

function readQuery(shop: Shop, query: PhpArray): ListQuery | WpError {
  const page = integer(query, 'page', 1, 1, null)
  if (isWpError(page)) return page
  const perPage = integer(query, 'per_page', 10, 1, 100)
  if (isWpError(perPage)) return perPage
  const offset = integer(query, 'offset', 0, 0, null)
  if (isWpError(offset)) return offset
  const order = oneOf(query, 'order', ['asc', 'desc'], 'desc')
  if (isWpError(order)) return order
  const orderBy = oneOf(query, 'orderby', ['date', 'id', 'include', 'title', 'slug', 'modified'], 'date')
  if (isWpError(orderBy)) return orderBy
  const statuses = statusesOf(shop, query)
  if (isWpError(statuses)) return statuses
  const times: Record<string, Seconds | null> = {}
  const datesAreGmt = /^(true|1)$/i.test(textOf(query, 'dates_are_gmt') ?? '')
  for (const name of ['after', 'before', 'modified_after', 'modified_before']) {
    const text = textOf(query, name)
    const time = text === undefined ? null : readDateParameter(text, datesAreGmt, shop.zone)
    if (text !== undefined && time === null) return invalidParam(name, 'Invalid date.', 'rest_invalid_date')
    times[name] = time
  }
  const include = ids(query, 'include')
  const product = textOf(query, 'product')
  return {
    page,
    perPage,
    offset,
    orderBy,
    descending: order === 'desc',
    statuses,
    include: include.length > 0 ? include : null,
    exclude: new Set(ids(query, 'exclude')),
    search: (textOf(query, 'search') ?? '').trim().toLowerCase(),
    customer: textOf(query, 'customer') ?? null,
    product: product ? Number(product) : null,
    after: times['after'] ?? null,
    before: times['before'] ?? null,
    modifiedAfter: times['modified_after'] ?? null,
    modifiedBefore: times['modified_before'] ?? null,
  }
}

const ids = (query: PhpArray, name: string): number[] =>
  (listOf(query, name) ?? []).map(Number).filter((id) => Number.isInteger(id))

export function integer(
  query: PhpArray,
  name: string,
  fallback: number,
  least: number,
  most: number | null,
): number | WpError {
  const text = textOf(query, name)
  if (text === undefined) return fallback
  if (!/^-?\d+$/.test(text))
    return invalidParam(name, `${name} is not of type integer.`, 'rest_invalid_type', { param: name })
  const value = Number(text)
  if (value >= least && (most === null || value <= most)) return value
  const range =
    most === null
      ? `${name} must be greater than or equal to ${least}`
      : `${name} must be between ${least} (inclusive) and ${most} (inclusive)`
  return invalidParam(name, range, 'rest_out_of_bounds')
}

function oneOf<T extends string>(query: PhpArray, name: string, allowed: T[], fallback: T): T | WpError {
  const text = textOf(query, name)
  if (text === undefined) return fallback
  return allowed.find((value) => value === text) ?? notInEnum(name, name, allowed)
}

export function notInEnum(name: string, path: string, allowed: string[]): WpError {
  const list = `${allowed.slice(0, -1).join(', ')}, and ${allowed.at(-1)!}`
  return invalidParam(name, `${path} is not one of ${list}.`, 'rest_not_in_enum')
}

function statusesOf(shop: Shop, query: PhpArray): Set<string> | WpError {
  const visible = visibleStatuses(shop)
  const allowed = ['any', 'trash', 'auto-draft', ...visible, 'checkout-draft']
  const asked = listOf(query, 'status') ?? ['any']
  const wrong = asked.findIndex((status) => !allowed.includes(status))
  if (wrong >= 0) return notInEnum('status', `status[${wrong}]`, allowed)
  // "any" beside others still means any: recordings listing.json, "status any,trash". Auto-drafts are never listed.
  if (asked.includes('any') || asked.length === 0) return new Set(visible)
  return new Set(asked.filter((status) => status !== 'auto-draft'))
}

/** All orders in the order asked for: ties in the order of their ids, reversed for desc. Kept while nothing changes. */
function sorted(shop: Shop, query: ListQuery): Order[] {
  if (query.orderBy === 'include' && query.include)
    return query.include.flatMap((id) => shop.orders.get(id) ?? [])
  const by = query.orderBy === 'date' || query.orderBy === 'modified' ? query.orderBy : 'id'
  const kept = cache.get(shop) ?? { revision: -1, lists: new Map<string, Order[]>() }
  if (kept.revision !== shop.revision) {
    kept.lists.clear()
    kept.revision = shop.revision
    cache.set(shop, kept)
  }
  const name = `${by}${query.descending ? '-' : '+'}`
  const ready = kept.lists.get(name)
  if (ready) return ready
  const sign = query.descending ? -1 : 1
  const key = (order: Order): number =>
    by === 'id' ? order.id : by === 'date' ? order.createdAt : order.modifiedAt
  const list = [...shop.orders.values()].sort((a, b) => sign * (key(a) - key(b) || a.id - b.id))
  kept.lists.set(name, list)
  return list
}

const cache = new WeakMap<Shop, { revision: number; lists: Map<string, Order[]> }>()

function matches(shop: Shop, query: ListQuery, order: Order): boolean {
  if (!query.statuses.has(order.status)) return false
  if (query.modifiedAfter !== null && order.modifiedAt <= query.modifiedAfter) return false
  if (query.modifiedBefore !== null && order.modifiedAt >= query.modifiedBefore) return false
  if (query.after !== null && order.createdAt <= query.after) return false
  if (query.before !== null && order.createdAt >= query.before) return false
  if (query.include && !query.include.includes(order.id)) return false
  if (query.exclude.has(order.id)) return false
  if (order.listedFrom !== undefined && order.listedFrom > toSeconds(shop.now())) return false
  if (query.customer !== null && String(order.body?.['customer_id'] ?? 0) !== query.customer) return false
  if (query.product !== null && !productsOf(order).includes(query.product)) return false
  return query.search === '' || isFound(order, query.search)
}

const productsOf = (order: Order): number[] =>
  linesOf(order).flatMap((line) => [Number(line['product_id']), Number(line['variation_id'])])

const linesOf = (order: Order): JsonObject[] => objectsIn(order.body ?? {}, 'line_items')

/** The id itself, or part of an address, e-mail or product name; not a SKU and not a plug-in's number (README fact 27). */
function isFound(order: Order, search: string): boolean {
  if (String(order.id) === search) return true
  const addresses = ['billing', 'shipping'].map((name) => {
    const address = order.body?.[name]
    return typeof address === 'object' && address !== null ? Object.values(address).join(' ') : ''
  })
  const names = linesOf(order).map((line) => (typeof line['name'] === 'string' ? line['name'] : ''))
  return [...addresses, ...names].some((text) => text.toLowerCase().includes(search))
}
