import { Big } from 'big.js'
import { ok } from '../../result.ts'
import { today, type Account } from './account.ts'
import { userError, type Outcome } from './answers.ts'
import {
  externalIdTaken,
  findListed,
  findRow,
  isExternalId,
  setting,
  shown,
  type CurrencyRow,
  type CustomerRow,
  type ItemRow,
  type SubsidiaryRow,
  type TaxCodeRow,
} from './lookups.ts'
import type { OrderLineRequest, Reference, SalesOrderRequest } from './requests.ts'
import { computeTotals, type OrderTotals } from './totals.ts'

export interface CheckedLine {
  request: OrderLineRequest
  item: ItemRow
  quantity: string | undefined
  rate: string | undefined
  taxCode: TaxCodeRow | undefined
}

/** A sales order that NetSuite takes, with its references resolved and its totals computed. */
export interface CheckedOrder {
  request: SalesOrderRequest
  custom: Record<string, unknown>
  customer: CustomerRow
  subsidiary: SubsidiaryRow
  currency: CurrencyRow
  lines: CheckedLine[]
  shipItem: ItemRow | undefined
  shippingTaxCode: TaxCodeRow | undefined
  tranDate: string
  status: string
  totals: OrderTotals
}

/** A field that the order's form makes mandatory. */
export interface MandatoryField {
  field: string
  label: string
}

/** Items that are sold by the piece: a quantity is mandatory. */
const counted = new Set(['InvtPart', 'NonInvtPart', 'Assembly', 'Kit'])

/** The rules of the record, in the order in which NetSuite meets them: the first that is broken refuses the order. */
export function checkSalesOrder(
  account: Account,
  request: SalesOrderRequest,
  custom: Record<string, unknown>,
): Outcome<CheckedOrder> {
  const externalId = request.externalId
  if (externalId !== undefined) {
    if (!isExternalId(externalId))
      return userError(
        'Invalid external ID. External IDs can contain only letters, digits, underscores and hyphens.',
        'externalId',
      )
    if (externalIdTaken(account, 'ns_transaction', externalId))
      return userError('This entity already exists.')
  }
  const parties = checkParties(account, request)
  if (!parties.ok) return parties
  const { customer, subsidiary, currency } = parties.value

  const missing = missingFields(account, request, custom)
  if (missing.length > 0) return userError(`Please enter value(s) for: ${missing.join(', ')}.`)
  const listed = checkLists(account, request)
  if (!listed.ok) return listed

  const lines = checkLines(account, request, subsidiary)
  if (!lines.ok) return lines
  const shipping = checkShipping(account, request, customer, subsidiary)
  if (!shipping.ok) return shipping

  const totals = computeTotals({
    digits: currency.digits,
    lines: lines.value.map((line) => ({
      ...(line.quantity === undefined ? {} : { quantity: line.quantity }),
      ...(line.rate === undefined ? {} : { rate: line.rate }),
      ...(line.request.amount === undefined ? {} : { amount: line.request.amount }),
      taxPercent: line.taxCode?.rate ?? '0',
    })),
    ...(request.discountItem && request.discountRate ? { discount: request.discountRate } : {}),
    ...(request.shippingCost === undefined ? {} : { shippingCost: request.shippingCost }),
    shippingTaxPercent: shipping.value.shippingTaxCode?.rate ?? '0',
    ...(request.handlingCost === undefined ? {} : { handlingCost: request.handlingCost }),
    ...(account.taxEngine === 'suiteTax'
      ? {
          taxDetails: request.taxDetailsOverride
            ? (request.taxDetails?.items ?? []).map((line) => line.taxAmount ?? '0')
            : [],
        }
      : {}),
  })
  return ok({
    request,
    custom,
    customer,
    subsidiary,
    currency,
    lines: lines.value,
    ...shipping.value,
    tranDate: request.tranDate ?? today(account),
    status: request.orderStatus ?? setting(account, 'orderStatus') ?? 'A',
    totals,
  })
}

function checkParties(
  account: Account,
  request: SalesOrderRequest,
): Outcome<{ customer: CustomerRow; subsidiary: SubsidiaryRow; currency: CurrencyRow }> {
  if (request.entity === undefined) return userError('Please enter value(s) for: Customer.')
  const customer = findRow(account, 'customer', request.entity)
  if (customer === undefined || customer.inactive === 1)
    return userError(`Invalid entity reference key ${shown(request.entity)}.`, 'entity')

  const wanted = request.subsidiary ?? { id: String(customer.subsidiary) }
  const subsidiary = findRow(account, 'subsidiary', wanted)
  if (subsidiary === undefined)
    return userError(`Invalid subsidiary reference key ${shown(wanted)}.`, 'subsidiary')
  const belongs = account
    .sql('SELECT 1 FROM ns_customer_subsidiary WHERE customer = ? AND subsidiary = ?')
    .get(customer.id, subsidiary.id)
  if (belongs === undefined)
    return userError(`Invalid entity reference key ${customer.id} for subsidiary ${subsidiary.id}.`, 'entity')

  const currencyRef = request.currency ?? { id: String(customer.currency) }
  const currency = findRow(account, 'currency', currencyRef)
  if (currency === undefined)
    return userError(`Invalid currency reference key ${shown(currencyRef)}.`, 'currency')
  const carries = account
    .sql('SELECT 1 FROM ns_customer_currency WHERE customer = ? AND currency = ?')
    .get(customer.id, currency.id)
  if (carries === undefined)
    return userError(`Invalid currency reference key ${currency.id} for entity ${customer.id}.`, 'currency')
  return ok({ customer, subsidiary, currency })
}

export const mandatoryFields = (account: Account): MandatoryField[] =>
  JSON.parse(setting(account, 'mandatoryFields') ?? '[]') as MandatoryField[]

function missingFields(
  account: Account,
  request: SalesOrderRequest,
  custom: Record<string, unknown>,
): string[] {
  const given: Record<string, unknown> = { ...request, ...custom }
  const empty = (value: unknown) => value === undefined || value === null || value === ''
  return mandatoryFields(account)
    .filter((mandatory) => empty(given[mandatory.field]))
    .map((mandatory) => mandatory.label)
}

const listedFields = [
  ['location', 'location', 'location'],
  ['department', 'department', 'department'],
  ['class', 'classification', 'class'],
  ['paymentOption', 'paymentmethod', 'paymentoption'],
  ['terms', 'term', 'terms'],
  ['customForm', 'customform', 'customform'],
] as const

function checkLists(account: Account, request: SalesOrderRequest): Outcome<true> {
  for (const [field, kind, name] of listedFields) {
    const ref = request[field]
    if (ref !== undefined && findListed(account, kind, ref) === undefined)
      return userError(`Invalid ${name} reference key ${shown(ref)}.`, field)
  }
  for (const field of ['billingAddress', 'shippingAddress'] as const) {
    const country = request[field]?.country
    if (country !== undefined && !/^[A-Z]{2}$/.test(country))
      return userError(`Invalid country reference key ${country}.`, `${field}.country`)
  }
  return ok(true)
}

function checkLines(
  account: Account,
  request: SalesOrderRequest,
  subsidiary: SubsidiaryRow,
): Outcome<CheckedLine[]> {
  const items = request.item?.items ?? []
  if (items.length === 0)
    return userError(
      'You must have at least one valid line item for this transaction.',
      'item',
      'VALID_LINE_ITEM_REQD',
    )
  const lines: CheckedLine[] = []
  for (const [at, line] of items.entries()) {
    const checked = checkLine(account, line, `item.items[${at}]`, subsidiary)
    if (!checked.ok) return checked
    lines.push(checked.value)
  }
  return ok(lines)
}

function checkLine(
  account: Account,
  line: OrderLineRequest,
  path: string,
  subsidiary: SubsidiaryRow,
): Outcome<CheckedLine> {
  if (line.item === undefined) return userError('Please enter value(s) for: Item.', path)
  const item = findRow(account, 'item', line.item)
  if (item === undefined || item.type === 'ShipItem')
    return userError(
      `You have entered an Invalid Field Value ${shown(line.item)} for the following field: item.`,
      path,
    )
  if (item.inactive === 1) return userError(`Invalid item reference key ${item.id}.`, path)
  if (item.subsidiary !== null && item.subsidiary !== subsidiary.id)
    return userError(`Invalid item reference key ${item.id} for subsidiary ${subsidiary.id}.`, path)
  if (line.quantity === undefined && counted.has(item.type))
    return userError('Please enter value(s) for: Quantity.', path)
  if (line.location !== undefined && findListed(account, 'location', line.location) === undefined)
    return userError(`Invalid location reference key ${shown(line.location)}.`, path)
  const price = line.price?.id
  if (
    price !== undefined &&
    price !== '-1' &&
    findListed(account, 'pricelevel', line.price ?? {}) === undefined
  )
    return userError(`Invalid price reference key ${price}.`, path)
  const taxCode = checkTaxCode(account, line.taxCode, path)
  if (!taxCode.ok) return taxCode
  // A price level other than custom (-1) brings its own rate, whatever is sent beside it.
  const level = price !== undefined && price !== '-1'
  return ok({
    request: level ? { ...line, amount: undefined } : line,
    item,
    quantity: line.quantity,
    rate: level
      ? (item.base_price ?? '0')
      : (line.rate ?? (line.amount === undefined ? defaultRate(item) : undefined)),
    taxCode: line.isTaxable === false ? undefined : taxCode.value,
  })
}

const defaultRate = (item: ItemRow) => item.base_price ?? '0'

function checkTaxCode(
  account: Account,
  ref: Reference | undefined,
  path: string,
): Outcome<TaxCodeRow | undefined> {
  if (ref === undefined) return ok(undefined)
  if (account.taxEngine === 'suiteTax')
    return userError(
      'You do not have permissions to set a value for element taxcode due to SuiteTax being enabled.',
      path,
    )
  const taxCode = findRow(account, 'taxCode', ref)
  if (taxCode === undefined || taxCode.inactive === 1)
    return userError(`Invalid taxcode reference key ${shown(ref)}.`, path)
  return ok(taxCode)
}

function checkShipping(
  account: Account,
  request: SalesOrderRequest,
  customer: CustomerRow,
  subsidiary: SubsidiaryRow,
): Outcome<{ shipItem: ItemRow | undefined; shippingTaxCode: TaxCodeRow | undefined }> {
  const shipItem = request.shipMethod && findRow(account, 'item', request.shipMethod)
  if (request.shipMethod !== undefined) {
    const foreign = shipItem?.subsidiary !== null && shipItem?.subsidiary !== subsidiary.id
    if (shipItem === undefined || shipItem.type !== 'ShipItem' || shipItem.inactive === 1 || foreign)
      return userError(
        `Invalid shipmethod reference key ${shown(request.shipMethod)} for entity ${customer.id}.`,
        'shipMethod',
      )
  }
  const discountItem = request.discountItem && findRow(account, 'item', request.discountItem)
  if (request.discountItem !== undefined && (discountItem === undefined || discountItem.type !== 'Discount'))
    return userError(`Invalid discountitem reference key ${shown(request.discountItem)}.`, 'discountItem')
  if (
    request.discountRate !== undefined &&
    request.discountItem === undefined &&
    !new Big(parseFloat(request.discountRate)).eq(0)
  )
    return userError('Please enter value(s) for: Discount Item.', 'discountItem')
  const shippingTaxCode = checkTaxCode(account, request.shippingTaxCode, 'shippingTaxCode')
  if (!shippingTaxCode.ok) return shippingTaxCode
  return ok({ shipItem, shippingTaxCode: shippingTaxCode.value })
}
