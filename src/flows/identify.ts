import type { Ctx, Failure } from '../connectors/contract.ts'
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
  const { id, name, timeZone } = identified.value
  const at = deps.now()
  return deps.db.transaction().execute(async (tx) => {
    const updated = await tx
      .updateTable('connections')
      .set({ identity: id, identity_checked: true, identity_name: name, time_zone: timeZone, updated_at: at })
      .where('id', '=', connection.id)
      .where((where) => where.or([where('identity', 'is', null), where('identity', '=', id)]))
      .returningAll()
      .executeTakeFirst()
    const now =
      updated ??
      (await tx
        .selectFrom('connections')
        .selectAll()
        .where('id', '=', connection.id)
        .executeTakeFirstOrThrow())
    if (now.identity !== id)
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
    if (updated && connection.identity === null)
      await addEvents(tx, [
        {
          orderId: null,
          connectionId: connection.id,
          at,
          kind: 'identified',
          actor: 'waybill',
          detail: { id, name, timeZone },
        },
      ])
    return ok(now)
  })
}
