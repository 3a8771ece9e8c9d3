import { sql } from 'kysely'
import type { Ctx, Failure } from '../connectors/contract.ts'
import { type Db, mainAccount } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { err, ok, type Result } from '../result.ts'
import { backendFor, channelFor, type Deps } from './deps.ts'

/**
 * Learns which account a connection leads to, once. External ids are made of it, so nothing is read before. An address
 * that leads to another account than before is refused.
 */
export async function ensureIdentity(
  deps: Deps,
  connection: ConnectionRow,
  ctx: Ctx<unknown>,
): Promise<Result<ConnectionRow, Failure>> {
  if (connection.identity !== null && connection.identity_checked) return ok(connection)
  const side = connection.role === 'channel' ? channelFor(deps, connection) : backendFor(deps, connection)
  const identified = await side.identify(ctx)
  if (!identified.ok) return err(identified.error)
  const { id, also = [], name, timeZone } = identified.value
  const ids = [id, ...also]
  const at = deps.now()
  return deps.db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('waybill identity'))`.execute(tx)
    const other = await otherConnectionTo(tx, connection, ids)
    if (other !== null) return err(alreadyConnected(name, other))
    const updated = await tx
      .updateTable('connections')
      .set({
        identity: sql<string>`coalesce(identity, ${id})`,
        identity_checked: true,
        identity_name: name,
        time_zone: timeZone,
        updated_at: at,
      })
      .where('id', '=', connection.id)
      .where((where) => where.or([where('identity', 'is', null), where('identity', 'in', ids)]))
      .returningAll()
      .executeTakeFirst()
    if (!updated)
      return err<Failure>({
        kind: 'auth',
        problems: [
          {
            code: 'different_account',
            subject: name,
            detail: `The address leads to "${name}", and this connection was made with another account`,
            vendorMessage: null,
          },
        ],
      })
    if (connection.identity === null)
      await addEvents(tx, [
        {
          orderId: null,
          connectionId: connection.id,
          at,
          kind: 'identified',
          actor: 'waybill',
          detail: { id: updated.identity, name, timeZone },
        },
      ])
    return ok(updated)
  })
}

/** Orders are told apart by their shop: over a second connection to it none could be taken in. */
export async function otherConnectionTo(
  db: Db,
  connection: { id: string | null; kind: string },
  identities: string[],
): Promise<string | null> {
  const other = await db
    .selectFrom('connections')
    .select('name')
    .where('account_id', '=', mainAccount)
    .where('kind', '=', connection.kind)
    .where('identity', 'in', identities)
    .where('id', 'is distinct from', connection.id)
    .executeTakeFirst()
  return other?.name ?? null
}

export const alreadyConnected = (name: string, other: string): Failure => ({
  kind: 'auth',
  problems: [
    {
      code: 'account_already_connected',
      subject: other,
      detail: `The address leads to "${name}", which the connection ${other} leads to as well`,
      vendorMessage: null,
    },
  ],
})
