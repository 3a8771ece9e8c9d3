import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import type { Shop } from '../../sandbox/shop/state.ts'
import { demoSeed, type ShopSeed } from '../../sandbox/shop/seed.ts'

const kept = [
  'storeId',
  'keys',
  'name',
  'description',
  'customStatuses',
  'orders',
  'notes',
  'refunds',
  'fulfillments',
  'webhooks',
  'products',
  'taxRates',
  'coupons',
  'paymentGateways',
  'ids',
  'revision',
] as const satisfies (keyof Shop)[]

/**
 * Lets the demo's shop outlive its process: seeded on the first start, read from the file on every other, so that
 * orders keep their ids and Waybill meets the shop it knows.
 */
export function keptShop(file: string): { seed: ShopSeed; save(): void } {
  let shop: Shop | null = null
  let savedRevision = -1
  return {
    seed: (fresh) => {
      shop = fresh
      const before = read(file)
      if (before) Object.assign(fresh, before)
      else demoSeed(fresh)
    },
    save: () => {
      if (!shop || shop.revision === savedRevision) return
      const parts = Object.fromEntries(kept.map((key) => [key, shop![key]]))
      writeFileSync(`${file}.new`, serialize(parts), { mode: 0o600 })
      renameSync(`${file}.new`, file)
      savedRevision = shop.revision
    },
  }
}

function read(file: string): Partial<Shop> | null {
  try {
    return deserialize(readFileSync(file)) as Partial<Shop>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
