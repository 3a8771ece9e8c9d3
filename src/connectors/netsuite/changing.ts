import { z } from 'zod'
import { ok } from '../../result.ts'
import type { Backend, Outcome, RecordField, RecordState, UpdatePlan } from '../contract.ts'
import { changeRecord, getRecord, idList, queryAll, type NetSuiteCtx } from './client.ts'
import { recordUrl, type NetSuiteConfig } from './config.ts'
import type { NetSuiteLookups } from './lookups.ts'
import type { NetSuiteMapping } from './mapping.ts'
import { whatIsSaid, type NetSuiteDraft } from './to-sales-order.ts'

type Changing = NonNullable<
  Backend<NetSuiteConfig, NetSuiteMapping, NetSuiteDraft, NetSuiteLookups>['changing']
>

const purpose = { what: 'sales orders' }

/** Names come in any case: Oracle's own samples write `billingaddress` as well. */
const lowerCased = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]))
    : value

const count = z.coerce.number().default(0)
const line = z.preprocess(
  lowerCased,
  z.object({
    line: z.coerce.number().int(),
    isclosed: z.boolean().default(false),
    /** Absent: a line that is not counted, such as a discount. */
    quantity: z.coerce.number().optional(),
    quantityfulfilled: count,
    quantitypicked: count,
    quantitypacked: count,
    quantitybilled: count,
    createdpo: z.object({ refName: z.string().optional() }).nullish(),
  }),
)
const lines = z.object({ items: z.array(line), hasMore: z.boolean().default(false) })
const choice = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
const record = z.preprocess(
  lowerCased,
  z
    .looseObject({
      id: z.coerce.string(),
      tranid: z.string().optional(),
      orderstatus: choice.optional(),
      item: lines,
    })
    .transform((fields) => ({ ...fields, fields: fields as Record<string, unknown> })),
)
type Content = z.output<typeof record>

/** What each letter of `orderStatus` means, as NetSuite words it. */
const statusNames: Record<string, string> = {
  C: 'Cancelled',
  D: 'Partially Fulfilled',
  E: 'Pending Billing/Partially Fulfilled',
  F: 'Pending Billing',
  G: 'Billed',
  H: 'Closed',
}

/**
 * The sales order with its lines, and what has been made from it. Fulfilments, invoices, deposits and purchase orders are
 * told by the links between documents; what a line says of itself counts where the role may not see such a document.
 */
async function look(ctx: NetSuiteCtx, recordId: string): Promise<Outcome<RecordState | null>> {
  const path = `salesOrder/${encodeURIComponent(recordId)}?expandSubResources=true`
  const read = await getRecord(ctx, path, record, purpose.what)
  if (!read.ok || read.value === null) return read as Outcome<null>
  const made = await madeFrom(ctx, recordId)
  if (!made.ok) return made
  const content = read.value
  const status = content.orderstatus ?? ''
  return ok({
    ref: { id: content.id, number: content.tranid ?? null, url: recordUrl(ctx.config, content.id) },
    closed: isClosed(content),
    untouchable: whyUntouchable(content, made.value, status),
    content,
  })
}

/** Closed as a whole, or line by line; lines without a quantity (a discount, say) close with the others. */
function isClosed({ orderstatus, item }: Content): boolean {
  if (orderstatus === 'H' || orderstatus === 'C') return true
  const { items } = item
  return items.some((one) => one.isclosed) && items.every((one) => one.isclosed || one.quantity === undefined)
}

const document = z.object({ id: z.coerce.string(), name: z.string().default('') })

async function madeFrom(ctx: NetSuiteCtx, recordId: string): Promise<Outcome<string[]>> {
  const rows = await queryAll(
    ctx,
    `SELECT DISTINCT l.nextdoc AS id, BUILTIN.DF(l.nextdoc) AS name FROM previoustransactionlinelink l
     WHERE l.previousdoc = ${idList([recordId])} ORDER BY l.nextdoc`,
    document,
    'the documents made from sales orders',
  )
  return rows.ok ? ok(rows.value.map(({ id, name }) => name || `document ${id}`)) : rows
}

function whyUntouchable({ item }: Content, made: string[], status: string): string | null {
  if (made.length > 0)
    return `${made.slice(0, 3).join(', ')} ${made.length === 1 ? 'was' : 'were'} made from it`
  if ('DEFG'.includes(status) && status !== '') return `its status is "${statusNames[status]}"`
  const begun = item.items.find(
    (one) =>
      one.quantityfulfilled > 0 || one.quantitypicked > 0 || one.quantitypacked > 0 || one.quantitybilled > 0,
  )
  if (begun !== undefined) return `line ${begun.line} of it is being shipped or billed`
  const bought = item.items.find((one) => one.createdpo)
  if (bought !== undefined) return `${bought.createdpo?.refName ?? 'a purchase order'} was made from it`
  return item.hasMore ? 'it has more lines than Waybill can see at once' : null
}

/**
 * Compares field by field what Waybill sent, what stands there and what is wanted now. An address counts as one field: half
 * of a person's and half of the shop's would lead nowhere.
 */
const plan: Changing['plan'] = ({ sent, wanted, mapping, record: { content } }) => {
  const there = (content as Content).fields
  const old = whatIsSaid(sent, mapping, [])
  const fresh = whatIsSaid(wanted, mapping, [])
  const result = { fields: [] as RecordField[], conflicts: [] as RecordField[], patch: {} as Patch }
  for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    const parts = partsOf(name, old[name], fresh[name], there[name.toLowerCase()])
    if (parts.every((part) => same(part.name, part.sent, part.wanted))) continue
    if (parts.every((part) => same(part.name, part.found, part.wanted))) continue
    const edited = parts.filter((part) => !same(part.name, part.found, part.sent))
    if (edited.length > 0) result.conflicts.push(...edited.map(shown))
    else {
      result.fields.push(...parts.filter((part) => !same(part.name, part.sent, part.wanted)).map(shown))
      result.patch[name] = isAddress(name) ? addressPatch(parts) : (fresh[name] ?? null)
    }
  }
  return result
}

type Patch = Record<string, unknown>

interface Part extends RecordField {
  name: string
}

const labels: Record<string, string> = {
  memo: 'Memo',
  otherRefNum: 'PO #',
  email: 'E-mail',
  addressee: 'addressee',
  attention: 'attention',
  addr1: 'street',
  addr2: 'second line',
  city: 'town',
  state: 'state',
  zip: 'postcode',
  country: 'country',
  addrPhone: 'phone',
}

const isAddress = (name: string) => name === 'billingAddress' || name === 'shippingAddress'
const addressParts = [
  'addressee',
  'attention',
  'addr1',
  'addr2',
  'city',
  'state',
  'zip',
  'country',
  'addrPhone',
]

function partsOf(name: string, sent: unknown, wanted: unknown, found: unknown): Part[] {
  if (!isAddress(name))
    return [
      { name, label: labels[name] ?? name, sent: textOf(sent), wanted: textOf(wanted), found: textOf(found) },
    ]
  const [old, fresh, there] = [sent, wanted, found].map((value) => lowerCased(value ?? {}) as Patch)
  const whose = name === 'billingAddress' ? 'Billing' : 'Ships to'
  return addressParts.map((part) => {
    const key = part.toLowerCase()
    return {
      name: part,
      label: `${whose}: ${labels[part]}`,
      sent: textOf(old![key]),
      wanted: textOf(fresh![key]),
      found: textOf(there![key]),
    }
  })
}

/** All parts of the address, gone ones as null: what the body does not name would stay. */
const addressPatch = (parts: Part[]): Patch =>
  Object.fromEntries(
    parts
      .filter(({ sent, wanted }) => sent !== null || wanted !== null)
      .map(({ name, wanted }) => [name, name === 'country' && wanted !== null ? { id: wanted } : wanted]),
  )

const shown = ({ label, sent, found, wanted }: Part): RecordField => ({ label, sent, found, wanted })

/** A value as text: a reference by its id; nothing and an empty text are the same. */
function textOf(value: unknown): string | null {
  if (typeof value === 'object' && value !== null) return textOf((value as { id?: unknown }).id)
  if (value === undefined || value === null) return null
  const text = String(value).trim()
  return text === '' ? null : text
}

/** NetSuite spells phone numbers as the company prefers, and keeps no capitals of mail addresses apart. */
function same(name: string, a: string | null, b: string | null): boolean {
  if (name === 'addrPhone') return (a ?? '').replaceAll(/\D/g, '') === (b ?? '').replaceAll(/\D/g, '')
  if (name === 'email') return (a ?? '').toLowerCase() === (b ?? '').toLowerCase()
  return a === b
}

const update: Changing['update'] = (ctx, recordId, { patch }: UpdatePlan) =>
  changeRecord(ctx, `salesOrder/${encodeURIComponent(recordId)}`, patch as Patch, purpose)

/**
 * A sales order is closed by closing its lines; nothing else in the API does.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_159795516182.html
 */
const close: Changing['close'] = (ctx, recordId, { content }) => {
  const open = (content as Content).item.items.filter((one) => !one.isclosed)
  return changeRecord(
    ctx,
    `salesOrder/${encodeURIComponent(recordId)}`,
    { item: { items: open.map((one) => ({ line: one.line, isClosed: true })) } },
    purpose,
  )
}

/** Changes to sales orders that are there already. */
export const changing: Changing = { look, plan, update, close }
