import { err, ok } from '../../result.ts'
import type { ChangedPage, Failure, OrderRef, Outcome, Page, RawOrder, ReadWindow } from '../contract.ts'
import { type Answer, call, type ShopCtx } from './client.ts'
import { glance } from './glance.ts'
import { bareUtc, excluded, nextPosition, positionAt, second } from './keyset.ts'
import { failure, list, listsAnything } from './list.ts'

/**
 * One page of the orders changed in a window, oldest change first. Always asks for a first page, from one second before
 * the second reached (`modified_after` excludes its bound): an order changed meanwhile moves to the end and is read
 * again, where a page 2 would skip its neighbour. Dates are bare UTC beside `dates_are_gmt`, and every status is named.
 * recordings/woocommerce-11.0.1 listing.json: "modified_after …", "race …", "zone …", "status …".
 */
export async function changed(ctx: ShopCtx, window: ReadWindow, page?: Page): Promise<Outcome<ChangedPage>> {
  const at = positionAt(window.from, page)
  const answer = await list(
    ctx,
    {
      modified_after: bareUtc(at.t, -second),
      modified_before: window.to === undefined ? undefined : bareUtc(window.to, second),
      dates_are_gmt: 'true',
      orderby: 'modified',
      order: 'asc',
      per_page: ctx.config.perPage,
      exclude: excluded(at),
    },
    at.t,
  )
  if (!answer.ok) return answer
  const { rows, total } = answer.value
  const full = rows.length >= ctx.config.perPage
  if (full && rows.every((row) => row.modifiedAt < at.t)) return err(ignoresTheDate(ctx, at.t))

  const seen = new Set(at.seen)
  const refs = rows
    .filter((row) => !(row.modifiedAt === at.t && seen.has(row.id)))
    .map(({ id, modifiedAt, body }): OrderRef => ({ id, modifiedAt, raw: { id, body, modifiedAt } }))
  const more = full || rows.length < total
  const times = rows.map(({ id, modifiedAt }) => ({ id, time: modifiedAt }))
  const shown = rows.length > 0 || (await listsAnything(ctx)) ? dateOf(answer.value.answer) : null
  const leftOutSince = at.leftOutSince ?? shown ?? undefined
  // The reading counts as one of that moment: what is later is read again, the orders that were left out among it.
  const channelTime = at.leftOutSince !== undefined && shown !== null ? at.leftOutSince : shown
  const next = more && rows.length > 0 ? nextPosition(at, times) : null
  const leavesOut = next?.stuck === true || at.leftOutSince !== undefined
  return ok({
    refs,
    channelTime,
    ...(next && { next: { ...next, ...(leavesOut && leftOutSince !== undefined && { leftOutSince }) } }),
  })
}

/**
 * One order by its id, else by its number: WooCommerce has no filter by number, so `search` and an exact match (numbers
 * that a plug-in makes are not found by it: recordings order.json "search by that number"). Null when the shop has none,
 * and has orders at all: with its order table gone it lists nothing and knows no id (broken.json "orders table missing").
 */
export async function fetchOrder(ctx: ShopCtx, idOrNumber: string): Promise<Outcome<RawOrder | null>> {
  const wanted = idOrNumber.trim().replace(/^#/, '')
  if (/^[1-9]\d{0,18}$/.test(wanted)) {
    const answer = await call(ctx, { method: 'GET', path: `/orders/${wanted}`, orders: true })
    if (answer.ok) return ok(rawOrder(answer.value.text, wanted))
    if (answer.error.kind !== 'not_found') return answer
  }
  const found = await list(ctx, { search: wanted, per_page: 100 }, new Date(0).toISOString())
  if (!found.ok) return found
  const match = found.value.rows.find(
    ({ body }) => glance({ id: '', body, modifiedAt: null }).number === wanted,
  )
  if (match) return ok({ id: match.id, body: match.body, modifiedAt: match.modifiedAt })
  if (await listsAnything(ctx)) return ok(null)
  return err(
    failure(
      ctx,
      'unavailable',
      'server_error',
      'The shop lists no orders at all: its order table may be missing, so that nothing can be said of one order',
    ),
  )
}

function rawOrder(body: string, asked: string): RawOrder {
  const seen = glance({ id: asked, body, modifiedAt: null })
  return { id: seen.id ?? asked, body, modifiedAt: seen.modifiedAt }
}

export function ignoresTheDate(ctx: ShopCtx, t: string): Failure {
  const detail = `Asked for orders after ${t}, it lists older ones: WooCommerce is older than 5.8, or something on the way drops parameters`
  return failure(ctx, 'invalid_response', 'unreadable_answer', detail)
}

function dateOf(answer: Answer): string | null {
  const time = Date.parse(answer.headers['date'] ?? '')
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
