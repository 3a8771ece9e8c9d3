import { gapsToShow } from '../ledger/gaps.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { connectionWorked } from '../ledger/health.ts'
import { hurry } from '../ledger/jobs.ts'
import { provenAddressOf } from '../ledger/moves.ts'
import { describeProblem, type Fix } from '../order/problems.ts'
import { writeActivity } from './activity.ts'
import {
  anotherAccount,
  type Asked,
  type Check,
  noSlot,
  passed,
  probe,
  sideOf,
  stopped,
  timeoutOf,
} from './check-steps.ts'
import { callOver, channelFor, type Deps } from './deps.ts'
import { gapSentence } from './gap-words.ts'
import { ensureIdentity } from './identify.ts'
import type { WebhookState } from './ensure-webhooks.ts'
import { dayOf, endsSoon, expiriesOf, expiryProblem } from './warn-of-expiry.ts'
import { withSlot } from './with-slot.ts'

export interface CheckResult {
  connection: string
  ok: boolean
  /** The account it leads to, where it could be asked. */
  account: { id: string; name: string } | null
  checks: Check[]
  fixes: Fix[]
}

/**
 * Tests a connection by asking: reachable, authorised, allowed to do what Waybill does, the same account as ever,
 * webhooks. A connection that was stopped goes on when everything is well.
 */
export async function checkConnection(
  deps: Deps,
  connection: ConnectionRow,
  { publicUrl, waitMs = 30_000 }: { publicUrl: string | null; waitMs?: number },
): Promise<CheckResult> {
  const result = await withSlot(deps, connection.id, waitMs, () => ask(deps, connection))
  if (result === null)
    return {
      connection: connection.name,
      ok: false,
      account: null,
      checks: [noSlot],
      fixes: [{ action: 'check_connection', label: 'Check again' }],
    }
  const checks = [
    ...result.checks,
    ...(await validityChecks(deps, connection)),
    ...addressChecks(connection),
    ...webhookChecks(deps, connection, publicUrl),
    ...(await gapChecks(deps, connection)),
  ]
  const ok = checks.every((check) => check.outcome !== 'fail')
  if (ok)
    await deps.db.transaction().execute(async (tx) => {
      await connectionWorked(tx, connection, deps.now())
      if (connection.failures > 0) await hurry(tx, connection.id, deps.now())
    })
  const toConfirm: Fix[] =
    provenAddressOf(connection) === null
      ? []
      : [{ action: 'confirm_address', label: 'Confirm the new address' }]
  const fixes = [...toConfirm, ...result.fixes]
  return { connection: connection.name, ok, account: result.account, checks, fixes }
}

async function ask(deps: Deps, connection: ConnectionRow): Promise<Asked> {
  const side = await sideOf(deps, connection)
  const ctx = callOver(deps, connection, timeoutOf(side, deps.configOf(connection)))
  const identified = await side.connector.identify(ctx)
  if (!identified.ok) return stopped(identified.error)
  const account = identified.value
  const known = await ensureIdentity(deps, connection, ctx)
  if (!known.ok) return { ...stopped(known.error), account }
  const ids = [account.id, ...(account.also ?? [])]
  if (!ids.includes(known.value.identity ?? ''))
    return { ...stopped(anotherAccount(connection, account)), account }
  const probed = await probe(deps, side, ctx)
  if (!probed.ok) return { ...stopped(probed.error), account }
  return passed(side, account, probed.value)
}

/** What is valid for a time, and for how long. An end that is near is told, and no failure. */
async function validityChecks(deps: Deps, connection: ConnectionRow): Promise<Check[]> {
  await writeActivity(deps)
  const at = deps.now()
  return (await expiriesOf(deps, connection)).map((expiry) => {
    const name = expiry.kind === 'credentials' ? 'Credentials' : 'Certificate'
    if (!endsSoon(expiry, at)) return { name, outcome: 'ok', detail: `valid until ${dayOf(expiry.endsAt)}` }
    const { title, detail, fix } = describeProblem(expiryProblem(connection.name, expiry, at))
    return { name, outcome: 'skipped', detail: `${title}. ${detail}. ${fix}` }
  })
}

function addressChecks(connection: ConnectionRow): Check[] {
  const address = provenAddressOf(connection)
  if (address === null) return []
  const detail = `The shop has moved to ${address}. It is read there; shipments and webhooks wait until you confirm the address: waybill confirm-address ${connection.name}`
  return [{ name: 'Address', outcome: 'fail', detail }]
}

/** What could not be read: what is open, and the last that was closed. */
async function gapChecks(deps: Deps, connection: ConnectionRow): Promise<Check[]> {
  const gaps = (await gapsToShow(deps.db, { closed: 1 })).filter((gap) => gap.connection_id === connection.id)
  return gaps.map((gap) => ({
    name: 'Times not read',
    outcome: gap.closed_at !== null ? 'ok' : gap.out_of_reach !== null ? 'fail' : 'skipped',
    detail: gapSentence(gap, connection.time_zone),
  }))
}

function webhookChecks(deps: Deps, connection: ConnectionRow, publicUrl: string | null): Check[] {
  if (connection.role !== 'channel') return []
  const name = 'Webhooks'
  if (!channelFor(deps, connection).webhooks)
    return [{ name, outcome: 'skipped', detail: 'this kind of shop has none: polling carries everything' }]
  if (publicUrl === null)
    return [
      {
        name,
        outcome: 'skipped',
        detail: 'off, because WAYBILL_PUBLIC_URL is not set: polling carries everything',
      },
    ]
  const state = connection.webhook_state as WebhookState | null
  if (state === null) return [{ name, outcome: 'skipped', detail: 'not set up yet: it happens by itself' }]
  return [{ name, outcome: state.active ? 'ok' : 'fail', detail: state.detail }]
}
