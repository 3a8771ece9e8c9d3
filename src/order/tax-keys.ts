import { type Decimal, isZero, sum } from './money.ts'
import type { LineTax, Order } from './order.ts'

/** Where the goods go decides the tax. */
export const taxCountry = (order: Pick<Order, 'shipping' | 'billing'>): string =>
  (order.shipping ?? order.billing)?.country ?? ''

/** Those that came to something; all where none did. */
export function chargedTaxes(taxes: LineTax[]): LineTax[] {
  const charged = taxes.filter((tax) => !isZero(tax.amount))
  return charged.length > 0 ? charged : taxes
}

/**
 * What a mapping may call the taxes of one line, the closest first: the channel's rate ids ("5+7"), country and percent
 * together ("DE:19"), percent ("19").
 */
export function taxKeys(taxes: LineTax[], country: string): string[] {
  const ids = taxes
    .map((tax) => tax.id)
    .filter((id) => id !== '')
    .toSorted()
    .join('+')
  const rates = taxes.map((tax) => tax.rate)
  const percent: Decimal | null = rates.every((rate) => rate !== null) ? sum(rates as Decimal[]) : null
  const byRate = percent === null ? [] : [...(country ? [`${country}:${percent}`] : []), percent]
  return [...(ids ? [ids] : []), ...byRate]
}

/** The one of them by which people know the taxes. */
export const taxSubject = (keys: string[]): string => keys.find((key) => key.includes(':')) ?? keys[0] ?? ''
