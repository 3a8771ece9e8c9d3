import { type Decimal, toCurrency } from '../order/money.ts'
import type { MoneyJson } from './schemas.ts'

export const timeJson = (time: Date): string => time.toISOString()
export const timeOrNull = (time: Date | null): string | null => time?.toISOString() ?? null

export const moneyJson = (amount: Decimal, currency: string): MoneyJson => ({
  amount: toCurrency(amount, currency),
  currency,
})
