import { z } from 'zod'
import type { Order } from '../../order/order.ts'
import { multiply, parseDecimal, type Decimal } from '../../order/money.ts'
import { err, ok } from '../../result.ts'
import type { Outcome } from '../contract.ts'
import { literals, queryAll, type NetSuiteCtx } from './client.ts'
import { isUnseen } from './errors.ts'
import { findCustomer, forgetCustomer, type FoundCustomer } from './customers.ts'
import { knownZone } from './time-zone.ts'
import { mapped, type NetSuiteMapping } from './mapping.ts'

export interface Item {
  id: string
  name: string
  inactive: boolean
}

/** All that `prepare` has to know of the account. */
export interface NetSuiteLookups {
  /** Items that carry the SKU; none, one, or several when it is not unique. */
  items: Record<string, Item[]>
  customer: FoundCustomer
  /** Empty in an account without the feature Multiple Currencies. */
  currencies: { id: string; code: string; inactive: boolean }[]
  /** Empty in an account without subsidiaries (no OneWorld). */
  subsidiaries: { id: string; name: string; parent: string | null; currency: string | null }[]
  /** Percent by tax code id; absent where NetSuite does not tell. */
  taxRates: Record<string, Decimal>
  /** Zone of the account: decides the day of an order. Null as long as it is not known. */
  timeZone: string | null
}

const itemsFor = 10 * 60_000
const listsFor = 10 * 60_000
const itemsKey = 'netsuite.items'
const listsKey = 'netsuite.lists'

export async function lookups(
  ctx: NetSuiteCtx,
  order: Order,
  mapping: NetSuiteMapping,
  customerExternalId: string,
): Promise<Outcome<NetSuiteLookups>> {
  const items = await findItems(ctx, skusOf(order, mapping), mapping.items.skuField)
  if (!items.ok) return items
  const currencies = await list(ctx, 'currencies', readCurrencies, (rows) =>
    rows.some((row) => row.code === order.currency),
  )
  if (!currencies.ok) return currencies
  const subsidiaries = await list(ctx, 'subsidiaries', readSubsidiaries)
  if (!subsidiaries.ok) return subsidiaries
  const needsRates = mapping.tax.mode !== 'suiteTaxOverride'
  const taxRates = needsRates ? await list(ctx, 'taxRates', readTaxRates) : ok({})
  if (!taxRates.ok) return taxRates
  const customer = await findCustomer(ctx, {
    order,
    mapping,
    externalId: customerExternalId,
    subsidiary: mapping.defaults.subsidiary ?? null,
    currency: currencies.value.find((row) => row.code === order.currency)?.id ?? null,
  })
  if (!customer.ok) return customer
  return ok({
    items: items.value,
    customer: customer.value,
    currencies: currencies.value,
    subsidiaries: subsidiaries.value,
    taxRates: taxRates.value,
    timeZone: knownZone(ctx),
  })
}

/** The SKUs to look up: those of lines that no person has mapped by hand. */
const skusOf = (order: Order, mapping: NetSuiteMapping): string[] => [
  ...new Set(
    order.lines
      .map((line) => (line.kind === 'product' || line.kind === 'custom' ? (line.sku?.trim() ?? '') : ''))
      .filter((sku) => sku !== '' && mapped(mapping.items.bySku, sku) === undefined),
  ),
]

type ItemCache = Map<string, { item: Item; until: number }>

const itemRow = z.object({
  id: z.coerce.string(),
  itemid: z.coerce.string().default(''),
  displayname: z.coerce.string().default(''),
  isinactive: z.string().default('F'),
  sku: z.coerce.string().default(''),
})
/** Oracle takes at most 1,000 expressions in a list, and each SKU is in two. */
const skusAtOnce = 400

/**
 * Items by SKU: those not in the cache with one query. Kept is only what is found, once and active, so that a new,
 * reactivated or renamed item is noticed at the next attempt.
 */
async function findItems(
  ctx: NetSuiteCtx,
  skus: string[],
  field: string,
): Promise<Outcome<Record<string, Item[]>>> {
  const cache = memory<ItemCache>(ctx.memory, itemsKey, () => new Map())
  const column = field.toLowerCase()
  const now = ctx.now().getTime()
  const found: Record<string, Item[]> = Object.create(null)
  const unknown: string[] = []
  for (const sku of skus) {
    const kept = cache.get(`${column} ${sku}`)
    if (kept !== undefined && kept.until > now) found[sku] = [kept.item]
    else unknown.push(sku)
  }
  for (let from = 0; from < unknown.length; from += skusAtOnce) {
    const wanted = unknown.slice(from, from + skusAtOnce)
    const rows = await queryAll(ctx, itemQuery(column, wanted), itemRow, 'items')
    if (!rows.ok) return column === 'itemid' ? rows : err(aboutField(rows.error, field))
    for (const sku of wanted) {
      const items = pick(rows.value, sku)
      found[sku] = items
      if (items.length === 1 && !items[0]!.inactive)
        cache.set(`${column} ${sku}`, { item: items[0]!, until: now + itemsFor })
    }
  }
  return ok({ ...found })
}

const itemQuery = (column: string, skus: string[]) => `
  SELECT id, itemid, displayname, isinactive, ${column} AS sku FROM item
  WHERE ${column} IN (${literals(skus)})
    OR UPPER(${column}) IN (${literals(skus.map((sku) => sku.toUpperCase()))})
  ORDER BY id`

/** The items of a SKU: spelt exactly so; else but for capitals. Active ones hide inactive ones. */
function pick(rows: z.output<typeof itemRow>[], sku: string): Item[] {
  const exact = rows.filter((row) => row.sku === sku)
  const alike = exact.length > 0 ? exact : rows.filter((row) => row.sku.toUpperCase() === sku.toUpperCase())
  const items = alike.map((row) => ({
    id: row.id,
    name: row.displayname || row.itemid,
    inactive: row.isinactive === 'T',
  }))
  const active = items.filter((item) => !item.inactive)
  return active.length > 0 ? active : items
}

/** A SKU field that the account does not have is a mistake in the route, not of the connection. */
const aboutField = (failure: Extract<Outcome<never>, { ok: false }>['error'], field: string) =>
  failure.kind === 'rejected'
    ? {
        ...failure,
        problems: [
          {
            ...failure.problems[0],
            code: 'invalid_reference' as const,
            subject: `the item field ${field}`,
            detail: "The route's mapping looks up SKUs in this field (items.skuField).",
          },
        ] satisfies [(typeof failure.problems)[0]],
      }
    : failure

/** Rows of a table that an account without the feature does not have: then there are none. */
async function rowsOrNone<Row>(
  ctx: NetSuiteCtx,
  q: string,
  row: z.ZodType<Row>,
  what: string,
): Promise<Outcome<Row[]>> {
  const rows = await queryAll(ctx, q, row, what)
  return !rows.ok && isUnseen(rows.error) ? ok([]) : rows
}

const currencyRow = z.object({
  id: z.coerce.string(),
  symbol: z.string().default(''),
  isinactive: z.string().default('F'),
})

export async function readCurrencies(ctx: NetSuiteCtx): Promise<Outcome<NetSuiteLookups['currencies']>> {
  const q = 'SELECT id, symbol, isinactive FROM currency ORDER BY id'
  const rows = await rowsOrNone(ctx, q, currencyRow, 'currencies')
  if (!rows.ok) return rows
  return ok(rows.value.map((row) => ({ id: row.id, code: row.symbol, inactive: row.isinactive === 'T' })))
}

const subsidiaryRow = z.object({
  id: z.coerce.string(),
  name: z.string().default(''),
  parent: z.coerce.string().optional(),
  currency: z.coerce.string().optional(),
})

export async function readSubsidiaries(ctx: NetSuiteCtx): Promise<Outcome<NetSuiteLookups['subsidiaries']>> {
  const q = "SELECT id, name, parent, currency FROM subsidiary WHERE isinactive = 'F' ORDER BY id"
  const rows = await rowsOrNone(ctx, q, subsidiaryRow, 'subsidiaries')
  if (!rows.ok) return rows
  return ok(
    rows.value.map((row) => ({
      id: row.id,
      name: row.name,
      parent: row.parent ?? null,
      currency: row.currency ?? null,
    })),
  )
}

const taxRow = z.object({ id: z.coerce.string(), rate: z.coerce.string().optional() })

async function readTaxRates(ctx: NetSuiteCtx): Promise<Outcome<Record<string, Decimal>>> {
  const rows = await rowsOrNone(ctx, 'SELECT id, rate FROM salestaxitem ORDER BY id', taxRow, 'tax codes')
  // With SuiteTax the table has no rates: what NetSuite computes is then compared after posting.
  if (!rows.ok) return rows.error.kind === 'rejected' ? ok({}) : rows
  const rates: Record<string, Decimal> = {}
  for (const row of rows.value) {
    const percent = percentOf(row.rate ?? '')
    if (percent !== null) rates[row.id] = percent
  }
  return ok(rates)
}

/** A rate is a fraction ("0.19") in SuiteQL, or carries its percent sign ("19.0%"). */
export function percentOf(rate: string): Decimal | null {
  const sign = rate.trim().endsWith('%')
  const value = parseDecimal(rate.replace('%', ''))
  return value === null ? null : sign ? value : multiply(value, '100')
}

/** A list of the account, kept a while; read anew as soon as what is wanted is not in it. */
async function list<T>(
  ctx: NetSuiteCtx,
  name: string,
  readList: (ctx: NetSuiteCtx) => Promise<Outcome<T>>,
  good: (value: T) => boolean = () => true,
): Promise<Outcome<T>> {
  const lists = memory<Map<string, { value: unknown; until: number }>>(ctx.memory, listsKey, () => new Map())
  const kept = lists.get(name)
  if (kept !== undefined && kept.until > ctx.now().getTime() && good(kept.value as T))
    return ok(kept.value as T)
  const fresh = await readList(ctx)
  if (fresh.ok) lists.set(name, { value: fresh.value, until: ctx.now().getTime() + listsFor })
  return fresh
}

function memory<T>(kept: Map<string, unknown>, key: string, make: () => T): T {
  if (!kept.has(key)) kept.set(key, make())
  return kept.get(key) as T
}

/** Forgets items, customers and lists; the token stays. */
export function forget(kept: Map<string, unknown>): void {
  forgetCustomer(kept)
  kept.delete(itemsKey)
  kept.delete(listsKey)
}

/** Forgets one item: NetSuite refused it, so it changed. */
export function forgetItem(kept: Map<string, unknown>, id: string): void {
  const cache = kept.get(itemsKey) as ItemCache | undefined
  for (const [key, entry] of cache ?? []) if (entry.item.id === id) cache!.delete(key)
}

/** The ISO code of a currency by its internal id; null where the account does not tell. */
export async function currencyCode(ctx: NetSuiteCtx, id: string | null): Promise<Outcome<string | null>> {
  const rows = await list(ctx, 'currencies', readCurrencies, (known) => known.some((row) => row.id === id))
  if (!rows.ok) return rows
  const currency = rows.value.find((row) => row.id === id) ?? (rows.value.length === 1 ? rows.value[0] : null)
  return ok(currency?.code ?? null)
}
