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
  const listed = await registered(ctx)
  if (!listed.ok) return listed
  const extra = ctx.config.extraStatuses.filter(
    (code) => !listed.value.some((status) => status.code === code),
  )
  return ok([...listed.value, ...extra.map((code) => ({ code, label: code, importByDefault: false }))])
}

async function registered(ctx: ShopCtx): Promise<Outcome<ChannelStatus[]>> {
  const answer = await call(ctx, { method: 'GET', path: '/reports/orders/totals' })
  if (!answer.ok) return answer
  const known = totals.safeParse(answer.value.value)
  const credible = known.success && known.data.some(({ slug }) => slug === 'processing')
  const registered = credible
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
  return ok([...all.values()])
}

const keptForMs = 10 * 60_000
const memoryKey = 'woocommerce.statuses'

/**
 * The `status` parameter of a list. `every` leaves nothing out; `registered` does without the statuses configured by
 * hand; `any` is all that is left when the shop refuses even those it named. The shop's own are kept for ten minutes,
 * and asked anew after `forgetStatuses`; a key that may not read reports gets the statuses of WooCommerce itself.
 */
export async function statusParameter(
  ctx: ShopCtx,
  which: 'every' | 'registered' | 'any',
): Promise<Outcome<string>> {
  if (which === 'any') return ok('any')
  const listed = await listedStatuses(ctx)
  if (!listed.ok) return listed
  const extra = which === 'every' ? ctx.config.extraStatuses : []
  return ok([...new Set([...listed.value, ...extra])].join(','))
}

async function listedStatuses(ctx: ShopCtx): Promise<Outcome<string[]>> {
  const kept = ctx.memory.get(memoryKey) as { codes: string[]; until: number } | undefined
  if (kept && kept.until > ctx.now().getTime()) return ok(kept.codes)
  const found = await registered(ctx)
  if (!found.ok && found.error.problems[0].code !== 'permission_missing') return err(found.error)
  const codes = (found.ok ? found.value : [...defaultStatuses, ...unlisted]).map(({ code }) => code)
  ctx.memory.set(memoryKey, { codes, until: ctx.now().getTime() + keptForMs })
  return ok(codes)
}

export const forgetStatuses = (ctx: ShopCtx) => ctx.memory.delete(memoryKey)
