import { readCursor } from '../ledger/cursors.ts'
import { mainAccount, type Tx } from '../ledger/database.ts'
import { type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import { callOver, channelFor, type Deps } from './deps.ts'
import { readGapJob } from './end-of-outage.ts'
import { ensureIdentity } from './identify.ts'
import { activeRouteOf } from './route.ts'
import { isMissingPermission } from './trouble.ts'

const hourMs = 3_600_000
const soonMs = 5 * 60_000

/** How the shop's webhooks stand, as it was seen last. */
export interface WebhookState {
  active: boolean
  detail: string
  checkedAt: string
  /** When everything was last seen to be as it should. */
  goodAt?: string | undefined
}

/**
 * Sees to it, hourly, that the shop announces its changes to us. A webhook is only a hint: what fails here is shown, and
 * polling carries everything meanwhile. Where the shop had stopped announcing, the time since it was last known to do so
 * is looked through once more, as a gap is.
 */
export async function ensureWebhooks(deps: Deps, job: Job): Promise<void> {
  const { connection } = job
  const { webhooks, timeoutMs } = channelFor(deps, connection)
  const url = deps.hooks.urlOf(connection)
  if (!webhooks || url === null || !(await activeRouteOf(deps.db, connection.id))) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const ctx = callOver(deps, connection, timeoutMs(deps.configOf(connection)))
  const identified = await ensureIdentity(deps, connection, ctx)
  const secret = deps.hooks.secretOf(connection) ?? (await makeSecret(deps, connection.id))
  const ensured = identified.ok ? await webhooks.ensure(ctx, { url, secret }) : identified
  const at = deps.now()
  const before = connection.webhook_state as WebhookState | null
  const state: WebhookState = ensured.ok
    ? {
        active: ensured.value.active,
        detail: ensured.value.detail,
        checkedAt: at.toISOString(),
        goodAt: at.toISOString(),
      }
    : {
        active: false,
        detail: ensured.error.problems[0].detail,
        checkedAt: at.toISOString(),
        goodAt: before?.goodAt,
      }
  // An answer that was lost is looked into soon: the subscription may have been made.
  const wait = ensured.ok || isMissingPermission(ensured.error) ? hourMs : soonMs
  await deps.db.transaction().execute(async (tx) => {
    await tx
      .updateTable('connections')
      .set({ webhook_state: JSON.stringify(state) })
      .where('id', '=', connection.id)
      .execute()
    if (ensured.ok) await connectionWorked(tx, connection, at)
    if (ensured.ok && ensured.value.mended && before?.goodAt !== undefined)
      await lookThrough(deps, tx, connection, { from: new Date(before.goodAt), at })
    await finish(tx, job, deps.workerId, { runAt: new Date(at.getTime() + wait), countAttempt: false })
  })
}

/** Nothing was announced from `from` on: what changed since is read by the poll, now, and looked through afterwards. */
async function lookThrough(
  deps: Deps,
  tx: Tx,
  connection: ConnectionRow,
  { from, at }: { from: Date; at: Date },
): Promise<void> {
  const { id: connectionId } = connection
  await enqueue(tx, [{ kind: 'poll', key: connectionId, connectionId, runAt: at }])
  const cursor = await readCursor(tx, connectionId, 'orders')
  if (cursor === null || cursor.modifiedAt <= from) return
  const gap = { id: deps.newId(), connection_id: connectionId }
  await tx
    .insertInto('gaps')
    .values({
      ...gap,
      account_id: mainAccount,
      reason: 'webhooks',
      problem: null,
      from_at: from,
      to_at: cursor.modifiedAt,
      ended_at: at,
      read_from: new Date(from.getTime() - channelFor(deps, connection).reading.overlapMs),
      opened_at: at,
    })
    .execute()
  await enqueue(tx, [readGapJob(gap, at)])
}

/** Kept before the shop learns it: a delivery must never meet a hub that has forgotten its secret. */
async function makeSecret(deps: Deps, connectionId: string): Promise<string> {
  const secret = deps.hooks.newSecret()
  await deps.db
    .updateTable('connections')
    .set({ hook_secret: deps.hooks.seal(connectionId, secret) })
    .where('id', '=', connectionId)
    .execute()
  return secret
}
