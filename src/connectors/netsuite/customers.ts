import { z } from 'zod'
import type { Order } from '../../order/order.ts'
import { ok } from '../../result.ts'
import type { Outcome } from '../contract.ts'
import { getRecord, idList, literal, query, queryAll, type NetSuiteCtx } from './client.ts'
import { isUnseen } from './errors.ts'
import type { NetSuiteMapping } from './mapping.ts'

/** The customer of an order, as far as NetSuite has one. */
export type FoundCustomer =
  | { kind: 'none' }
  | { kind: 'ambiguous'; email: string; ids: string[] }
  | {
      kind: 'found'
      id: string
      name: string
      inactive: boolean
      /** Whether orders of the wanted subsidiary and currency may name this customer. */
      inSubsidiary: boolean
      hasCurrency: boolean
    }

interface Wanted {
  order: Order
  mapping: NetSuiteMapping
  externalId: string
  subsidiary: string | null
  currency: string | null
}

const reference = z.object({ id: z.coerce.string() }).nullish()
const customerRecord = z.object({
  id: z.coerce.string(),
  entityId: z.string().default(''),
  isInactive: z.boolean().default(false),
  subsidiary: reference,
  currency: reference,
})
type CustomerRecord = z.output<typeof customerRecord>

type Kept = Map<string, { customer: Extract<FoundCustomer, { kind: 'found' }>; until: number }>

const customersKey = 'netsuite.customers'
const keptForMs = 10 * 60_000
const mostKept = 5000

/**
 * Finds the customer by Waybill's external id (the record itself), then by e-mail address (active ones). Kept for a
 * while is only one that fits; a refusal of the order forgets it.
 */
export async function findCustomer(ctx: NetSuiteCtx, wanted: Wanted): Promise<Outcome<FoundCustomer>> {
  const key = JSON.stringify([wanted.externalId, emailOf(wanted.order), wanted.subsidiary, wanted.currency])
  const kept = keptCustomers(ctx.memory)
  const now = ctx.now().getTime()
  const known = kept.get(key)
  if (known && known.until > now) return ok(known.customer)
  const found = await askForCustomer(ctx, wanted)
  if (!found.ok || found.value.kind !== 'found') return found
  const { inactive, inSubsidiary, hasCurrency } = found.value
  if (!inactive && inSubsidiary && hasCurrency) {
    if (kept.size >= mostKept) kept.clear()
    kept.set(key, { customer: found.value, until: now + keptForMs })
  }
  return found
}

function keptCustomers(memory: Map<string, unknown>): Kept {
  const kept = (memory.get(customersKey) as Kept | undefined) ?? new Map()
  memory.set(customersKey, kept)
  return kept
}

/** The next order of this customer asks NetSuite anew; of all customers where none is named. */
export function forgetCustomer(memory: Map<string, unknown>, id?: string): void {
  const kept = keptCustomers(memory)
  if (id === undefined) kept.clear()
  for (const [key, { customer }] of kept) if (customer.id === id) kept.delete(key)
}

async function askForCustomer(ctx: NetSuiteCtx, wanted: Wanted): Promise<Outcome<FoundCustomer>> {
  for (const way of wanted.mapping.customers.match) {
    const found =
      way === 'externalId'
        ? await byExternalId(ctx, wanted)
        : await byEmail(ctx, wanted, emailOf(wanted.order))
    if (!found.ok || found.value.kind !== 'none') return found
  }
  return ok({ kind: 'none' })
}

/** The address by which the customer is known: the account's, else that of the bill or the parcel. */
export const emailOf = (order: Order): string | null =>
  [order.customer.email, order.billing?.email, order.shipping?.email]
    .map((email) => email?.trim() ?? '')
    .find((email) => email !== '') ?? null

async function byExternalId(ctx: NetSuiteCtx, wanted: Wanted): Promise<Outcome<FoundCustomer>> {
  const record = await getCustomer(ctx, `eid:${wanted.externalId}`)
  if (!record.ok) return record
  return record.value === null ? ok({ kind: 'none' }) : describe(ctx, wanted, record.value)
}

const getCustomer = (ctx: NetSuiteCtx, key: string) =>
  getRecord(ctx, `customer/${key}`, customerRecord, 'customers')

const idRow = z.object({ id: z.coerce.string() })

async function byEmail(
  ctx: NetSuiteCtx,
  wanted: Wanted,
  email: string | null,
): Promise<Outcome<FoundCustomer>> {
  if (email === null) return ok({ kind: 'none' })
  const rows = await query(
    ctx,
    `SELECT id FROM customer WHERE LOWER(email) = ${literal(email.toLowerCase())} AND isinactive = 'F' ORDER BY id`,
    idRow,
    'customers',
    { limit: 20 },
  )
  if (!rows.ok) return rows
  const ids = rows.value.rows.map((row) => row.id)
  const found: Extract<FoundCustomer, { kind: 'found' }>[] = []
  for (const id of ids) {
    const record = await getCustomer(ctx, id)
    if (!record.ok) return record
    if (record.value === null) continue
    const described = await describe(ctx, wanted, record.value)
    if (!described.ok) return described
    found.push(described.value)
  }
  const fitting = found.filter((customer) => customer.inSubsidiary)
  const candidates = fitting.length > 0 ? fitting : found
  if (candidates.length > 1) return ok({ kind: 'ambiguous', email, ids: candidates.map(({ id }) => id) })
  return ok(candidates[0] ?? { kind: 'none' })
}

/** Asks for further subsidiaries and currencies only where the primary ones do not fit already. */
async function describe(
  ctx: NetSuiteCtx,
  wanted: Wanted,
  record: CustomerRecord,
): Promise<Outcome<Extract<FoundCustomer, { kind: 'found' }>>> {
  const inSubsidiary = await among(ctx, record.id, record.subsidiary?.id, wanted.subsidiary, {
    table: 'customersubsidiaryrelationship',
    entity: 'entity',
    column: 'subsidiary',
  })
  if (!inSubsidiary.ok) return inSubsidiary
  const hasCurrency = await among(ctx, record.id, record.currency?.id, wanted.currency, {
    table: 'customercurrencybalance',
    entity: 'customer',
    column: 'currency',
  })
  if (!hasCurrency.ok) return hasCurrency
  return ok({
    kind: 'found',
    id: record.id,
    name: record.entityId || record.id,
    inactive: record.isInactive,
    inSubsidiary: inSubsidiary.value,
    hasCurrency: hasCurrency.value,
  })
}

/**
 * Whether the wanted record is the customer's primary one, or among its further ones. Where the account does not show
 * these, NetSuite itself judges when the order comes.
 */
async function among(
  ctx: NetSuiteCtx,
  customerId: string,
  primary: string | undefined,
  wanted: string | null,
  further: { table: string; entity: string; column: string },
): Promise<Outcome<boolean>> {
  if (wanted === null || primary === undefined || primary === wanted) return ok(true)
  const rows = await queryAll(
    ctx,
    `SELECT ${further.column} AS id FROM ${further.table}
     WHERE ${further.entity} = ${idList([customerId])} AND ${further.column} = ${idList([wanted])}`,
    idRow,
    'customers',
  )
  if (rows.ok) return ok(rows.value.length > 0)
  return rows.error.kind === 'rejected' || isUnseen(rows.error) ? ok(true) : rows
}
