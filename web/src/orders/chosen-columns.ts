import * as z from 'zod/mini'
import { type OrderColumn, orderColumns } from '../../../src/server/order-columns.ts'

const usual: OrderColumn[] = [
  'number',
  'connection',
  'placedAt',
  'customer',
  'total',
  'status',
  'next',
  'record',
]

/** What is shown to whoever has chosen nothing. Which shop an order is of says nothing where there is only one. */
export const usualColumns = (withShop: boolean): OrderColumn[] =>
  withShop ? usual : usual.filter((column) => column !== 'connection')

const list = z.array(z.enum(orderColumns))

/** Reads columns, in their sequence, as an address or this browser has them; undefined: that makes no sense. */
export function readColumns(text: unknown): OrderColumn[] | undefined {
  const read = list.safeParse(typeof text === 'string' ? text.split(',') : undefined)
  return read.success ? [...new Set<OrderColumn>(['number', ...read.data])] : undefined
}

export const writeColumns = (columns: readonly OrderColumn[]): string => columns.join(',')

const key = 'waybill-order-columns'

/** What was chosen in this browser, as an address says it. */
export function ownColumns(): string | undefined {
  try {
    const own = readColumns(localStorage.getItem(key))
    return own && writeColumns(own)
  } catch {
    // A browser that keeps nothing.
    return undefined
  }
}

/** Keeps a choice in this browser; undefined: none. */
export function keepColumns(columns: readonly OrderColumn[] | undefined): void {
  try {
    if (columns === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, writeColumns(columns))
  } catch {
    // A browser that keeps nothing: the address has the choice.
  }
}

/** All columns: the shown ones in their sequence, and each other one behind that which it is offered behind. */
export function arranged(shown: readonly OrderColumn[]): OrderColumn[] {
  const all = [...shown]
  for (const [index, column] of orderColumns.entries())
    if (!all.includes(column)) all.splice(all.indexOf(orderColumns[index - 1]!) + 1, 0, column)
  return all
}

export const toggled = (shown: readonly OrderColumn[], column: OrderColumn): OrderColumn[] =>
  arranged(shown).filter((one) => shown.includes(one) !== (one === column))

/** Trades a shown column with its neighbour. The number stays first. */
export function moved(shown: readonly OrderColumn[], column: OrderColumn, by: -1 | 1): OrderColumn[] {
  const from = shown.indexOf(column)
  const neighbour = shown[from + by]
  if (neighbour === undefined || neighbour === 'number') return [...shown]
  return shown.with(from, neighbour).with(from + by, column)
}
