import { connectionWorked } from '../ledger/health.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import { callOver, channelFor, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { activeRouteOf } from './route.ts'
import { isSystemic } from './trouble.ts'

const hourMs = 3_600_000
const soonMs = 5 * 60_000

/** How the shop's webhooks stand, as it was seen last. */
export interface WebhookState {
  active: boolean
  detail: string
  checkedAt: string
}

/**
 * Sees to it, hourly, that the shop announces its changes to us. A webhook is only a hint: what fails here is shown, and
 * polling carries everything meanwhile.
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
  const state: WebhookState = ensured.ok
    ? { ...ensured.value, checkedAt: at.toISOString() }
    : { active: false, detail: ensured.error.problems[0].detail, checkedAt: at.toISOString() }
  const wait = ensured.ok || !isSystemic(ensured.error) ? hourMs : soonMs
  await deps.db.transaction().execute(async (tx) => {
    await tx
      .updateTable('connections')
      .set({ webhook_state: JSON.stringify(state) })
      .where('id', '=', connection.id)
      .execute()
    if (ensured.ok) await connectionWorked(tx, connection, at)
    await finish(tx, job, deps.workerId, { runAt: new Date(at.getTime() + wait), countAttempt: false })
  })
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
