import type { ShopControl } from '../src/sandbox/shop/index.ts'

/**
 * Orders that can all be posted, spread over the last hours. One in `newCustomerOneIn` is of a customer whom nobody
 * knows yet; the others' come again and again.
 */
export function seedOrders(control: ShopControl, count: number, newCustomerOneIn = Infinity): void {
  const start = Math.floor(Date.now() / 1000) - count
  for (let n = 0; n < count; n += 1) {
    const isNew = newCustomerOneIn !== Infinity && n % newCustomerOneIn === 0
    control.newOrder({ at: start + n, ...(isNew && { guest: n }) })
  }
}
