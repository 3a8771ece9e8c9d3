import type { MoneyJson, OrderJson } from '../server/schemas.ts'

/** A time as people on this machine read it: "2026-03-02 10:15". */
export function timeText(time: string | null): string {
  if (time === null) return ''
  const at = new Date(time)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

export const moneyText = (money: MoneyJson | null): string =>
  money === null ? '' : `${money.amount} ${money.currency}`

/** "1 order", "3 orders". */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

export function statusStyle(status: OrderJson['status']): 'red' | 'green' | 'yellow' | 'gray' {
  if (status.endsWith('_error')) return 'red'
  if (['posted', 'partially_shipped', 'complete'].includes(status)) return 'green'
  return status === 'cancelled' ? 'gray' : 'yellow'
}
