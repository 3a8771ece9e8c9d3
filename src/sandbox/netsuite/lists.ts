import { reference, selfLink, type Account } from './account.ts'
import { collectionAnswer, errorAnswer, refuse, type Answer } from './answers.ts'
import { findRow } from './lookups.ts'
import { nameOf } from './sales-order-view.ts'

/** Record types that can only be read, by how the tables hold them. */
const itemTypes: Record<string, string> = {
  inventoryitem: 'InvtPart',
  noninventorysaleitem: 'NonInvtPart',
  noninventoryresaleitem: 'NonInvtPart',
  servicesaleitem: 'Service',
  otherchargesaleitem: 'OthCharge',
  discountitem: 'Discount',
  giftcertificateitem: 'GiftCert',
  kititem: 'Kit',
  shipitem: 'ShipItem',
}
const plainLists: Record<string, string> = {
  location: 'location',
  department: 'department',
  classification: 'classification',
  paymentmethod: 'paymentmethod',
  pricelevel: 'pricelevel',
  term: 'term',
}

/** A record of a type that can only be read; nothing when there is none of that id. */
export function showListed(
  account: Account,
  type: string,
  key: string,
): Record<string, unknown> | 'unknown type' | undefined {
  const record = type.toLowerCase()
  const ref = key.startsWith('eid:') ? { externalId: key.slice(4) } : { id: key }
  const self = selfLink(account, `${type}/${key}`)
  if (record in itemTypes) {
    const item = findRow(account, 'item', ref)
    if (item === undefined || item.type !== itemTypes[record]) return undefined
    return {
      ...self,
      id: String(item.id),
      itemId: item.item_id,
      displayName: item.display_name ?? undefined,
      externalId: item.external_id ?? undefined,
      upcCode: item.upc ?? undefined,
      mpn: item.mpn ?? undefined,
      isInactive: item.inactive === 1,
      itemType: { id: item.type, refName: item.type },
      createdDate: item.created,
      lastModifiedDate: item.modified,
    }
  }
  if (record === 'currency') {
    const currency = findRow(account, 'currency', ref)
    return (
      currency && {
        ...self,
        id: String(currency.id),
        name: currency.name,
        symbol: currency.symbol,
        currencyPrecision: { id: String(currency.digits), refName: String(currency.digits) },
        exchangeRate: Number(currency.exchange_rate),
        isInactive: false,
      }
    )
  }
  if (record === 'subsidiary') {
    const subsidiary = findRow(account, 'subsidiary', ref)
    return (
      subsidiary && {
        ...self,
        id: String(subsidiary.id),
        name: subsidiary.name,
        country: { id: subsidiary.country, refName: subsidiary.country },
        parent: reference(
          account,
          'subsidiary',
          subsidiary.parent,
          nameOf(account, 'ns_subsidiary', 'name', subsidiary.parent),
        ),
        currency: reference(
          account,
          'currency',
          subsidiary.currency,
          nameOf(account, 'ns_currency', 'name', subsidiary.currency),
        ),
      }
    )
  }
  if (record === 'salestaxitem') {
    const taxCode = findRow(account, 'taxCode', ref)
    return taxCode && { ...self, id: String(taxCode.id), itemId: taxCode.name, rate: Number(taxCode.rate) }
  }
  const kind = plainLists[record]
  if (kind === undefined) return 'unknown type'
  const row = account
    .sql('SELECT id, name, inactive FROM ns_list WHERE kind = ? AND id = ?')
    .get(kind, Number(key))
  return row && { ...self, id: String(row['id']), name: row['name'], isInactive: row['inactive'] === 1 }
}

/** `GET /{type}`: ids and links only, as NetSuite gives them. The `q` filter is not known here and refused. */
export function listRecords(account: Account, type: string, query: URLSearchParams): Answer {
  if (query.get('q') !== null)
    return errorAnswer({
      status: 400,
      details: [
        {
          detail: 'This sandbox does not filter lists. Use SuiteQL.',
          code: 'INVALID_PARAMETER',
          queryParam: 'q',
        },
      ],
    })
  const ids = listIds(account, type.toLowerCase())
  if (ids === undefined) {
    const refusal = refuse(404, { detail: `Record type '${type}' does not exist.`, code: 'NONEXISTENT_ID' })
    return errorAnswer(refusal.error)
  }
  const limit = Math.min(Math.max(Number(query.get('limit') ?? 1000) || 1000, 1), 1000)
  const offset = Math.max(Number(query.get('offset') ?? 0) || 0, 0)
  const page = ids.slice(offset, offset + limit)
  return collectionAnswer({
    ...selfLink(account, type),
    count: page.length,
    hasMore: offset + page.length < ids.length,
    items: page.map((id) => ({ ...selfLink(account, `${type}/${id}`), id: String(id) })),
    offset,
    totalResults: ids.length,
  })
}

const listTables: Record<string, string> = {
  salesorder: "ns_transaction WHERE type = 'SalesOrd'",
  itemfulfillment: "ns_transaction WHERE type = 'ItemShip'",
  customer: 'ns_customer',
  currency: 'ns_currency',
  subsidiary: 'ns_subsidiary',
  salestaxitem: 'ns_tax_code',
}

function listIds(account: Account, record: string): number[] | undefined {
  const ids = (text: string, ...values: string[]) =>
    account
      .sql(text)
      .all(...values)
      .map((row) => Number(row['id']))
  if (listTables[record] !== undefined) return ids(`SELECT id FROM ${listTables[record]} ORDER BY id`)
  if (itemTypes[record] !== undefined)
    return ids('SELECT id FROM ns_item WHERE type = ? ORDER BY id', itemTypes[record])
  if (plainLists[record] !== undefined)
    return ids('SELECT id FROM ns_list WHERE kind = ? ORDER BY id', plainLists[record])
  return undefined
}
