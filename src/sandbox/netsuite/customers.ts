import { ok } from '../../result.ts'
import { isoSeconds, localTime, reference, selfLink, transact, type Account } from './account.ts'
import { userError, type Outcome } from './answers.ts'
import { externalIdTaken, findRow, isExternalId, nextNumber, shown, type CustomerRow } from './lookups.ts'
import type { CustomerRequest } from './requests.ts'
import { nameOf } from './sales-order-view.ts'

/** Creates a customer; its id is the answer. */
export function createCustomer(
  account: Account,
  request: CustomerRequest,
  custom: Record<string, unknown>,
): Outcome<number> {
  const checked = check(account, request)
  if (!checked.ok) return checked
  return ok(transact(account, () => insert(account, request, custom, checked.value)))
}

interface Checked {
  entityId: string
  isPerson: boolean
  subsidiary: number
  currency: number
  currencies: Set<number>
}

function check(account: Account, request: CustomerRequest): Outcome<Checked> {
  const externalId = request.externalId
  if (externalId !== undefined) {
    if (!isExternalId(externalId))
      return userError(
        'Invalid external ID. External IDs can contain only letters, digits, underscores and hyphens.',
        'externalId',
      )
    if (externalIdTaken(account, 'ns_customer', externalId)) return userError('This entity already exists.')
  }
  const isPerson = request.isPerson ?? request.companyName === undefined
  const missing = isPerson
    ? [request.firstName ? '' : 'First Name', request.lastName ? '' : 'Last Name']
    : [request.companyName ? '' : 'Company Name']
  if (request.subsidiary === undefined) missing.push('Primary Subsidiary')
  const labels = missing.filter((label) => label !== '')
  if (labels.length > 0 || request.subsidiary === undefined)
    return userError(`Please enter value(s) for: ${labels.join(', ')}.`)

  const subsidiary = findRow(account, 'subsidiary', request.subsidiary)
  if (subsidiary === undefined)
    return userError(`Invalid subsidiary reference key ${shown(request.subsidiary)}.`, 'subsidiary')
  const currencies = new Set<number>()
  const wanted = [request.currency, ...(request.currencyList?.items ?? []).map((line) => line.currency)]
  for (const ref of wanted.filter((each) => each !== undefined)) {
    const currency = findRow(account, 'currency', ref)
    if (currency === undefined) return userError(`Invalid currency reference key ${shown(ref)}.`, 'currency')
    currencies.add(currency.id)
  }
  if (currencies.size === 0) currencies.add(subsidiary.currency)

  if (request.email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(request.email))
    return userError(
      `You have entered an Invalid Field Value ${request.email} for the following field: email.`,
      'email',
    )
  const phones = [
    request.phone,
    ...(request.addressBook?.items ?? []).map((line) => line.addressBookAddress?.addrPhone),
  ]
  if (phones.some((phone) => phone !== undefined && phone.replace(/\D/g, '').length < 7))
    return userError('Phone number should have seven digits or more.', 'phone')
  const name = isPerson ? `${request.firstName} ${request.lastName}` : (request.companyName ?? '')
  const entityId = request.entityId ?? name
  const taken = (candidate: string) =>
    account.sql('SELECT 1 FROM ns_customer WHERE entity_id = ?').get(candidate) !== undefined
  if (request.entityId !== undefined && taken(entityId))
    return userError(
      'A customer record with this ID already exists. You must enter a unique customer ID for each record you create.',
      'entityId',
      'UNIQUE_CUST_ID_REQD',
    )
  return ok({
    entityId: taken(entityId) ? `${nextNumber(account, 'CUST')} ${entityId}` : entityId,
    isPerson,
    subsidiary: subsidiary.id,
    currency: currencies.values().next().value ?? subsidiary.currency,
    currencies,
  })
}

function insert(
  account: Account,
  request: CustomerRequest,
  custom: Record<string, unknown>,
  checked: Checked,
): number {
  const now = account.now()
  const inserted = account
    .sql(
      `INSERT INTO ns_customer (entity_id, external_id, is_person, first_name, last_name, company_name, email, phone,
         subsidiary, currency, inactive, body, created, modified, created_local, modified_local)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      checked.entityId,
      request.externalId ?? null,
      checked.isPerson ? 1 : 0,
      request.firstName ?? null,
      request.lastName ?? null,
      request.companyName ?? null,
      request.email ?? null,
      request.phone ?? null,
      checked.subsidiary,
      checked.currency,
      request.isInactive === true ? 1 : 0,
      JSON.stringify({ ...custom, ...(request.addressBook ? { addressBook: request.addressBook } : {}) }),
      isoSeconds(now),
      isoSeconds(now),
      localTime(account, now),
      localTime(account, now),
    )
  const id = Number(inserted.lastInsertRowid)
  account.sql('INSERT INTO ns_customer_subsidiary VALUES (?, ?)').run(id, checked.subsidiary)
  for (const currency of checked.currencies)
    account.sql('INSERT INTO ns_customer_currency VALUES (?, ?)').run(id, currency)
  return id
}

/** A customer by its internal id or `eid:` and its external id. */
export function findCustomer(account: Account, key: string): CustomerRow | undefined {
  return findRow(account, 'customer', key.startsWith('eid:') ? { externalId: key.slice(4) } : { id: key })
}

export function showCustomer(
  account: Account,
  customer: CustomerRow,
  expand: boolean,
): Record<string, unknown> {
  const path = `customer/${customer.id}`
  const { addressBook, ...rest } = JSON.parse(customer.body) as { addressBook?: { items?: object[] } }
  const currencies = account
    .sql(
      'SELECT c.id, c.name FROM ns_customer_currency r JOIN ns_currency c ON c.id = r.currency WHERE r.customer = ?',
    )
    .all(customer.id)
  const list = (sublist: string, items: object[]) => ({
    ...selfLink(account, `${path}/${sublist}`),
    ...(expand ? { items, count: items.length, hasMore: false, offset: 0, totalResults: items.length } : {}),
  })
  return {
    ...selfLink(account, path),
    ...rest,
    id: String(customer.id),
    externalId: customer.external_id ?? undefined,
    entityId: customer.entity_id,
    isPerson: customer.is_person === 1,
    firstName: customer.first_name ?? undefined,
    lastName: customer.last_name ?? undefined,
    companyName: customer.company_name ?? undefined,
    email: customer.email ?? undefined,
    phone: customer.phone ?? undefined,
    isInactive: customer.inactive === 1,
    subsidiary: reference(
      account,
      'subsidiary',
      customer.subsidiary,
      nameOf(account, 'ns_subsidiary', 'name', customer.subsidiary),
    ),
    currency: reference(
      account,
      'currency',
      customer.currency,
      nameOf(account, 'ns_currency', 'name', customer.currency),
    ),
    dateCreated: customer.created,
    lastModifiedDate: customer.modified,
    addressBook: list('addressBook', addressBook?.items ?? []),
    currencyList: list(
      'currencyList',
      currencies.map((row) => ({
        currency: reference(account, 'currency', Number(row['id']), String(row['name'])),
      })),
    ),
  }
}
