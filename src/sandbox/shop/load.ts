import type { JsonObject } from './http.ts'
import { coreStatuses, type Order, type Shop } from './state.ts'
import { readGmt } from './time.ts'

/**
 * Puts the orders of a file into the shop, byte for byte. A file is an order, a list of orders, or either under
 * `data` (as bodies that came through Jetpack are). Text that is not quite JSON is served as it is too: its members
 * are found by their brackets. Throws when the file holds no order.
 */
export function loadOrders(shop: Shop, text: string): Order[] {
  const loaded = rawOrders(text).map((raw) => loadedOrder(raw))
  const orders = loaded.filter((order) => order !== null)
  if (orders.length === 0) throw new Error('The file holds no order: an order has an id, a status and lines.')
  for (const order of orders) {
    shop.orders.set(order.id, order)
    shop.ids.post = Math.max(shop.ids.post, order.id + 1)
    registerStatus(shop, order.status)
  }
  shop.revision += 1
  return orders
}

function loadedOrder(raw: string): Order | null {
  const members = topLevelMembers(raw)
  const id = Number(scalar(members.get('id')))
  const status = scalar(members.get('status'))
  if (!Number.isSafeInteger(id) || id <= 0 || typeof status !== 'string') return null
  if (!['line_items', 'billing', 'order_key'].some((name) => members.has(name))) return null
  const time = (name: string): number | null => readGmt(scalar(members.get(name)))
  const createdAt = time('date_created_gmt') ?? 0
  return {
    id,
    status,
    createdAt,
    modifiedAt: time('date_modified_gmt') ?? createdAt,
    body: parsed(raw),
    raw,
  }
}

function parsed(raw: string): JsonObject | null {
  try {
    return JSON.parse(raw) as JsonObject
  } catch {
    return null
  }
}

function scalar(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A status that WooCommerce does not know was added by a plug-in, which this shop then has as well. */
function registerStatus(shop: Shop, status: string): void {
  const known = [...coreStatuses.map(([slug]) => slug), 'trash', 'auto-draft', 'checkout-draft']
  if (!known.includes(status) && !shop.customStatuses.has(status)) shop.customStatuses.set(status, status)
}

function rawOrders(text: string): string[] {
  const whole = text.replace(/^\ufeff/, '').trim()
  if (whole.startsWith('[')) return elements(whole)
  const data = topLevelMembers(whole).get('data')
  if (data === undefined) return [whole]
  return data.startsWith('[') ? elements(data) : [data]
}

/** The texts of a list's elements, cut out at the commas between them. */
const elements = (list: string): string[] => parts(list).filter((part) => part !== '')

/** The text of each member of an object, by name; of equal names the last, as JSON has it. */
export function topLevelMembers(object: string): Map<string, string> {
  const members = new Map<string, string>()
  for (const part of parts(object)) {
    const match = /^"((?:[^"\\]|\\.)*)"\s*:\s*/.exec(part)
    if (match) members.set(match[1]!, part.slice(match[0].length))
  }
  return members
}

/** What stands between the commas of the outermost brackets. */
function parts(text: string): string[] {
  const result: string[] = []
  let depth = 0
  let start = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at]!
    if (inString) {
      if (c === '\\') at += 1
      else if (c === '"') inString = false
      continue
    }
    if (c === '"') inString = true
    else if (c === '{' || c === '[') {
      depth += 1
      if (depth === 1) start = at + 1
    } else if (c === '}' || c === ']') {
      depth -= 1
      if (depth === 0) result.push(text.slice(start, at).trim())
    } else if (c === ',' && depth === 1) {
      result.push(text.slice(start, at).trim())
      start = at + 1
    }
    if (depth === 0 && result.length > 0) break
  }
  return result
}
