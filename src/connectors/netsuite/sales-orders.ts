import { z } from 'zod'
import { parseDecimal } from '../../order/money.ts'
import { err, ok } from '../../result.ts'
import type { BackendTotals, Failure, Outcome, RecordRef } from '../contract.ts'
import { createRecord, getRecord, type NetSuiteCtx } from './client.ts'
import { recordUrl } from './config.ts'
import { forgetCustomer } from './customers.ts'
import { currencyCode, forgetItem } from './lookups.ts'
import { bodyFor, type NetSuiteDraft } from './to-sales-order.ts'

const found = z.object({ id: z.coerce.string(), tranId: z.string().optional() })

/** The sales order with this external id: the record itself, not a search. Null: NetSuite says there is none. */
export async function find(ctx: NetSuiteCtx, externalId: string): Promise<Outcome<RecordRef | null>> {
  const record = await getRecord(
    ctx,
    `salesOrder/eid:${encodeURIComponent(externalId)}`,
    found,
    'sales orders',
  )
  if (!record.ok || record.value === null) return record as Outcome<null>
  return ok(refOf(ctx, record.value))
}

const refOf = (ctx: NetSuiteCtx, record: z.output<typeof found>): RecordRef => ({
  id: record.id,
  number: record.tranId ?? null,
  url: recordUrl(ctx.config, record.id),
})

const amount = z.union([z.number(), z.string()]).transform((value, context) => {
  const decimal = parseDecimal(value)
  if (decimal === null) context.addIssue({ code: 'custom', message: 'is no amount' })
  return decimal ?? '0'
})
const totalsRecord = found.extend({
  total: amount,
  taxTotal: amount.optional(),
  currency: z.object({ id: z.coerce.string(), refName: z.string().optional() }).nullish(),
  createdDate: z.iso.datetime({ offset: true }).optional().catch(undefined),
})

/** What NetSuite computed, read from the record, and its number. */
export async function totals(
  ctx: NetSuiteCtx,
  recordId: string,
): Promise<Outcome<BackendTotals & { ref: RecordRef }>> {
  const record = await getRecord(
    ctx,
    `salesOrder/${encodeURIComponent(recordId)}`,
    totalsRecord,
    'sales orders',
  )
  if (!record.ok) return record
  if (record.value === null) return err(gone(recordId))
  const { currency } = record.value
  const code = await currencyCode(ctx, currency?.id ?? null)
  if (!code.ok) return code
  return ok({
    total: record.value.total,
    tax: record.value.taxTotal ?? null,
    currency: code.value ?? currency?.refName ?? '',
    createdAt: record.value.createdDate ?? null,
    ref: refOf(ctx, record.value),
  })
}

const gone = (recordId: string): Failure => ({
  kind: 'not_found',
  status: 404,
  problems: [
    {
      code: 'invalid_reference',
      subject: `sales order ${recordId}`,
      detail: 'The record does not exist any more.',
      vendorMessage: null,
    },
  ],
})

/**
 * Creates the sales order, and before it the customer where the draft has one to make. Both are create-only: an
 * external id that exists already is a refusal, never an overwrite. A failure says at which stage it happened.
 */
export async function create(ctx: NetSuiteCtx, draft: NetSuiteDraft): Promise<Outcome<RecordRef>> {
  const customer = await customerId(ctx, draft)
  if (!customer.ok) return err(atStage('Creating the customer', customer.error))
  const created = await createRecord(ctx, 'salesOrder', bodyFor(draft, customer.value), {
    what: 'sales orders',
    externalId: draft.externalId,
    currency: draft.currency,
  })
  if (!created.ok) {
    forgetNamedItems(ctx, created.error)
    forgetCustomer(ctx.memory, customer.value)
    return err(atStage('Creating the sales order', created.error))
  }
  if (created.value !== null)
    return ok({ id: created.value, number: null, url: recordUrl(ctx.config, created.value) })
  const record = await find(ctx, draft.externalId)
  if (record.ok && record.value !== null) return ok(record.value)
  return err(atStage('Reading the id of the sales order', record.ok ? unseen(draft) : record.error, true))
}

/** A good answer without an address, and no record to be seen: it may still appear. */
const unseen = (draft: NetSuiteDraft): Failure => ({
  kind: 'unknown_outcome',
  problems: [
    {
      code: 'server_error',
      subject: 'NetSuite',
      detail: `It answered that ${draft.externalId} was created, but not under which id.`,
      vendorMessage: null,
    },
  ],
})

async function customerId(ctx: NetSuiteCtx, draft: NetSuiteDraft): Promise<Outcome<string>> {
  if ('id' in draft.customer) return ok(draft.customer.id)
  const { externalId, body, nameIfTaken } = draft.customer
  const about = { what: 'customers', externalId, currency: draft.currency }
  const existing = () => getRecord(ctx, `customer/eid:${encodeURIComponent(externalId)}`, found, 'customers')

  let created = await createRecord(ctx, 'customer', body, about)
  for (const name of [nameIfTaken, null]) {
    if (created.ok || !isTaken(created.error)) break
    // Made by another order a moment ago (or by a request whose answer was lost), or the name belongs to somebody else.
    const record = await existing()
    if (!record.ok) return record
    if (record.value !== null) return ok(record.value.id)
    if (name !== null) created = await createRecord(ctx, 'customer', { ...body, entityId: name }, about)
  }
  if (!created.ok) return created
  if (created.value !== null) return ok(created.value)
  const record = await existing()
  if (!record.ok) return record
  return record.value === null ? err(unseen({ ...draft, externalId })) : ok(record.value.id)
}

const isTaken = (failure: Failure): boolean =>
  failure.kind === 'rejected' &&
  failure.problems.some(({ code }) => code === 'external_id_taken' || code === 'customer_id_taken')

/** An item that NetSuite refuses has changed since it was looked up. */
function forgetNamedItems(ctx: NetSuiteCtx, failure: Failure): void {
  for (const { code, subject } of failure.problems) {
    const item = code === 'invalid_reference' ? /^item (\d+)/.exec(subject)?.[1] : undefined
    if (item !== undefined) forgetItem(ctx.memory, item)
  }
}

/** After the order may exist, whatever happens while reading its id leaves the outcome unknown. */
function atStage(stage: string, failure: Failure, written = false): Failure {
  const [first, ...others] = failure.problems.map((problem) => ({
    ...problem,
    detail: `${stage}: ${problem.detail || problem.vendorMessage || problem.code}`,
  }))
  return { ...failure, ...(written && { kind: 'unknown_outcome' as const }), problems: [first!, ...others] }
}
