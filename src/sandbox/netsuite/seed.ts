import type { Surcharge } from './scripts.ts'
import { z } from 'zod'
import { isoSeconds, localTime, transact, type Account } from './account.ts'
import { createCustomer } from './customers.ts'
import { changeSetting } from './lookups.ts'
import { customerRequest, readRequest } from './requests.ts'
import { rememberCustomFields } from './sales-orders.ts'

export const itemSeedSchema = z.object({
  id: z.number().int().optional(),
  itemId: z.string(),
  displayName: z.string().optional(),
  /** NetSuite's own names of its item types. */
  type: z
    .enum([
      'InvtPart',
      'NonInvtPart',
      'Service',
      'OthCharge',
      'Discount',
      'GiftCert',
      'Kit',
      'Assembly',
      'ShipItem',
    ])
    .default('InvtPart'),
  inactive: z.boolean().default(false),
  upc: z.string().optional(),
  mpn: z.string().optional(),
  externalId: z.string().optional(),
  basePrice: z.string().optional(),
  /** The only subsidiary that may use it; all when absent. */
  subsidiary: z.number().int().optional(),
})

export type ItemSeed = z.input<typeof itemSeedSchema>

/** What an account holds at its beginning. Ids are given, so that a mapping can name them. */
export interface SeedData {
  currencies: { id: number; symbol: string; name: string; digits: number; exchangeRate?: string }[]
  subsidiaries: { id: number; name: string; parent?: number; currency: number; country: string }[]
  /** Rates in percent, such as "19". */
  taxCodes: { id: number; name: string; rate: string }[]
  items: ItemSeed[]
  /** Bodies as `POST /customer` takes them. */
  customers: Record<string, unknown>[]
  /** location, department, classification, paymentmethod, pricelevel, term, customform. */
  lists: Record<string, { id: number; name: string }[]>
  /** Fields that the order's form makes mandatory. */
  mandatoryFields: { field: string; label: string }[]
  /** A script of the account: orders with `item` get a line with the item `as` and this amount. */
  surcharges?: Surcharge[]
  /** Status of a new order: A pending approval, B pending fulfilment. */
  orderStatus: 'A' | 'B'
}

/** An account with one company and its currency, and nothing to sell. */
export const emptySeed: SeedData = {
  currencies: [
    { id: 1, symbol: 'USD', name: 'US Dollar', digits: 2 },
    { id: 2, symbol: 'EUR', name: 'Euro', digits: 2 },
  ],
  subsidiaries: [{ id: 1, name: 'Parent Company', currency: 1, country: 'US' }],
  taxCodes: [],
  items: [],
  customers: [],
  lists: { pricelevel: [{ id: 1, name: 'Base Price' }], location: [{ id: 1, name: 'Main Warehouse' }] },
  mandatoryFields: [],
  orderStatus: 'A',
}

/** Fills the tables. Throws where the seed contradicts itself: it is the sandbox's own. */
export function plant(account: Account, seed: SeedData): void {
  transact(account, () => {
    for (const currency of seed.currencies)
      account
        .sql('INSERT INTO ns_currency (id, symbol, name, digits, exchange_rate) VALUES (?, ?, ?, ?, ?)')
        .run(currency.id, currency.symbol, currency.name, currency.digits, currency.exchangeRate ?? '1')
    for (const subsidiary of seed.subsidiaries)
      account
        .sql('INSERT INTO ns_subsidiary (id, name, parent, currency, country) VALUES (?, ?, ?, ?, ?)')
        .run(
          subsidiary.id,
          subsidiary.name,
          subsidiary.parent ?? null,
          subsidiary.currency,
          subsidiary.country,
        )
    for (const taxCode of seed.taxCodes)
      account
        .sql('INSERT INTO ns_tax_code (id, name, rate) VALUES (?, ?, ?)')
        .run(taxCode.id, taxCode.name, taxCode.rate)
    for (const [kind, rows] of Object.entries(seed.lists))
      for (const row of rows)
        account.sql('INSERT INTO ns_list (kind, id, name) VALUES (?, ?, ?)').run(kind, row.id, row.name)
    for (const item of seed.items) addItem(account, item)
    changeSetting(account, 'mandatoryFields', JSON.stringify(seed.mandatoryFields))
    changeSetting(account, 'surcharges', JSON.stringify(seed.surcharges ?? []))
    changeSetting(account, 'orderStatus', seed.orderStatus)
  })
  rememberCustomFields(account, Object.fromEntries(seed.mandatoryFields.map(({ field }) => [field, ''])))
  for (const customer of seed.customers) {
    const body = readRequest(customerRequest, customer, 'Error')
    const created = body.ok ? createCustomer(account, body.value.value, body.value.custom) : body
    if (!created.ok) throw new Error(`seed: ${created.error.details[0]?.detail} ${JSON.stringify(customer)}`)
  }
}

/** Adds an item; its id is the answer. */
export function addItem(account: Account, seed: ItemSeed): number {
  const item = itemSeedSchema.parse(seed)
  const now = account.now()
  const inserted = account
    .sql(
      `INSERT INTO ns_item (id, item_id, display_name, type, inactive, upc, mpn, external_id, base_price, subsidiary,
         created, modified, created_local, modified_local) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      item.id ?? null,
      item.itemId,
      item.displayName ?? null,
      item.type,
      item.inactive ? 1 : 0,
      item.upc ?? null,
      item.mpn ?? null,
      item.externalId ?? null,
      item.basePrice ?? null,
      item.subsidiary ?? null,
      isoSeconds(now),
      isoSeconds(now),
      localTime(account, now),
      localTime(account, now),
    )
  return Number(inserted.lastInsertRowid)
}
