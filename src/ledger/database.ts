import { type Generated, Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { preparing } from './prepared.ts'

/** Columns as PostgreSQL gives them: timestamps as Date, numeric and int8 as strings, jsonb parsed. */
type Json = unknown
type Time = Date

export interface Database {
  accounts: { id: string; name: string }
  settings: { account_id: string; key: string; value: Json }
  connections: {
    id: string
    account_id: string
    name: string
    role: 'channel' | 'backend'
    kind: string
    config: Json
    secrets: Buffer
    hook_secret: Buffer | null
    webhook_state: Json | null
    identity: string | null
    identity_checked: Generated<boolean>
    identity_name: string | null
    time_zone: string | null
    health: Generated<'new' | 'healthy' | 'failing' | 'down' | 'needs_reauthorisation'>
    health_since: Time
    health_problem: Json | null
    failures: Generated<number>
    blocked_until: Time | null
    paused_at: Time | null
    paused_by: string | null
    last_success_at: Time | null
    created_at: Time
    updated_at: Time
    move: Json | null
    hooks_refused: Generated<string>
    hook_refused_at: Time | null
    hook_refused_why: string | null
    told_health: string | null
    told_health_at: Time | null
  }
  connection_hours: {
    connection_id: string
    account_id: string
    hour: Time
    calls: number
    failed: number
    throttled: number
    busy_ms: string
    peak: number
    latency: number[]
  }
  expiries: {
    connection_id: string
    account_id: string
    kind: ExpiryKind
    ends_at: Time
    warned_days: number | null
  }
  routes: {
    id: string
    account_id: string
    name: string
    channel_id: string
    backend_id: string
    statuses: string[]
    filters: Generated<Json>
    since: Time
    every_ms: number
    post_automatic: boolean
    auto_cancel: Json | null
    aged_until: Time | null
    cancelled_after_posting: Generated<'ask' | 'cancel' | 'keep'>
    mapping: Json
    removed_at: Time | null
    created_at: Time
    updated_at: Time
  }
  cursors: {
    connection_id: string
    account_id: string
    stream: string
    modified_at: Time
    row_id: string | null
    page: Json | null
    read_at: Time | null
    touched_at: Time | null
  }
  gaps: {
    id: string
    account_id: string
    connection_id: string
    from_at: Time
    to_at: Time | null
    problem: Json | null
    orders_found: Generated<number>
    opened_at: Time
    closed_at: Time | null
    reason: Generated<'down' | 'needs_reauthorisation' | 'paused' | 'not_running' | 'webhooks'>
    ended_at: Time | null
    placed_from: Time | null
    read_from: Time | null
    position: Json | null
    reached_at: Time | null
    pass: Generated<number>
    pass_began_at: Time | null
    found_in_pass: Generated<number>
    confirmed_at: Time | null
    out_of_reach: Json | null
    closed_by: string | null
    told_at: Time | null
  }
  raw_payloads: {
    id: string
    account_id: string
    connection_id: string
    channel_order_id: string
    sha256: Buffer
    body: Buffer
    received_at: Time
  }
  orders: {
    id: string
    account_id: string
    route_id: string
    channel_id: string
    backend_id: string
    channel_order_id: string
    number: string
    status: string
    reason: string | null
    hold: Json | null
    cancel_reason: string | null
    status_before_cancel: string | null
    import_anyway: Generated<boolean>
    channel_status: string | null
    placed_at: Time | null
    modified_at: Time | null
    first_seen_at: Time
    updated_at: Time
    currency: string | null
    total: string | null
    customer_name: string | null
    customer_email: string | null
    skus: Generated<string[]>
    raw_id: string
    posted_raw_id: string | null
    external_id: string
    replacements: Generated<number>
    record_id: string | null
    record_number: string | null
    record_url: string | null
    record_lines: Json | null
    record_total: string | null
    total_accepted: Generated<boolean>
    missing_accepted: Generated<boolean>
    posted_at: Time | null
    post_attempts: Generated<number>
    next_attempt_at: Time | null
    unknown_until: Time | null
    cancels_at: Time | null
    changed_after_posting_at: Time | null
    cancel_requested_at: Time | null
    ignored_raw_id: string | null
    cancel_kept_at: Time | null
  }
  tombstones: {
    order_id: string
    account_id: string
    channel_id: string
    channel_order_id: string
    number: string
    status: string
    deleted_at: Time
    deleted_by: string
    why: string | null
  }
  order_search: {
    order_id: string
    account_id: string
    part: 'order' | 'record'
    text: string
    placed_at: Time | null
    head: string | null
  }
  order_counts: { account_id: string; channel_id: string; backend_id: string; status: string; n: string }
  order_count_changes: {
    account_id: string
    channel_id: string
    backend_id: string
    from_status: string | null
    to_status: string | null
    n: number
  }
  record_changes: {
    id: string
    account_id: string
    order_id: string
    kind: 'update' | 'replace' | 'cancel'
    state: 'waiting' | 'sending' | 'done' | 'refused'
    raw_id: string
    record_id: string
    record_number: string | null
    actor: string
    asked_at: Time
    unknown_until: Time | null
    ended_at: Time | null
    detail: Generated<Json>
  }
  events: {
    id: Generated<string>
    account_id: string
    order_id: string | null
    connection_id: string | null
    at: Time
    kind: string
    actor: string
    status_from: string | null
    status_to: string | null
    detail: Generated<Json>
  }
  workers: { id: string; lock_key: string; role: string; host: string; pid: number; started_at: Time }
  jobs: {
    id: Generated<string>
    account_id: string
    kind: string
    key: string
    connection_id: string
    order_id: string | null
    payload: Generated<Json>
    priority: Generated<number>
    run_at: Time
    attempts: Generated<number>
    deaths: Generated<number>
    worker: string | null
    again_at: Time | null
  }
  slots: {
    connection_id: string
    account_id: string
    n: number
    worker: string | null
    free_at: Time | null
  }
  attempts: {
    id: string
    account_id: string
    order_id: string
    kind: string
    started_at: Time
    finished_at: Time | null
    outcome: string | null
    detail: string | null
    exchanges: Buffer | null
  }
  shipments: {
    id: string
    account_id: string
    order_id: string
    backend_shipment_id: string
    status: 'pending' | 'sending' | 'sent' | 'error'
    carrier: string | null
    tracking_numbers: string[]
    shipped_at: Time
    lines: Json
    completes_order: boolean
    channel_shipment_id: string | null
    unknown_until: Time | null
    seen_at: Time
    sent_at: Time | null
    told: Json | null
  }
  problems: {
    id: string
    account_id: string
    order_id: string | null
    shipment_id: string | null
    connection_id: string
    code: string
    subject: string
    fingerprint: string
    detail: string
    vendor_message: string | null
    opened_at: Time
    closed_at: Time | null
    told_at: Time | null
  }
  told_kinds: { account_id: string; code: string; told_at: Time }
  webhooks: {
    id: Generated<string>
    account_id: string
    connection_id: string
    subscription: string
    delivery: string
    body_hash: Buffer
    topic: string
    body: Buffer
    received_at: Time
    channel_order_id: string | null
  }
  imports: {
    id: string
    account_id: string
    connection_id: string
    actor: string
    anyway: boolean
    from_at: Time | null
    to_at: Time | null
    created_at: Time
    finished_at: Time | null
  }
  import_items: {
    import_id: string
    account_id: string
    query: string
    state:
      'waiting' | 'imported' | 'already_here' | 'held' | 'unreadable' | 'not_found' | 'deleted' | 'failed'
    order_id: string | null
    detail: string | null
  }
  reconciliations: {
    id: string
    account_id: string
    channel_id: string
    backend_id: string
    actor: string
    time_zone: string
    from_at: Time
    to_at: Time
    step: ReconciliationStep
    page: Json | null
    trouble: string | null
    created_at: Time
    finished_at: Time | null
  }
  reconciliation_orders: {
    reconciliation_id: string
    account_id: string
    subject: string
    day: string
    order_id: string | null
    at_channel: Generated<boolean>
    in_backend: Generated<boolean>
    imported: 'new' | 'changed' | null
    channel_finding: 'deleted' | 'not_listed' | 'not_wanted' | 'older' | 'hidden' | 'not_told' | null
    backend_finding:
      'missing' | 'external_id_changed' | 'not_linked' | 'other_record' | 'earlier_record' | 'not_told' | null
    note: string | null
    record_id: string | null
    record_number: string | null
    missed_at: Time | null
    verdict: 'same' | 'imported' | 'explained' | 'unexplained' | null
    kind: string | null
    detail: string | null
  }
  reconciliation_days: {
    reconciliation_id: string
    account_id: string
    day: string
    at_channel: number
    in_ledger: number
    in_backend: number
    imported: number
    explained: number
    unexplained: number
  }
  notices: {
    id: string
    account_id: string
    kind: string
    connection_id: string | null
    at: Time
    detail: Generated<Json>
    delivered_at: Time | null
    mailed_at: Time | null
    handed_out_at: Time | null
  }
  mailed_notices: { notice_id: string; account_id: string; address: string; at: Time }
  unwanted_mails: { account_id: string; address: string; kind: string; at: Time }
  outgoing: {
    notice_id: string
    account_id: string
    receiver: string
    made_at: Time
    next_at: Time
    trouble: Json | null
    ended_at: Time | null
    taken: Generated<boolean>
  }
  receivers: {
    account_id: string
    receiver: string
    failures: number
    trouble: Json | null
    next_at: Time | null
  }
  cancel_warnings: { order_id: string; account_id: string; before_ms: string; notice_id: string }
  saved_views: {
    account_id: string
    key: string
    name: string
    query: Json
    created_at: Time
    updated_at: Time
  }
  sessions: {
    token_hash: Buffer
    account_id: string
    kind: 'link' | 'session' | 'api'
    created_at: Time
    expires_at: Time | null
    used_at: Time | null
  }
}

/** What ends by itself: the credentials of a connection, or the certificate of its address. */
export type ExpiryKind = 'credentials' | 'certificate'

/** What a reconciliation does at the moment, in this order; see src/flows/reconcile.ts. */
export type ReconciliationStep =
  'channel' | 'unlisted' | 'backend' | 'missing' | 'unknown' | 'explain' | 'done'

export type Db = Kysely<Database>
export type Tx = Transaction<Database>

/** The one account of this version. Every query names it, so that many can follow. */
export const mainAccount = 'main'

/**
 * Opens the ledger. A lost server does not end the process here: the next query fails with a connection error, and who
 * asked decides. `pool.end()` closes it: `db.destroy()` ends no pool that was used without Kysely.
 */
export function openDatabase(
  config: pg.PoolConfig,
  onError: (error: Error) => void,
): { db: Db; pool: pg.Pool } {
  // Few and long: a session that is new plans every statement anew, at the cost of the orders that wait for it.
  const pool = new pg.Pool({ max: 10, idleTimeoutMillis: 60_000, ...config })
  pool.on('error', onError)
  // The pool listens to idle connections only: one that ends while a transaction holds it, between two queries, would
  // end the process with it. Its next query fails, and says so to who asked.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return { db: new Kysely<Database>({ dialect: new PostgresDialect({ pool: preparing(pool) }) }), pool }
}

/** Reads with several statements what belongs together, as it was at one moment. Nothing can be written. */
export const inSnapshot = <T>(db: Db, read: (snapshot: Tx) => Promise<T>): Promise<T> =>
  db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)

/**
 * In a statement's result: its commit does not wait for the disk. For what is done again when it is lost, and nothing
 * outside goes by: whatever is committed after it, and does wait, takes it along to the disk.
 * https://www.postgresql.org/docs/18/wal-async-commit.html
 */
export const notWaitedFor = sql`set_config('synchronous_commit', 'off', true)`

/** Whether the error says that the database could not be reached or went away, not that the query was wrong. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: string }).code ?? ''
  return (
    /^(57P0[1-5]|08\w{3}|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/.test(code) ||
    /terminated unexpectedly|Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(
      error.message,
    )
  )
}
