import { decompress } from '../compress.ts'
import { type Db, mainAccount } from '../database.ts'
import type { OrderRow } from '../orders.ts'

export interface RecentOrder {
  order: OrderRow
  /** What its record was made of where it has one, else the newest version; as the channel sent it. */
  body: string
}

/** The channel's newest orders, whatever has become of them. */
export async function recentOrders(db: Db, channelId: string, limit: number): Promise<RecentOrder[]> {
  const newest = db
    .selectFrom('orders')
    .selectAll()
    .where('account_id', '=', mainAccount)
    .where('channel_id', '=', channelId)
    .orderBy('placed_at', (by) => by.desc().nullsFirst())
    .orderBy('id', 'desc')
    .limit(limit)
  const rows = await db
    .selectFrom(newest.as('newest'))
    .innerJoin('raw_payloads', (join) =>
      join.on((on) =>
        on(
          'raw_payloads.id',
          '=',
          on
            .case()
            .when('newest.record_id', 'is not', null)
            .then(on.fn.coalesce('newest.posted_raw_id', 'newest.raw_id'))
            .else(on.ref('newest.raw_id'))
            .end(),
        ),
      ),
    )
    .selectAll('newest')
    .select('raw_payloads.body')
    .orderBy('newest.placed_at', (by) => by.desc().nullsFirst())
    .orderBy('newest.id', 'desc')
    .execute()
  return rows.map(({ body, ...order }) => ({ order: order as OrderRow, body: decompress(body) }))
}
