import type { ExpiryKind, Tx } from '../ledger/database.ts'
import { listConnections } from '../ledger/connections.ts'
import { type Expiry, forgetExpiry, listExpiries, noteExpiry, noteWarned } from '../ledger/expiries.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { closeConnectionProblem, openConnectionProblem } from '../ledger/problems.ts'
import { connectionProblems, type ConnectionProblemRow } from '../ledger/views/problems.ts'
import { activeRoutes } from '../ledger/views/schedule.ts'
import type { Problem, ProblemCode } from '../order/problems.ts'
import { validityOf, type Deps } from './deps.ts'

export type WarnDeps = Pick<Deps, 'now' | 'newId' | 'channelOf' | 'backendOf' | 'configOf'>

const dayMs = 86_400_000

/** How many days before the end people are told, each time once. What renews itself has done so long before. */
const warnDays: Record<ExpiryKind, number[]> = { credentials: [30, 7, 1], certificate: [14, 3] }

const codeOf: Record<ExpiryKind, ProblemCode> = {
  credentials: 'credentials_expiring',
  certificate: 'certificate_expiring',
}
export const expiryCodes: readonly string[] = Object.values(codeOf)

/**
 * Opens a problem for credentials and certificates that end soon, and closes it when they end later. It stops nothing.
 * Of connections that no route uses nobody has to hear.
 */
export async function warnOfExpiry(deps: WarnDeps, tx: Tx): Promise<void> {
  const used = new Set((await activeRoutes(tx)).flatMap((route) => [route.channel_id, route.backend_id]))
  const connections = await listConnections(tx)
  await noteCredentials(deps, tx, connections)
  const expiries = (await listExpiries(tx)).filter(({ connectionId }) => used.has(connectionId))
  const open = await connectionProblems(tx)
  for (const connection of connections)
    for (const kind of kindsOf(connection)) {
      const expiry = expiries.find((one) => one.connectionId === connection.id && one.kind === kind)
      const known = open.find((row) => row.connection_id === connection.id && row.code === codeOf[kind])
      await warnOf(deps, tx, { connection, kind, expiry, known })
    }
}

/** A shop's host may forget to renew its certificate; a backend is no site of one's own. */
const kindsOf = ({ role }: ConnectionRow): ExpiryKind[] =>
  role === 'channel' ? ['credentials', 'certificate'] : ['credentials']

/** What of the connection ends by itself, and when, as far as that is known. */
export async function expiriesOf(deps: WarnDeps & Pick<Deps, 'db'>, connection: ConnectionRow) {
  const endsAt = validityOf(deps, connection)?.endsAt ?? null
  const noted = (await listExpiries(deps.db)).filter(
    (one) =>
      one.connectionId === connection.id &&
      one.kind !== 'credentials' &&
      kindsOf(connection).includes(one.kind),
  )
  return [...(endsAt === null ? [] : [{ kind: 'credentials' as const, endsAt }]), ...noted]
}

async function noteCredentials(deps: WarnDeps, tx: Tx, connections: ConnectionRow[]): Promise<void> {
  const expiries = await listExpiries(tx)
  for (const connection of connections) {
    const endsAt = validityOf(deps, connection)?.endsAt ?? null
    const about = { connectionId: connection.id, kind: 'credentials' as const }
    const noted = expiries.find((one) => one.connectionId === connection.id && one.kind === about.kind)
    if (noted?.endsAt.getTime() === endsAt?.getTime()) continue
    if (endsAt === null) await forgetExpiry(tx, connection.id, about.kind)
    else await noteExpiry(tx, { ...about, endsAt })
  }
}

interface About {
  connection: ConnectionRow
  kind: ExpiryKind
  expiry: Expiry | undefined
  known: ConnectionProblemRow | undefined
}

async function warnOf(
  { now, newId }: WarnDeps,
  tx: Tx,
  { connection, kind, expiry, known }: About,
): Promise<void> {
  const at = now()
  const due = expiry && dueWarning(expiry, at)
  if (expiry === undefined || due === undefined) {
    if (known)
      await closeConnectionProblem(tx, connection.id, { code: codeOf[kind], subject: known.subject }, at)
    if (expiry && expiry.warnedDays !== null) await noteWarned(tx, expiry, null)
    return
  }
  const problem = expiryProblem(connection.name, expiry, at)
  const tellAgain = expiry.warnedDays === null || due < expiry.warnedDays
  if (!tellAgain && known?.detail === problem.detail) return
  await openConnectionProblem(tx, { id: newId(), connectionId: connection.id, problem, at, tellAgain })
  if (tellAgain) await noteWarned(tx, expiry, due)
}

/** The last warning for which it is time, in days before the end; undefined: it is too early for any. */
function dueWarning({ kind, endsAt }: Pick<Expiry, 'kind' | 'endsAt'>, at: Date): number | undefined {
  const left = endsAt.getTime() - at.getTime()
  return warnDays[kind].findLast((days) => left <= days * dayMs)
}

/** Whether it is time to say that it ends. */
export const endsSoon = (expiry: Pick<Expiry, 'kind' | 'endsAt'>, at: Date): boolean =>
  dueWarning(expiry, at) !== undefined

export const expiryProblem = (
  connection: string,
  { kind, endsAt }: Pick<Expiry, 'kind' | 'endsAt'>,
  at: Date,
): Problem => ({
  code: codeOf[kind],
  subject: connection,
  detail: `Valid until ${dayOf(endsAt)}, ${untilThen(endsAt, at)}`,
  vendorMessage: null,
})

/** "1 May 2027": days of certificates are counted in UTC. */
export const dayOf = (time: Date): string =>
  time.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

function untilThen(endsAt: Date, at: Date): string {
  const left = endsAt.getTime() - at.getTime()
  if (left <= 0) return 'which has passed'
  const days = Math.ceil(left / dayMs)
  return days === 1 ? '1 day from now' : `${days} days from now`
}
