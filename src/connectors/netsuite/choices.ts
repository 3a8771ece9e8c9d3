import { z } from 'zod'
import { ok } from '../../result.ts'
import type { Choice, MappingFix, Outcome } from '../contract.ts'
import { literal, query, type NetSuiteCtx } from './client.ts'

const row = z.object({
  id: z.coerce.string(),
  label: z.coerce.string().default(''),
  more: z.coerce.string().optional(),
})

const lists: Record<MappingFix['action'], { table: string; label: string; more?: string; what: string }> = {
  map_sku: { table: 'item', label: 'itemid', more: 'displayname', what: 'items' },
  map_item_kind: { table: 'item', label: 'itemid', more: 'displayname', what: 'items' },
  map_payment: { table: 'paymentmethod', label: 'name', what: 'payment methods' },
  map_shipping: { table: 'shipitem', label: 'itemid', what: 'shipping items' },
  map_tax: { table: 'salestaxitem', label: 'itemid', more: 'rate', what: 'tax codes' },
}
const shown = 50

const leaveOut: Choice = { id: 'leave_out', label: 'Leave it out' }

/** Active records a person may choose for a fix, those that contain `search` first by name. At most fifty. */
export async function choices(
  ctx: NetSuiteCtx,
  action: MappingFix['action'],
  search: string,
): Promise<Outcome<Choice[]>> {
  const { table, label, more, what } = lists[action]
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
    label: further && further !== name ? `${name} (${further})` : name,
  }))
  const optional = action === 'map_payment' || action === 'map_shipping'
  return ok(optional ? [leaveOut, ...found] : found)
}
