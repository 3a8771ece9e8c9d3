import type { ShopControl } from '../src/sandbox/shop/index.ts'

/**
 * Orders that can all be posted, spread over the last hours. One in `newCustomerOneIn` is of a customer whom nobody
 * knows yet; the others' come again and again.
 */
export function seedOrders(control: ShopControl, count: number, newCustomerOneIn = Infinity): void {
  const start = Math.floor(Date.now() / 1000) - count
  for (let n = 0; n < count; n += 1) {
    const order = control.draftOrder({ at: start + n })
    if (n % newCustomerOneIn === 0 && newCustomerOneIn !== Infinity) {
      order.customerId = 0
      order.billing = {
        ...order.billing,
        first_name: 'Guest',
        last_name: `Number ${n}`,
        company: '',
        email: `guest-${n}@example.org`,
      }
    }
    control.placeOrder(order)
  }
}
