import type { AccountIdentity, Ctx, Failure, Outcome } from '../connectors/contract.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { describeProblem, type Fix, type ProblemCode } from '../order/problems.ts'
import { type AnyBackend, type AnyChannel, backendFor, channelFor, type Deps } from './deps.ts'
import { activeRouteOf } from './route.ts'

export interface Check {
  name: string
  outcome: 'ok' | 'fail' | 'skipped'
  detail: string
}

/** What asking an account came to. */
export interface Asked {
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

/** One of an account's two sides, as its connector knows it. */
export type Side =
  | { role: 'channel'; connector: AnyChannel; route: { name: string; statuses: string[] } | null }
  | { role: 'backend'; connector: AnyBackend }

/** The side of a connection; `id` is null while it is not stored. */
export async function sideOf(
  deps: Deps,
  connection: { role: 'channel' | 'backend'; kind: string; id: string | null },
): Promise<Side> {
  const { role, id } = connection
  if (role === 'backend') return { role, connector: backendFor(deps, connection) }
  const route = id === null ? null : await activeRouteOf(deps.db, id)
  return { role, connector: channelFor(deps, connection), route }
}

/** How long one of its calls may take. */
export const timeoutOf = (side: Side, config: unknown): number =>
  side.role === 'channel' ? side.connector.timeoutMs(config) : side.connector.timing(config).timeoutMs

/** Every step passed, with what the account warns of. */
export function passed(side: Side, account: AccountIdentity, probed: Check[]): Asked {
  return {
    account: { id: account.id, name: account.name },
    fixes: [],
    checks: [
      ...steps.map((name) => ({ name, outcome: 'ok' as const, detail: wellOf(name, side, account) })),
      ...account.warnings.map((detail) => ({ name: 'Note', outcome: 'skipped' as const, detail })),
      ...probed,
    ],
  }
}

function wellOf(step: Step, { role, connector }: Side, account: AccountIdentity): string {
  switch (step) {
    case 'Reachable':
      return 'its address answers'
    case 'Answers as expected':
      return `it speaks as ${connector.label} does`
    case 'Authorised':
      return 'the credentials are accepted'
    case 'Permissions':
      return role === 'channel' ? 'orders can be read' : 'orders and items can be read'
    case 'Same account':
      return `"${account.name}"`
  }
}

/** Texts of different hands as one: each ends with one full stop. */
const sentences = (texts: (string | null)[]): string =>
  texts.flatMap((text) => (text ? [`${text.trim().replace(/[.\s]+$/, '')}.`] : [])).join(' ')

/** The steps up to the one that failed, and what to do about it. */
export function stopped(failure: Failure): Asked {
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

/** The check that says that no call could be made: all that the account allows at once were in use. */
export const noSlot: Check = {
  name: 'Budget',
  outcome: 'fail',
  detail: 'All calls that the account allows at once are in use by Waybill itself. Try again in a minute.',
}

export function anotherAccount(
  connection: Pick<ConnectionRow, 'identity' | 'identity_name'>,
  account: AccountIdentity,
): Failure {
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
export async function probe(deps: Deps, side: Side, ctx: Ctx<unknown>): Promise<Outcome<Check[]>> {
  if (side.role === 'backend') {
    const found = await side.connector.find(ctx, 'wb_check_0')
    if (!found.ok) return found
    const items = await side.connector.choices(ctx, 'map_sku', '')
    return items.ok ? { ok: true, value: [] } : items
  }
  const read = await side.connector.changed(ctx, { from: deps.now().toISOString() })
  if (!read.ok) return read
  const statuses = await side.connector.statuses(ctx)
  if (!statuses.ok) return statuses
  const known = statuses.value.map((status) => status.code)
  return { ok: true, value: [statusesCheck(side.route, known)] }
}

function statusesCheck(route: { name: string; statuses: string[] } | null, known: string[]): Check {
  if (!route) return { name: 'Route', outcome: 'skipped', detail: 'no route takes its orders yet' }
  const unknown = route.statuses.filter((status) => !known.includes(status))
  if (unknown.length === 0)
    return { name: 'Statuses', outcome: 'ok', detail: `the shop has ${route.statuses.join(', ')}` }
  return {
    name: 'Statuses',
    outcome: 'fail',
    detail: `The shop has no status ${unknown.map((status) => `"${status}"`).join(', ')}, which route ${route.name} imports. It has: ${known.join(', ')}. Correct import.statuses of the route.`,
  }
}
