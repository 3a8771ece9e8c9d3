import { z } from 'zod'
import { err, ok } from '../../result.ts'
import type { ChannelStatus, Outcome } from '../contract.ts'
import { call, type ShopCtx } from './client.ts'

export const defaultStatuses: ChannelStatus[] = [
  { code: 'processing', label: 'Processing', importByDefault: true },
  { code: 'completed', label: 'Completed', importByDefault: true },
  { code: 'on-hold', label: 'On hold', importByDefault: false },
  { code: 'pending', label: 'Pending payment', importByDefault: false },
  { code: 'cancelled', label: 'Cancelled', importByDefault: false },
  { code: 'refunded', label: 'Refunded', importByDefault: false },
  { code: 'failed', label: 'Failed', importByDefault: false },
  { code: 'checkout-draft', label: 'Draft', importByDefault: false },
]

export const cancelledStatuses = ['cancelled', 'trash', 'refunded', 'failed']

/** What lists leave out unless it is named: recordings/woocommerce-11.0.1 listing.json "status any", "status any,trash". */
const unlisted: ChannelStatus[] = [
  { code: 'trash', label: 'In the trash', importByDefault: false },
  { code: 'auto-draft', label: 'Not saved yet', importByDefault: false },
]

const totals = z.array(z.object({ slug: z.string(), name: z.string().catch('') }))

/**
 * Every status the shop knows, plug-ins' included (recordings identity.json "order statuses": reports/orders/totals
 * lists every registered one), the ones its lists leave out, and those configured by hand.
 */
export async function statuses(ctx: ShopCtx): Promise<Outcome<ChannelStatus[]>> {
  const answer = await call(ctx, { method: 'GET', path: '/reports/orders/totals' })
  if (!answer.ok) return answer
  const known = totals.safeParse(answer.value.value)
  const registered = known.success
    ? known.data
    : defaultStatuses.map(({ code, label }) => ({ slug: code, name: label }))
  const all = new Map<string, ChannelStatus>()
  for (const { slug, name } of registered)
    all.set(slug, {
      code: slug,
      label: name || slug,
      importByDefault: slug === 'processing' || slug === 'completed',
    })
  for (const status of unlisted) all.set(status.code, status)
  for (const code of ctx.config.extraStatuses)
    if (!all.has(code)) all.set(code, { code, label: code, importByDefault: false })
  return ok([...all.values()])
}

const keptForMs = 10 * 60_000
const memoryKey = 'woocommerce.statuses'

/**
 * The `status` parameter that makes a list leave nothing out. Kept for ten minutes; asked anew after `forget`. A key
 * that may not read reports gets the statuses of WooCommerce itself.
 */
export async function everyStatus(ctx: ShopCtx): Promise<Outcome<string>> {
  const kept = ctx.memory.get(memoryKey) as { list: string; until: number } | undefined
  if (kept && kept.until > ctx.now().getTime()) return ok(kept.list)
  const found = await statuses(ctx)
  if (!found.ok && found.error.problems[0].code !== 'permission_missing') return err(found.error)
  const known = found.ok ? found.value : [...defaultStatuses, ...unlisted]
  const list = known.map(({ code }) => code).join(',')
  ctx.memory.set(memoryKey, { list, until: ctx.now().getTime() + keptForMs })
  return ok(list)
}

export const forgetStatuses = (ctx: ShopCtx) => ctx.memory.delete(memoryKey)

/** Statuses the shop named in refusing one: the list to go on with. Null when the message is another one. */
export function statusesNamedIn(message: string | null): string | null {
  const named = /is not one of (.+?)\.?$/.exec(message ?? '')?.[1]
  if (named === undefined) return null
  return named
    .split(/,\s*(?:and\s+)?|\s+and\s+/)
    .map((code) => code.trim())
    .filter((code) => code !== '' && code !== 'any')
    .join(',')
}
