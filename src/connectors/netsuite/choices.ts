import { z } from 'zod'
import { multiply, parseDecimal } from '../../order/money.ts'
import { ok } from '../../result.ts'
import type { Choice, ChoiceList, Outcome } from '../contract.ts'
import { literal, query, type NetSuiteCtx } from './client.ts'

const row = z.object({
  id: z.coerce.string(),
  label: z.coerce.string().default(''),
  more: z.coerce.string().optional(),
})

const lists: Record<ChoiceList, { table: string; label: string; more?: string; what: string }> = {
  map_sku: { table: 'item', label: 'itemid', more: 'displayname', what: 'items' },
  map_item_kind: { table: 'item', label: 'itemid', more: 'displayname', what: 'items' },
  map_payment: { table: 'paymentmethod', label: 'name', what: 'payment methods' },
  map_shipping: { table: 'shipitem', label: 'itemid', what: 'shipping items' },
  map_tax: { table: 'salestaxitem', label: 'itemid', more: 'rate', what: 'tax codes' },
  customer: { table: 'customer', label: 'entityid', more: 'email', what: 'customers' },
  subsidiary: { table: 'subsidiary', label: 'name', what: 'subsidiaries' },
  location: { table: 'location', label: 'name', what: 'locations' },
  department: { table: 'department', label: 'name', what: 'departments' },
  class: { table: 'classification', label: 'name', what: 'classes' },
  price_level: { table: 'pricelevel', label: 'name', what: 'price levels' },
}
const shown = 50

const leaveOut: Choice = { id: 'leave_out', label: 'Leave it out' }

/** NetSuite tells 0.19 for 19 %. */
function percent(rate: string): string {
  const share = parseDecimal(rate)
  return share === null ? rate : `${multiply(share, '100')} %`
}

/** Active records a person may choose, those that contain `search` first by name. At most fifty. */
export async function choices(
  ctx: NetSuiteCtx,
  list: ChoiceList,
  search: string,
): Promise<Outcome<Choice[]>> {
  const { table, label, more, what } = lists[list]
  const text = literal(search.trim().toUpperCase())
  const columns = [label, ...(more && more !== 'rate' ? [more] : [])]
  const matches = columns.map((column) => `INSTR(UPPER(${column}), ${text}) > 0`).join(' OR ')
  const rows = await query(
    ctx,
    `SELECT id, ${label} AS label${more ? `, ${more} AS more` : ''} FROM ${table}
     WHERE isinactive = 'F'${search.trim() === '' ? '' : ` AND (${matches})`} ORDER BY ${label}, id`,
    row,
    what,
    { limit: shown },
  )
  if (!rows.ok) return rows
  const found = rows.value.rows.map(({ id, label: name, more: further }) => ({
    id,
    label: further && further !== name ? `${name} (${more === 'rate' ? percent(further) : further})` : name,
  }))
  const optional = list === 'map_payment' || list === 'map_shipping'
  return ok(optional ? [leaveOut, ...found] : found)
}
