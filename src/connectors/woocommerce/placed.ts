import { err, ok } from '../../result.ts'
import type { Outcome, Page, PlacedRef } from '../contract.ts'
import type { ShopCtx } from './client.ts'
import { glance } from './glance.ts'
import { bareUtc, excluded, nextPosition, positionAt, second } from './keyset.ts'
import { list, type Row } from './list.ts'
import { ignoresTheDate } from './orders.ts'

/**
 * One page of the orders placed in a window. As `changed` reads: every status named, always a first page, from one
 * second before the second reached, since `after` excludes its bound (recordings/woocommerce-11.0.1 listing.json
 * "created after equal second"). The list gives the orders whole, for a change that moved no date shows in the body alone;
 * `_fields` would make the answer small and hide it. An empty list proves nothing; `fetchOrder` tells of each order.
 */
export async function placed(
  ctx: ShopCtx,
  window: { from: string; to: string },
  page?: Page,
): Promise<Outcome<{ refs: PlacedRef[]; next?: Page }>> {
  const at = positionAt(window.from, page)
  const answer = await list(
    ctx,
    {
      after: bareUtc(at.t, -second),
      before: bareUtc(window.to, second),
      dates_are_gmt: 'true',
      orderby: 'date',
      order: 'asc',
      per_page: ctx.config.perPage,
      exclude: excluded(at),
    },
    at.t,
  )
  if (!answer.ok) return answer
  const { total } = answer.value
  const rows = timed(answer.value.rows, at.t)
  const full = rows.length >= ctx.config.perPage
  if (full && rows.every((row) => row.time < at.t)) return err(ignoresTheDate(ctx, at.t))

  const seen = new Set(at.seen)
  const to = new Date(window.to).toISOString()
  const refs = rows
    .filter(({ id, time }) => !(time === at.t && seen.has(id)) && time < to)
    .map(({ id, time, modifiedAt, body, hidden }): PlacedRef =>
      hidden ? { id: null, placedAt: time } : { id, placedAt: time, raw: { id, body, modifiedAt } },
    )
  const more = full || rows.length < total
  return ok({ refs, ...(more && rows.length > 0 ? { next: nextPosition(at, rows) } : {}) })
}

/** An order that does not tell when it was placed keeps its place by its neighbour's time. */
function timed(rows: Row[], timeless: string): (Row & { time: string })[] {
  let previous = timeless
  return rows.map((row) => {
    previous = glance({ ...row, modifiedAt: null }).placedAt ?? previous
    return { ...row, time: previous }
  })
}
