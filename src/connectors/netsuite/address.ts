import type { Address } from '../../order/address.ts'
import type { Customer, Order } from '../../order/order.ts'
import type { Problem } from '../../order/problems.ts'
import { emailOf } from './customers.ts'
import type { NetSuiteMapping } from './mapping.ts'

/** How many characters NetSuite's fields hold. */
export const limits = {
  addressee: 83,
  attention: 83,
  addr1: 150,
  addr2: 150,
  city: 50,
  state: 30,
  zip: 36,
  phone: 21,
  email: 254,
  otherRefNum: 45,
  memo: 999,
  description: 999,
  firstName: 32,
  lastName: 32,
  companyName: 83,
  entityId: 83,
  customText: 300,
} as const

/** Without control characters and halves of characters, which NetSuite's pages and XML cannot carry. */
const clean = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/g, '')
    .trim()

/** Shortens a text where nothing depends on its end: notes and descriptions. */
export function shorten(text: string, limit: number): string {
  const characters = [...clean(text)]
  return characters.length <= limit ? characters.join('') : `${characters.slice(0, limit - 1).join('')}…`
}

/** A text that must arrive whole: too long is a problem of the order. */
export function whole(text: string, limit: number, label: string, problems: Problem[]): string {
  const trimmed = clean(text)
  const length = [...trimmed].length
  if (length > limit && !problems.some((p) => p.code === 'field_too_long' && p.subject === label))
    problems.push({
      code: 'field_too_long',
      subject: label,
      detail: `"${shorten(trimmed, 60)}" has ${length} characters, NetSuite takes ${limit}.`,
      vendorMessage: null,
    })
  return trimmed
}

/** Countries whose states NetSuite knows by the same codes as everybody. */
const knownStates = ['US', 'CA', 'AU']

/** The address subrecord. Lines, places and names must arrive whole; a phone number that NetSuite refuses is left out. */
export function addressBody(
  address: Address,
  label: string,
  states: NetSuiteMapping['addresses']['states'],
  problems: Problem[],
): Record<string, unknown> {
  const company = address.company?.trim() ?? ''
  const name = address.name.trim()
  const fields = {
    addressee: whole(company || name, limits.addressee, `${label} name`, problems),
    attention: company ? whole(name, limits.attention, `${label} name`, problems) : '',
    addr1: whole(address.line1, limits.addr1, `${label} address line 1`, problems),
    addr2: whole(address.line2 ?? '', limits.addr2, `${label} address line 2`, problems),
    city: whole(address.city, limits.city, `${label} city`, problems),
    state: stateOf(address, states),
    zip: whole(address.postcode, limits.zip, `${label} postcode`, problems),
    addrPhone: phoneOf(address.phone) ?? '',
  }
  return {
    ...(/^[A-Z]{2}$/.test(address.country) && { country: { id: address.country } }),
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')),
  }
}

function stateOf(address: Address, states: NetSuiteMapping['addresses']['states']): string {
  const region = address.region?.trim() ?? ''
  if (states === 'none' || (states === 'known' && !knownStates.includes(address.country))) return ''
  const code = region.replace(new RegExp(`^${address.country}-?(?=.)`), '')
  return shorten(code.length >= 2 ? code : region, limits.state)
}

/** NetSuite wants seven digits at least; of a long number its spelling goes first, then its extension. */
export function phoneOf(phone: string | null): string | null {
  const text = phone?.trim() ?? ''
  const [number = ''] = text.split(/[\s,]*(?:extension|ext\.?|x|#|;)\s*\d*$/i)
  const spelt = [text, number, number.replaceAll(/[^\d+]/g, '')].find((each) => each.length <= limits.phone)
  return spelt !== undefined && spelt.replaceAll(/\D/g, '').length >= 7 ? spelt : null
}

/** An address that could receive mail; NetSuite refuses others. */
export const mailable = (email: string | null): string | null =>
  email !== null && email.length <= limits.email && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? email : null

/** Whether the order says who bought: a name, a company or an e-mail address. */
export const namesCustomer = (order: Order): boolean =>
  emailOf(order) !== null || personName(order) !== '' || companyName(order) !== ''

const personName = (order: Order): string =>
  [order.customer.name, order.billing?.name, order.shipping?.name]
    .map((name) => name?.trim() ?? '')
    .find((name) => name !== '') ?? ''

const companyName = (order: Order): string => (order.customer.company ?? order.billing?.company)?.trim() ?? ''

/** What the customer is called in NetSuite, for a number of its own where the name is taken. */
export const displayName = (order: Order): string =>
  companyName(order) || personName(order) || emailOf(order) || ''

/** The customer record to create. Long names are cut: the order's addresses carry them whole. */
export function customerBody(
  order: Order,
  externalId: string,
  subsidiary: string | null,
  currency: string | null,
): Record<string, unknown> {
  const email = mailable(emailOf(order))
  const phone = phoneOf(firstPhone(order.customer, order))
  const company = companyName(order)
  const { firstName, lastName } = nameParts(personName(order) || (email?.split('@')[0] ?? ''))
  return {
    externalId,
    ...(company
      ? { isPerson: false, companyName: shorten(company, limits.companyName) }
      : {
          isPerson: true,
          firstName: shorten(firstName, limits.firstName),
          lastName: shorten(lastName, limits.lastName),
        }),
    ...(email && { email }),
    ...(phone && { phone }),
    ...(subsidiary && { subsidiary: { id: subsidiary } }),
    ...(currency && { currency: { id: currency } }),
  }
}

const firstPhone = (customer: Customer, order: Order): string | null =>
  customer.phone ?? order.billing?.phone ?? order.shipping?.phone ?? null

/** NetSuite wants a first and a last name of every person: the last word is the last name, a lone one has none. */
function nameParts(name: string): { firstName: string; lastName: string } {
  const words = name.split(/\s+/).filter(Boolean)
  if (words.length < 2) return { firstName: words[0] ?? '-', lastName: '-' }
  return { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1)! }
}
