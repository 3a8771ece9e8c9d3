// A ledger of a large shop of some years, made in SQL: the same one for the same seed.
import type { Pool } from 'pg'

export interface Ends {
  channels: { name: string; share: number }[]
  backend: string
}

/** A whole number below `below`, drawn from the order's number `g`, the seed, and what it is for. */
const draw = (purpose: number, below: string | number) =>
  `(abs(hashint8extended(g, seed * 1000 + ${purpose})) % (${below}))`

/** The lower numbers come much more often than the higher ones, as customers and articles do. */
const drawFew = (purpose: number, below: number) =>
  `floor(${below} * power(${draw(purpose, 1_000_000)} / 1e6, 3))::int`

const syllables = `ARRAY['ba','ker','lin','son','mar','tha','vel','der','ros','hol','win','ton','sch','mid','gra','ham',
  'cor','bet','dun','ley','fal','kan','mor','rix','nau','per','quin','sta','ter','uhl','wal','zim']`
const name = (n: string, parts: number) =>
  `initcap(${Array.from({ length: parts }, (_, i) => `(${syllables})[1 + (${n} / ${32 ** i}) % 32]`).join(' || ')})`

/** Puts `count` orders into a migrated ledger whose connections and routes are there, the newest placed at `end`. */
export async function fillLedger(
  pool: Pool,
  { count, end, seed, channels, backend }: { count: number; end: Date; seed: number } & Ends,
): Promise<void> {
  const client = await pool.connect()
  const { rows } = await client.query<{ definition: string }>(
    `SELECT pg_get_indexdef('order_search_trigrams'::regclass) AS definition`,
  )
  try {
    // What the triggers and keys would do for each order is done for all of them below.
    await client.query(`SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET work_mem = '64MB';
      SET synchronous_commit = off; DROP INDEX order_search_trigrams`)
    await client.query(`
      CREATE TEMPORARY TABLE share AS
      SELECT c.id AS channel_id, r.id AS route_id, r.backend_id, given.until,
        lag(given.until, 1, 0::float8) OVER (ORDER BY given.until) AS since
      FROM (VALUES ${upTo(channels)}) AS given (name, until)
      JOIN connections c ON c.name = given.name JOIN routes r ON r.channel_id = c.id
      JOIN connections b ON b.id = r.backend_id AND b.name = '${backend}';
      INSERT INTO raw_payloads (id, account_id, connection_id, channel_order_id, sha256, body, received_at)
      SELECT channel_id, 'main', channel_id, 'all', '', '', '${end.toISOString()}' FROM share`)
    await client.query(orders(count, end, seed))
    await client.query(`
      INSERT INTO problems (id, account_id, order_id, connection_id, code, subject, fingerprint, detail, opened_at, closed_at)
      SELECT gen_random_uuid(), 'main', id, backend_id, code, subject, code || ':' || subject, 'As NetSuite said', placed_at,
        CASE WHEN status LIKE '%_error' THEN NULL ELSE placed_at + interval '1 hour' END
      FROM (SELECT o.*, (ARRAY['unknown_sku','missing_field','period_closed','rejected'])[1 + k % 4] AS code,
          'S' || k % 60 AS subject
        FROM orders o CROSS JOIN LATERAL (SELECT abs(hashtext(number)) AS k) AS drawn
        WHERE status LIKE '%_error' OR k % 40 = 0) AS stopped`)
    await client.query(`
      INSERT INTO order_search (order_id, account_id, part, text, placed_at, head)
        SELECT id, account_id, 'order', order_names(orders), placed_at, left(search_form(number), 2) FROM orders
        UNION ALL SELECT id, account_id, 'record', E'\\n' || search_form(record_number) || E'\\n', placed_at, NULL
        FROM orders WHERE record_number IS NOT NULL ORDER BY placed_at;
      INSERT INTO order_counts SELECT account_id, channel_id, backend_id, status, count(*) FROM orders GROUP BY 1, 2, 3, 4`)
    await client.query(rows[0]!.definition)
    await client.query('VACUUM (ANALYZE)')
    await client.query('CHECKPOINT')
  } finally {
    client.release(true)
  }
}

function upTo(channels: Ends['channels']): string {
  let until = 0
  return channels.map(({ name, share }) => `('${name}', ${(until += share)}::float8)`).join(', ')
}

const orders = (count: number, end: Date, seed: number) => `
  INSERT INTO orders (id, account_id, route_id, channel_id, backend_id, channel_order_id, number, status, hold, channel_status,
    placed_at, modified_at, first_seen_at, updated_at, currency, total, customer_name, customer_email, skus, raw_id,
    external_id, record_id, record_number, record_url, posted_at, post_attempts, changed_after_posting_at)
  SELECT (lpad(to_hex((extract(epoch FROM placed) * 1000)::bigint), 12, '0') || '7' ||
      substr(md5(g::text), 1, 3) || '8' || substr(md5(g::text), 4, 15))::uuid, 'main', share.route_id, share.channel_id,
    share.backend_id, (7000000 + g * 3)::text, (100000 + g)::text, status,
    CASE WHEN status = 'held' THEN jsonb_build_object('rule', 'status', 'detail', 'Its status in the shop is not imported',
      'found', held_for, 'wanted', 'processing') END,
    CASE WHEN status = 'held' THEN held_for ELSE 'processing' END, placed, placed, placed,
    placed + (CASE WHEN status = 'complete' THEN ${draw(1, 400_000)} ELSE ${draw(2, 600)} END) * interval '1 second',
    currency, total, first || ' ' || last,
    lower(first || '.' || last) || customer % 97 || '@' || domain,
    ARRAY(SELECT 'SKU-' || lpad((${drawFew(3, 5000)} + n * 37)::text, 5, '0') FROM generate_series(0, ${draw(4, 3)}) AS n),
    share.channel_id, 'wb_woocommerce_' || left(share.channel_id::text, 8) || '_' || (7000000 + g * 3),
    CASE WHEN in_backend THEN (4000000 + g)::text END, CASE WHEN in_backend THEN 'SO' || (200000 + g) END,
    CASE WHEN in_backend THEN 'https://netsuite.example/app/' || (4000000 + g) END,
    CASE WHEN in_backend THEN placed + interval '40 seconds' END, 1,
    CASE WHEN status = 'posted' AND ${draw(5, 100)} = 0 THEN placed + interval '2 hours' END
  FROM (
    SELECT g, seed, placed, customer, total, currency, status,
      (ARRAY['pending','pending','on-hold','failed'])[1 + ${draw(13, 4)}] AS held_for,
      status IN ('posted', 'partially_shipped', 'shipment_error', 'complete') AS in_backend,
      ${name('(customer % 1024)', 2)} AS first, ${name('(customer / 7)', 3)} AS last,
      CASE WHEN customer % 10 < 4 THEN 'gmail.com' ELSE 'mail' || customer % 211 || '.example' END AS domain
    FROM (
      SELECT g, seed, date_trunc('milliseconds', '${end.toISOString()}'::timestamptz - (${count} - g) * interval '95 seconds'
          - ${draw(6, 90)} * interval '1 second') AS placed,
        ${drawFew(7, 220_000)} AS customer,
        round((5 + 60 * exp(3 * power(${draw(8, 1_000_000)} / 1e6, 2) - 0.5))::numeric, 2) AS total,
        (ARRAY['EUR','EUR','EUR','EUR','EUR','EUR','USD','USD','GBP','CHF'])[1 + ${draw(9, 10)}] AS currency,
        CASE WHEN g > ${count} - 300 THEN (ARRAY['scheduled','scheduled','posting','verifying'])[1 + ${draw(10, 4)}]
          WHEN ${draw(11, 1000)} < 5 THEN 'post_error'
          WHEN ${draw(11, 1000)} < 6 THEN 'shipment_error'
          WHEN ${draw(11, 1000)} < 30 THEN 'held'
          WHEN ${draw(11, 1000)} < 80 THEN 'cancelled'
          WHEN ${draw(11, 1000)} < 83 THEN 'imported'
          WHEN g > ${count} * 0.96 THEN 'posted'
          WHEN ${draw(11, 1000)} < 95 THEN 'partially_shipped'
          ELSE 'complete' END AS status
      FROM generate_series(1::bigint, ${count}) AS g CROSS JOIN (SELECT ${seed}::bigint AS seed) AS seeded) AS drawn) AS orders
  JOIN share ON ${draw(12, 10_000)} / 1e4 >= share.since AND ${draw(12, 10_000)} / 1e4 < share.until
  ORDER BY g`
