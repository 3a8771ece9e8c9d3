import type { ShopControl } from '../src/sandbox/shop/index.ts'

/** Orders that can all be posted, spread over the last hours. */
export function seedOrders(control: ShopControl, count: number): void {
  const start = Math.floor(Date.now() / 1000) - count
  for (let n = 0; n < count; n += 1) control.newOrder({ at: start + n })
}
