import { sql } from 'kysely'
import { mainAccount } from '../database.ts'
import { isWaitedFor } from './order-filter.ts'

/**
 * The open problems of the orders that wait for somebody, with what is added up of each order. Nearly all of these orders
 * are stopped: an index has all of them together, and only the others are read where they are.
 */
export const openProblems = sql`
  SELECT p.id, p.fingerprint, p.connection_id, p.code, p.subject, p.detail, p.vendor_message, p.opened_at, p.order_id,
    coalesce(stopped.route_id, other.route_id) AS route_id, coalesce(stopped.currency, other.currency) AS currency,
    coalesce(stopped.total, other.total) AS total, coalesce(stopped.cancels_at, other.cancels_at) AS cancels_at
  FROM problems p
  LEFT JOIN orders stopped ON stopped.account_id = p.account_id AND stopped.id = p.order_id
    AND stopped.status IN ('import_error', 'post_error', 'shipment_error')
  LEFT JOIN LATERAL (
    SELECT o.id, o.route_id, o.currency, o.total, o.cancels_at FROM orders o
    WHERE stopped.id IS NULL AND o.id = p.order_id AND ${isWaitedFor} OFFSET 0) AS other ON true
  WHERE p.account_id = ${mainAccount} AND p.closed_at IS NULL AND (stopped.id IS NOT NULL OR other.id IS NOT NULL)`
