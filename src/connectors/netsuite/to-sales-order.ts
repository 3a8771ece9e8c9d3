import {
  add,
  currencyDigits,
  compare,
  divide,
  absolute,
  equals,
  multiply,
  round,
  subtract,
  toCurrency,
  type Decimal,
} from '../../order/money.ts'
import type { Order } from '../../order/order.ts'
import type { Problem } from '../../order/problems.ts'
import { err, ok, type Result } from '../../result.ts'
import type { DraftShown } from '../contract.ts'
import {
  addressBody,
  customerBody,
  displayName,
  limits,
  mailable,
  namesCustomer,
  shorten,
  whole,
} from './address.ts'
import { emailOf } from './customers.ts'
import { customFields, memoOf } from './fields.ts'
import { planLines, type Plan } from './lines.ts'
import type { NetSuiteLookups } from './lookups.ts'
import { mapped, type NetSuiteMapping } from './mapping.ts'
import { taxDetails } from './suite-tax.ts'
import { dayOf } from './time-zone.ts'
import { differingRate, fit, type Fitted } from './totals.ts'

/** Everything that `create` sends, decided beforehand. */
export interface NetSuiteDraft {
  externalId: string
  /** The customer to name, or the one to create first. */
  customer: { id: string } | { externalId: string; body: Record<string, unknown>; nameIfTaken: string }
  /** The sales order, but for its customer. */
  order: Record<string, unknown>
  /** Lines of the record that carry lines of the order. */
  lines: { backendLine: string; channelLineId: string }[]
  currency: string
  /** What NetSuite will come to. */
  totals: Fitted['sums']
}

export interface Preparation {
  order: Order
  mapping: NetSuiteMapping
  lookups: NetSuiteLookups
  externalId: string
  customerExternalId: string
}

/** Makes the sales order of an order, or says everything that stands against it. */
export function prepare(input: Preparation): Result<NetSuiteDraft, [Problem, ...Problem[]]> {
  const { order, mapping, lookups } = input
  const problems: Problem[] = []
  const currency = currencyOf(input, problems)
  const customer = customerOf(input, currency, problems)
  const payment = paymentOf(input, problems)
  const said = whatIsSaid(order, mapping, problems)
  const fitted = linesThatFit(input, problems)

  const [first, ...others] = problems
  if (first !== undefined) return err([first, ...others])
  if (fitted === null || customer === null)
    throw new Error('lines and customer are missing without a problem')

  const { defaults } = mapping
  const body: Record<string, unknown> = {
    ...said,
    externalId: input.externalId,
    ...reference('subsidiary', defaults.subsidiary),
    ...reference('customForm', defaults.customForm),
    // The currency is a field only where the account has several.
    ...(lookups.currencies.length > 1 && reference('currency', currency ?? undefined)),
    tranDate: dayOf(order.placedAt, lookups.timeZone),
    orderStatus: { id: defaults.orderStatus },
    ...reference('location', defaults.location),
    ...reference('department', defaults.department),
    ...reference('class', defaults.class),
    ...payment,
    ...shippingFields(fitted, mapping),
    item: { items: fitted.lines.map((line, index) => lineBody(line, index, mapping)) },
    ...(mapping.tax.mode === 'suiteTaxOverride' && taxDetails(fitted, mapping, order.currency)),
  }
  return ok({
    externalId: input.externalId,
    customer,
    order: body,
    lines: fitted.lines.flatMap((line, index) =>
      line.channelLineId === null
        ? []
        : [{ backendLine: String(index + 1), channelLineId: line.channelLineId }],
    ),
    currency: order.currency,
    totals: fitted.sums,
  })
}

/** The sales order as it is sent for a customer. */
export const bodyFor = ({ order }: NetSuiteDraft, customerId: string): Record<string, unknown> => ({
  ...order,
  entity: { id: customerId },
})

/** What `create` sends, and what NetSuite will make of it. */
export function show(draft: NetSuiteDraft): DraftShown {
  const { customer, totals } = draft
  if ('id' in customer)
    return { records: [{ label: 'Sales order', body: bodyFor(draft, customer.id) }], totals }
  return {
    records: [
      { label: 'New customer', body: customer.body },
      { label: 'Sales order', body: bodyFor(draft, 'the id of the new customer') },
    ],
    totals,
  }
}

/**
 * The fields of the sales order that only say something: where it goes, to whom, what was noted. None of them decides what
 * is delivered or what it costs.
 */
export function whatIsSaid(
  order: Order,
  mapping: NetSuiteMapping,
  problems: Problem[],
): Record<string, unknown> {
  const address = (of: Order['billing'], label: string) =>
    of && addressBody(of, label, mapping.addresses.states, problems)
  const billingAddress = address(order.billing, 'Billing')
  const shippingAddress = address(order.shipping ?? order.billing, 'Shipping')
  const email = mailable(emailOf(order))
  return {
    memo: shorten(memoOf(order, mapping.defaults.memo), limits.memo),
    otherRefNum: whole(order.number, limits.otherRefNum, 'Order number', problems),
    ...(email && { email }),
    ...(billingAddress && { billingAddress }),
    ...(shippingAddress && { shippingAddress }),
    ...customFields(order, mapping, problems),
  }
}

const reference = (field: string, id: string | undefined) => (id === undefined ? {} : { [field]: { id } })

function currencyOf({ order, lookups }: Preparation, problems: Problem[]): string | null {
  if (lookups.currencies.length === 0) return null
  const currency = lookups.currencies.find(({ code }) => code === order.currency)
  if (currency !== undefined && !currency.inactive) return currency.id
  problems.push({
    code: 'currency_not_in_backend',
    subject: order.currency,
    detail: currency
      ? `Currency ${order.currency} is inactive.`
      : `The account's currencies are ${lookups.currencies.map(({ code }) => code).join(', ')}.`,
    vendorMessage: null,
  })
  return null
}

function customerOf(
  input: Preparation,
  currency: string | null,
  problems: Problem[],
): NetSuiteDraft['customer'] | null {
  const { order, mapping, lookups } = input
  const { customer } = lookups
  const problem = (code: Problem['code'], subject: string, detail: string) => {
    problems.push({ code, subject, detail, vendorMessage: null })
    return null
  }
  const { fallback } = mapping.customers
  if (customer.kind === 'ambiguous')
    return problem(
      'ambiguous_customer',
      customer.email,
      `Customers ${customer.ids.join(', ')} have this address.`,
    )
  if (customer.kind === 'found') {
    const named = `Customer ${customer.id} (${customer.name})`
    if (customer.inactive) return problem('customer_inactive', customer.name, `${named} is inactive.`)
    if (!customer.inSubsidiary)
      problem(
        'customer_other_subsidiary',
        customer.name,
        `${named} is not a customer of subsidiary ${subsidiaryName(lookups, mapping.defaults.subsidiary)}.`,
      )
    if (!customer.hasCurrency)
      problem(
        'currency_not_in_backend',
        order.currency,
        `${named} does not carry ${order.currency} (Financial tab).`,
      )
    return { id: customer.id }
  }
  if (!namesCustomer(order))
    return fallback
      ? { id: fallback }
      : problem('customer_not_identified', '', 'It has no name, company or e-mail address.')
  if (!mapping.customers.create)
    return fallback
      ? { id: fallback }
      : problem(
          'customer_not_found',
          emailOf(order) ?? displayName(order),
          'The route does not create customers.',
        )
  const name = displayName(order)
  return {
    externalId: input.customerExternalId,
    body: customerBody(
      order,
      input.customerExternalId,
      subsidiaryForNew(input),
      lookups.currencies.length > 1 ? currency : null,
    ),
    nameIfTaken: `${shorten(name, limits.entityId - order.number.length - 1)} ${order.number}`,
  }
}

const subsidiaryName = (lookups: NetSuiteLookups, id: string | undefined) =>
  lookups.subsidiaries.find((subsidiary) => subsidiary.id === id)?.name ?? id

/** A new customer belongs where the orders go; without a choice, to the parent company. */
function subsidiaryForNew({ mapping, lookups }: Preparation): string | null {
  const root = lookups.subsidiaries.find(({ parent }) => parent === null)
  return mapping.customers.subsidiary ?? mapping.defaults.subsidiary ?? root?.id ?? null
}

function paymentOf({ order, mapping }: Preparation, problems: Problem[]): Record<string, unknown> {
  const { field, methods, otherwise } = mapping.payment
  if (field === undefined || order.payment === null) return {}
  const { code, title } = order.payment
  const method = mapped(methods, code) ?? mapped(methods, title) ?? otherwise
  if (method === 'leave_out') return {}
  if (method !== 'stop') return { [field]: { id: method } }
  problems.push({
    code: 'unmapped_payment_method',
    subject: code || title,
    detail: `The order was paid by "${title || code}".`,
    vendorMessage: null,
  })
  return {}
}

/**
 * The lines with amounts that give the order's total. First as the mapping wants them, then with discounts folded
 * into the prices, then with a rounding line where an item for it is chosen. Null (with problems) when none does.
 */
function linesThatFit(input: Preparation, problems: Problem[]): Fitted | null {
  const { order, mapping, lookups } = input
  const digits = currencyDigits(order.currency)
  const wanted = round(order.total, digits)
  const rules = { digits, mode: mapping.tax.mode, rates: lookups.taxRates }
  const foldedToo = mapping.items.byKind.discount !== undefined
  const before = problems.length
  const plan = planLines({ order, mapping, lookups, problems }, foldedToo ? 'lines' : 'folded')
  if (problems.length > before) return null

  const plans: Plan[] = [plan]
  if (foldedToo) plans.push(planLines({ order, mapping, lookups, problems: [] }, 'folded'))
  const attempts = plans.map((each) => fit(each, wanted, rules))
  const exact = attempts.find((attempt) => equals(attempt.sums.total, wanted))
  if (exact !== undefined) return exact

  const nearest = attempts.toSorted((a, b) => compare(gap(a, wanted), gap(b, wanted)))[0]!
  const rounding = mapping.items.byKind.rounding
  if (rounding !== undefined && compare(gap(nearest, wanted), mapping.items.roundingUpTo) <= 0) {
    const net = subtract(wanted, nearest.sums.total)
    const line: Plan['lines'][number] = {
      channelLineId: null,
      item: rounding,
      quantity: '1',
      net,
      taxes: [],
      taxCode: { id: mapping.tax.none ?? null, key: null },
      description: 'Rounding difference',
    }
    const sums = { ...nearest.sums, lines: add(nearest.sums.lines, net), total: wanted }
    return { ...nearest, lines: [...nearest.lines, { ...line, amount: net }], sums }
  }
  problems.push(wouldDiffer(input, plan, nearest, wanted))
  return null
}

const gap = (fitted: Fitted, wanted: Decimal): Decimal => absolute(subtract(wanted, fitted.sums.total))

function wouldDiffer({ order, lookups }: Preparation, plan: Plan, nearest: Fitted, wanted: Decimal): Problem {
  const money = (amount: Decimal) => `${toCurrency(amount, order.currency)} ${order.currency}`
  const { sums } = nearest
  const rate = differingRate(plan, lookups.taxRates)
  const reason = rate
    ? ` Tax code ${rate.code} has ${rate.theirs} % in NetSuite, the shop charged ${rate.ours} % (${rate.key}).`
    : ''
  return {
    code: 'total_would_differ',
    subject: rate?.key ?? '',
    detail: `Shop: ${money(wanted)}. NetSuite: ${money(sums.total)} (lines ${money(sums.lines)}, shipping ${money(sums.shipping)}, tax ${money(sums.tax)}).${reason}`,
    vendorMessage: null,
  }
}

function shippingFields({ shipping }: Fitted, mapping: NetSuiteMapping): Record<string, unknown> {
  if (shipping === null) return {}
  const withCode = mapping.tax.mode !== 'suiteTaxOverride' && shipping.taxCode.id !== null
  return {
    shipMethod: { id: shipping.method },
    shippingCost: Number(shipping.amount),
    ...(withCode && { shippingTaxCode: { id: shipping.taxCode.id } }),
  }
}

/** As many decimals as keep quantity × rate at the amount for any quantity a shop sells. */
const rateDigits = 6

function lineBody(
  line: Fitted['lines'][number],
  index: number,
  mapping: NetSuiteMapping,
): Record<string, unknown> {
  const { quantity, amount } = line
  const rate = quantity === null ? amount : divide(amount, quantity, rateDigits)
  const agrees =
    quantity === null || compare(absolute(subtract(multiply(rate, quantity), amount)), '0.0005') < 0
  const suiteTax = mapping.tax.mode === 'suiteTaxOverride'
  return {
    item: { id: line.item },
    ...(quantity !== null && { quantity: Number(quantity), price: { id: mapping.defaults.priceLevel } }),
    ...(agrees && { rate: Number(rate) }),
    amount: Number(amount),
    ...(line.description !== '' && { description: shorten(line.description, limits.description) }),
    ...(!suiteTax && line.taxCode.id !== null && { taxCode: { id: line.taxCode.id } }),
    ...(suiteTax && { taxDetailsReference: `line_${index + 1}` }),
  }
}
