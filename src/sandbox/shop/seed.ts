import { Big } from 'big.js'
import { catalogue, customStatus, paymentMethods, taxRates } from '../catalogue.ts'
import { placeOrder, setStatus } from './orders.ts'
import { randomOrder, type OrderWish } from './random-order.ts'
import { addRefund } from './routes-refunds.ts'
import type { Order, Product, Shop } from './state.ts'
import { toSeconds } from './time.ts'

/** Fills a shop that is empty; called once, before it answers. */
export type ShopSeed = (shop: Shop) => void

const day = 86_400
const demoOrders = 67
const demoDays = 21
/** Until then the demo shop entered its prices with tax. */
const inclusiveUntilDay = 15

/** Which of the demo's orders meet which trouble, by their place in time. All others can be posted. */
const demoWishes: Record<number, OrderWish> = {
  4: { trouble: 'unmapped_payment' },
  7: { country: 'BG' },
  9: { trouble: 'held_status', status: 'on-hold' },
  12: { trouble: 'unknown_sku' },
  14: { country: 'IL' },
  15: { trouble: 'missing_field' },
  19: { trouble: 'other_subsidiary' },
  21: { country: 'GR' },
  23: { trouble: 'total_differs' },
  25: { country: 'KR' },
  27: { trouble: 'inactive_item' },
  31: { trouble: 'held_status', status: customStatus.slug },
  34: { trouble: 'surcharge', country: 'DE' },
  36: { trouble: 'unknown_sku' },
  38: { country: 'KW' },
  41: { trouble: 'unmapped_payment' },
  43: { country: 'TH' },
  45: { trouble: 'held_status', status: 'pending' },
  48: { trouble: 'missing_field' },
  50: { country: 'TW' },
  52: { trouble: 'other_subsidiary' },
  55: { trouble: 'inactive_item' },
  58: { trouble: 'unknown_sku' },
  57: { country: 'JP' },
  60: { trouble: 'total_differs' },
  62: { trouble: 'held_status', status: 'on-hold' },
  64: { trouble: 'held_status', status: customStatus.slug },
}

/** The business without any order: catalogue, tax rates, coupons, payment methods, a plug-in's status. */
export const emptySeed: ShopSeed = (shop) => {
  shop.name = 'Nordlys Tea & Ceramics'
  shop.description = 'Tea and stoneware from Flensburg'
  shop.customStatuses.set(customStatus.slug, customStatus.name)
  shop.products = productsOf()
  shop.taxRates = taxRates.map((rate) => ({
    id: rate.id,
    country: rate.country,
    label: rate.label,
    percent: new Big(rate.rate).times(100).toString(),
    taxClass: rate.taxClass === 'reduced' ? 'reduced-rate' : '',
  }))
  shop.coupons = [
    { id: 301, code: 'welcome10', kind: 'percent', amount: '10' },
    { id: 302, code: 'teatime5', kind: 'fixed_cart', amount: '5.00' },
  ]
  shop.paymentGateways = paymentMethods.map(({ id, title }) => ({ id, title, enabled: true }))
}

/** Some sixty orders over the last three weeks before `now`, most of which pass. */
export const demoSeed: ShopSeed = (shop) => {
  emptySeed(shop)
  const now = toSeconds(shop.now())
  const start = now - demoDays * day
  const span = demoDays * day - 600
  const times = Array.from({ length: demoOrders }, () => start + Math.floor(shop.random() * span)).sort(
    (a, b) => a - b,
  )
  times.forEach((at, place) => {
    const wish = demoWishes[place + 1] ?? {}
    const daysAgo = (now - at) / day
    const inclusive = daysAgo > inclusiveUntilDay && wish.trouble === undefined && shop.random() < 0.5
    const order = placeOrder(shop, randomOrder(shop, { at, ...wish, pricesIncludeTax: inclusive }))
    if (wish.trouble === undefined && daysAgo > 3)
      complete(shop, order, Math.min(now, at + day + Math.floor(shop.random() * day)))
    if (place === 20 || place === 33) refundSome(shop, order, Math.min(now, at + 3 * day))
  })
}

function complete(shop: Shop, order: Order, at: number): void {
  atTime(shop, at, () => setStatus(shop, order, 'completed'))
  order.modifiedAt = at
}

function refundSome(shop: Shop, order: Order, at: number): void {
  atTime(shop, at, () => addRefund(shop, order, { amount: '5.00', reason: 'Chipped in transit', lines: [] }))
}

/** Does something as if it were another time in the shop. */
function atTime(shop: Shop, seconds: number, work: () => unknown): void {
  const { now } = shop
  shop.now = () => new Date(seconds * 1000)
  work()
  shop.now = now
}

function productsOf(): Product[] {
  const products = new Map<number, Product>()
  for (const item of catalogue) {
    const known = products.get(item.productId)
    const product: Product = known ?? {
      id: item.productId,
      name: item.variation?.parentName ?? item.name,
      type: item.variation ? 'variable' : 'simple',
      sku: item.variation ? '' : item.sku,
      price: item.price,
      weight: item.weightKg,
      taxClass: item.taxClass === 'reduced' ? 'reduced-rate' : '',
      category: item.category,
      variations: [],
    }
    if (item.variation)
      product.variations.push({
        id: item.variation.id,
        sku: item.sku,
        name: item.name,
        price: item.price,
        attribute: item.variation.attribute,
        value: item.variation.value,
      })
    products.set(product.id, product)
  }
  return [...products.values()]
}
