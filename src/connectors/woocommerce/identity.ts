import { z } from 'zod'
import { err, ok } from '../../result.ts'
import type { AccountIdentity, Outcome, SameShop } from '../contract.ts'
import { call, readIndex, type ShopCtx } from './client.ts'

const report = z.object({
  environment: z
    .object({ store_id: z.string().nullish(), home_url: z.string().nullish(), version: z.string().nullish() })
    .optional(),
  settings: z.object({ currency: z.string().nullish() }).optional(),
})

const oldestOrder = z.array(z.object({ order_key: z.string().min(1) }))

/** `modified_after` came with this version; without it a poll cannot tell new from old. */
const oldestVersion = [5, 8]

/**
 * Who the shop is. Permanent is `environment.store_id` of its system status; where the key may not read that (or
 * WooCommerce is too old to have one), the key of the oldest order, which never changes; in a shop without orders, the
 * home address. recordings/woocommerce-11.0.1 identity.json: "system_status environment", "orders oldest".
 */
export async function identify(ctx: ShopCtx): Promise<Outcome<AccountIdentity>> {
  const status = await call(ctx, {
    method: 'GET',
    path: '/system_status',
    query: { _fields: 'environment,settings' },
  })
  if (!status.ok && status.error.problems[0].code !== 'permission_missing') return status
  const found = status.ok ? report.safeParse(status.value.value) : null
  const environment = found?.success ? found.data.environment : undefined

  const oldest = await oldestKey(ctx)
  if (!oldest.ok) return oldest
  const orderKey = oldest.value

  const index = await readIndex(ctx)
  // Plug-ins that close the API to guests refuse the index; the shop itself is healthy then.
  const site = index.ok ? index.value : null
  const home = (environment?.home_url ?? site?.home ?? ctx.config.url).replace(/\/+$/, '')
  const writable = await mayWrite(ctx)
  if (!writable.ok) return writable

  const byHome = `${ofHome}${home.replace(/^https?:\/\/(www\.)?/, '')}`
  const proofs = [environment?.store_id, orderKey && `${ofOrder}${orderKey}`, byHome]
  const [id = byHome, ...also] = proofs.flatMap((proof) => proof || [])
  return ok({
    id,
    also,
    name: site?.name || new URL(home).host,
    timeZone: site?.timeZone ?? 'UTC',
    currency: (found?.success ? found.data.settings?.currency : null) ?? null,
    warnings: warningsOf(ctx, {
      home,
      version: environment?.version ?? null,
      mayWrite: writable.value,
      named: Boolean(environment?.store_id),
    }),
  })
}

/**
 * Whether the shop here is the one of that identity. Its store id and the key of its oldest order are told only to those
 * whom it lets in; a home address is what anybody can claim, and proves nothing.
 */
export async function prove(ctx: ShopCtx, identity: string): Promise<Outcome<SameShop>> {
  const { storeId, orderKey } = identityParts(identity)
  const status = await call(ctx, {
    method: 'GET',
    path: '/system_status',
    query: { _fields: 'environment,settings' },
  })
  if (!status.ok && status.error.problems[0].code !== 'permission_missing') return status
  const found = status.ok ? report.safeParse(status.value.value).data?.environment : undefined
  const oldest = await oldestKey(ctx)
  if (!oldest.ok) return oldest
  const index = await readIndex(ctx)
  const name = (index.ok && index.value.name) || new URL(ctx.config.url).host
  const told = storeId === null ? oldest.value : found?.store_id
  const wanted = storeId ?? orderKey
  if (wanted === null || !told) return ok({ verdict: 'unknown', name })
  return ok({ verdict: told === wanted ? 'same' : 'another', name })
}

const ofOrder = 'order-key:'
const ofHome = 'home:'

/** What an identity is made of. */
function identityParts(identity: string): { storeId: string | null; orderKey: string | null } {
  if (identity.startsWith(ofOrder)) return { storeId: null, orderKey: identity.slice(ofOrder.length) }
  return { storeId: identity === '' || identity.startsWith(ofHome) ? null : identity, orderKey: null }
}

/** The key of the oldest order, which never changes; undefined in a shop without readable orders. */
async function oldestKey(ctx: ShopCtx): Promise<Outcome<string | undefined>> {
  const oldest = await call(ctx, {
    method: 'GET',
    path: '/orders',
    query: { orderby: 'id', order: 'asc', per_page: 1, _fields: 'id,order_key' },
    orders: true,
  })
  if (!oldest.ok) return oldest
  const first = oldestOrder.safeParse(oldest.value.value)
  return ok(first.success ? first.data[0]?.order_key : undefined)
}

interface Findings {
  home: string
  version: string | null
  mayWrite: boolean
  named: boolean
}

function warningsOf(ctx: ShopCtx, { home, version, mayWrite, named }: Findings): string[] {
  const { url } = ctx.config
  const warnings: string[] = []
  if (address(home) !== address(url))
    warnings.push(
      `The shop calls itself ${home}, the connection ${url}: put the shop's own address into the connection before the old one ends.`,
    )
  if (url.startsWith('http://') && !isLocal(url))
    warnings.push(
      'The shop is asked over plain http: the key is not sent, but orders travel readable for everybody on the way. Use https.',
    )
  if (!mayWrite)
    warnings.push(
      'The key may only read: orders come in, but shipments and webhooks cannot be written. Give it "Read/Write" in the shop.',
    )
  if (!named)
    warnings.push(
      'The shop does not tell its store id: its oldest order stands for it. Let the key belong to an administrator or shop manager.',
    )
  if (version !== null && isOlder(version))
    warnings.push(
      `WooCommerce ${version} is older than 5.8 and cannot be asked for changed orders: update it.`,
    )
  return warnings
}

const address = (url: string) => url.replace(/^https?:\/\//, '').toLowerCase()

const isLocal = (url: string) => /^https?:\/\/(localhost|127\.|\[::1\])/.test(url)

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldestVersion[0]! || (major === oldestVersion[0]! && minor < oldestVersion[1]!)
}

/**
 * Whether the key may write, asked with a write that can do nothing: order 0 never exists, and a read-only key is
 * refused before the order is looked for (recordings auth.json "read-only key PUT", order.json "unknown id PUT").
 */
async function mayWrite(ctx: ShopCtx): Promise<Outcome<boolean>> {
  const answer = await call(ctx, { method: 'POST', path: '/orders/0', body: {} })
  if (answer.ok) return ok(true)
  if (answer.error.problems[0].code === 'permission_missing') return ok(false)
  return ['not_found', 'rejected'].includes(answer.error.kind) ||
    answer.error.problems[0].code === 'api_not_found'
    ? ok(true)
    : err(answer.error)
}
