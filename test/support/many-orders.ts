import { randomUUID } from 'node:crypto'
import type { ClientBase, Pool } from 'pg'

export interface Ends {
  shops: [string, string]
  netsuite: string
}

/** Two shops, a NetSuite and the routes between them, without anything that answers there. */
export async function makeEnds(pool: Pool): Promise<Ends> {
  const [first, second, netsuite] = [randomUUID(), randomUUID(), randomUUID()]
  const at = '2026-03-01T00:00:00Z'
  for (const [id, name, role, kind] of [
    [first, 'first-shop', 'channel', 'woocommerce'],
    [second, 'second-shop', 'channel', 'woocommerce'],
    [netsuite, 'netsuite', 'backend', 'netsuite'],
  ] as const)
    await pool.query(
      `INSERT INTO connections (id, account_id, name, role, kind, config, secrets, health_since, created_at, updated_at)
       VALUES ($1, 'main', $2, $3, $4, '{}', '', $5, $5, $5)`,
      [id, name, role, kind, at],
    )
  for (const shop of [first, second])
    await pool.query(
      `INSERT INTO routes (id, account_id, name, channel_id, backend_id, statuses, since, every_ms, post_automatic, mapping,
         created_at, updated_at)
       VALUES ($1::uuid, 'main', $1::text, $1::uuid, $2, '{}', $3, 60000, true, '{}', $3, $3)`,
      [shop, netsuite, at],
    )
  for (const shop of [first, second])
    await pool.query(
      `INSERT INTO raw_payloads (id, account_id, connection_id, channel_order_id, sha256, body, received_at)
       VALUES ($1::uuid, 'main', $1::uuid, 'any', '', '', $2)`,
      [shop, at],
    )
  return { shops: [first, second], netsuite }
}

/** Scheduled orders with the numbers from `from` on. Orders that are there already stay as they are. */
export async function putOrders(
  client: Pool | ClientBase,
  { shops, netsuite }: Ends,
  { from, count, shop }: { from: number; count: number; shop: number },
): Promise<void> {
  await client.query(
    `INSERT INTO orders (id, account_id, route_id, channel_id, backend_id, channel_order_id, number, status, placed_at,
       first_seen_at, updated_at, raw_id, external_id)
     SELECT gen_random_uuid(), 'main', $1, $1, $2, g, g, 'scheduled', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z',
       '2026-03-01T00:00:00Z', $1, $5 || '_' || g
     FROM generate_series($3::int, $3::int + $4::int - 1) AS g ON CONFLICT DO NOTHING`,
    [shops[shop], netsuite, from, count, `wb_${shop}`],
  )
}
