import type { AccountIdentity, Ctx, Failure, Outcome } from '../connectors/contract.ts'
import { gapsToShow } from '../ledger/gaps.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { connectionWorked } from '../ledger/health.ts'
import { hurry } from '../ledger/jobs.ts'
import { provenAddressOf } from '../ledger/moves.ts'
import { describeProblem, type Fix, type ProblemCode } from '../order/problems.ts'
import { backendFor, callOver, channelFor, type Deps } from './deps.ts'
import { gapSentence } from './gap-words.ts'
import { ensureIdentity } from './identify.ts'
import type { WebhookState } from './ensure-webhooks.ts'
import { activeRouteOf } from './route.ts'
import { withSlot } from './with-slot.ts'

export interface Check {
  name: string
  outcome: 'ok' | 'fail' | 'skipped'
  detail: string
}

export interface CheckResult {
  connection: string
  ok: boolean
  /** The account it leads to, where it could be asked. */
  account: { id: string; name: string } | null
  checks: Check[]
  fixes: Fix[]
}

const steps = ['Reachable', 'Answers as expected', 'Authorised', 'Permissions', 'Same account'] as const
type Step = (typeof steps)[number]

const stepOf: Partial<Record<ProblemCode, Step>> = {
  address_unknown: 'Reachable',
  address_not_allowed: 'Reachable',
  certificate_invalid: 'Reachable',
  connection_refused: 'Reachable',
  connection_lost: 'Reachable',
  timed_out: 'Reachable',
  credentials_refused: 'Authorised',
  permission_missing: 'Permissions',
  different_account: 'Same account',
  account_already_connected: 'Same account',
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
      checks: [
        {
          name: 'Budget',
          outcome: 'fail',
          detail:
            'All calls that the account allows at once are in use by Waybill itself. Try again in a minute.',
        },
      ],
      fixes: [{ action: 'check_connection', label: 'Check again' }],
    }
  const checks = [
    ...result.checks,
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

type Asked = Pick<CheckResult, 'account' | 'checks' | 'fixes'>

async function ask(deps: Deps, connection: ConnectionRow): Promise<Asked> {
  const config = deps.configOf(connection)
  const timeoutMs =
    connection.role === 'channel'
      ? channelFor(deps, connection).timeoutMs(config)
      : backendFor(deps, connection).timing(config).timeoutMs
  const ctx = callOver(deps, connection, timeoutMs)
  const side = connection.role === 'channel' ? channelFor(deps, connection) : backendFor(deps, connection)
  const identified = await side.identify(ctx)
  if (!identified.ok) return stopped(identified.error)
  const account = identified.value
  const known = await ensureIdentity(deps, connection, ctx)
  if (!known.ok) return { ...stopped(known.error), account }
  const ids = [account.id, ...(account.also ?? [])]
  if (!ids.includes(known.value.identity ?? ''))
    return { ...stopped(anotherAccount(connection, account)), account }
  const probed = await probe(deps, connection, ctx)
  if (!probed.ok) return { ...stopped(probed.error), account }
  return {
    account: { id: account.id, name: account.name },
    fixes: [],
    checks: [
      ...steps.map((name) => ({
        name,
        outcome: 'ok' as const,
        detail: wellOf(name, side.label, connection.role, account),
      })),
      ...account.warnings.map((detail) => ({ name: 'Note', outcome: 'skipped' as const, detail })),
      ...probed.value,
    ],
  }
}

function wellOf(step: Step, label: string, role: ConnectionRow['role'], account: AccountIdentity): string {
  switch (step) {
    case 'Reachable':
      return 'its address answers'
    case 'Answers as expected':
      return `it speaks as ${label} does`
    case 'Authorised':
      return 'the credentials are accepted'
    case 'Permissions':
      return role === 'channel' ? 'orders can be read' : 'orders and items can be read'
    case 'Same account':
      return `"${account.name}"`
  }
}

/** The steps up to the one that failed, and what to do about it. */
/** Texts of different hands as one: each ends with one full stop. */
const sentences = (texts: (string | null)[]): string =>
  texts.flatMap((text) => (text ? [`${text.trim().replace(/[.\s]+$/, '')}.`] : [])).join(' ')

function stopped(failure: Failure): Asked {
  const problem = describeProblem(failure.problems[0])
  const failing = stepOf[problem.code] ?? 'Answers as expected'
  const at = steps.indexOf(failing)
  return {
    account: null,
    checks: steps.map((name, i) => {
      if (i < at) return { name, outcome: 'ok', detail: 'yes' }
      if (i > at) return { name, outcome: 'skipped', detail: 'could not be asked' }
      const words = [
        problem.title,
        problem.detail,
        problem.vendorMessage && `It said: ${problem.vendorMessage}`,
      ]
      return { name, outcome: 'fail', detail: sentences([...words, problem.fix]) }
    }),
    fixes: problem.fixes,
  }
}

function anotherAccount(connection: ConnectionRow, account: AccountIdentity): Failure {
  return {
    kind: 'auth',
    problems: [
      {
        code: 'different_account',
        subject: account.name,
        detail: `The address leads to "${account.name}", and this connection was made with "${connection.identity_name ?? connection.identity}"`,
        vendorMessage: null,
      },
    ],
  }
}

/** Reads a little of everything that Waybill reads, which shows what the credentials reach. */
async function probe(deps: Deps, connection: ConnectionRow, ctx: Ctx<unknown>): Promise<Outcome<Check[]>> {
  if (connection.role === 'backend') {
    const backend = backendFor(deps, connection)
    const found = await backend.find(ctx, 'wb_check_0')
    if (!found.ok) return found
    const items = await backend.choices(ctx, 'map_sku', '')
    return items.ok ? { ok: true, value: [] } : items
  }
  const channel = channelFor(deps, connection)
  const read = await channel.changed(ctx, { from: deps.now().toISOString() })
  if (!read.ok) return read
  const statuses = await channel.statuses(ctx)
  if (!statuses.ok) return statuses
  const route = await activeRouteOf(deps.db, connection.id)
  const known = statuses.value.map((status) => status.code)
  const unknown = (route?.statuses ?? []).filter((status) => !known.includes(status))
  if (!route)
    return {
      ok: true,
      value: [{ name: 'Route', outcome: 'skipped', detail: 'no route takes its orders yet' }],
    }
  return {
    ok: true,
    value: [
      unknown.length === 0
        ? { name: 'Statuses', outcome: 'ok', detail: `the shop has ${route.statuses.join(', ')}` }
        : {
            name: 'Statuses',
            outcome: 'fail',
            detail: `The shop has no status ${unknown.map((status) => `"${status}"`).join(', ')}, which route ${route.name} imports. It has: ${known.join(', ')}. Correct import.statuses of the route.`,
          },
    ],
  }
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
