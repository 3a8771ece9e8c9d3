import type { Account } from './account.ts'
import type { Reference } from './requests.ts'

/** Rows that a record may refer to. */
export interface CurrencyRow {
  id: number
  symbol: string
  name: string
  digits: number
  exchange_rate: string
}
export interface ItemRow {
  id: number
  item_id: string
  display_name: string | null
  type: string
  inactive: number
  base_price: string | null
  subsidiary: number | null
  upc: string | null
  mpn: string | null
  external_id: string | null
  created: string
  modified: string
}
export interface CustomerRow {
  id: number
  entity_id: string
  external_id: string | null
  is_person: number
  first_name: string | null
  last_name: string | null
  company_name: string | null
  email: string | null
  phone: string | null
  subsidiary: number
  currency: number
  inactive: number
  body: string
  created: string
  modified: string
}
export interface TaxCodeRow {
  id: number
  name: string
  rate: string
  inactive: number
}
export interface SubsidiaryRow {
  id: number
  name: string
  parent: number | null
  currency: number
  country: string
}

const tables = {
  currency: 'ns_currency',
  item: 'ns_item',
  customer: 'ns_customer',
  taxCode: 'ns_tax_code',
  subsidiary: 'ns_subsidiary',
} as const

interface Rows {
  currency: CurrencyRow
  item: ItemRow
  customer: CustomerRow
  taxCode: TaxCodeRow
  subsidiary: SubsidiaryRow
}

/** The row that a reference names by id or external id. Ids are digits; anything else names nothing. */
export function findRow<K extends keyof Rows>(
  account: Account,
  kind: K,
  ref: Reference,
): Rows[K] | undefined {
  const byExternalId = ref.id === undefined && (kind === 'item' || kind === 'customer')
  if (byExternalId)
    return account.sql(`SELECT * FROM ${tables[kind]} WHERE external_id = ?`).get(ref.externalId ?? '') as
      Rows[K] | undefined
  if (!/^\d{1,15}$/.test(ref.id ?? '')) return undefined
  return account.sql(`SELECT * FROM ${tables[kind]} WHERE id = ?`).get(Number(ref.id)) as Rows[K] | undefined
}

/** A row of one of the plain lists (location, department, classification, paymentmethod …). */
export function findListed(
  account: Account,
  kind: string,
  ref: Reference,
): { id: number; name: string } | undefined {
  if (!/^-?\d{1,15}$/.test(ref.id ?? '')) return undefined
  return account
    .sql('SELECT id, name FROM ns_list WHERE kind = ? AND id = ? AND inactive = 0')
    .get(kind, Number(ref.id)) as { id: number; name: string } | undefined
}

export const shown = (ref: Reference): string => ref.id ?? ref.externalId ?? ''

export function setting(account: Account, key: string): string | undefined {
  return account.sql('SELECT value FROM ns_setting WHERE key = ?').get(key)?.['value'] as string | undefined
}

export function changeSetting(account: Account, key: string, value: string): void {
  account
    .sql(
      'INSERT INTO ns_setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
    .run(key, value)
}

/** The next number of a document, such as SO1001. */
export function nextNumber(account: Account, prefix: string): string {
  const number = Number(setting(account, `next ${prefix}`) ?? 1001)
  changeSetting(account, `next ${prefix}`, String(number + 1))
  return `${prefix}${number}`
}

const externalIdCharacters = /^[A-Za-z0-9_-]+$/
export const isExternalId = (value: string): boolean => externalIdCharacters.test(value)

/** External ids are unique over a whole record group: all transactions, all entities. */
export function externalIdTaken(
  account: Account,
  table: 'ns_transaction' | 'ns_customer',
  value: string,
): boolean {
  return account.sql(`SELECT 1 FROM ${table} WHERE external_id = ?`).get(value) !== undefined
}
