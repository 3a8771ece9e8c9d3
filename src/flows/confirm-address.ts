import { storedConfigOf } from './known-configuration.ts'
import { storeConnection } from '../ledger/connections.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById } from '../ledger/health.ts'
import { enqueue, hurry } from '../ledger/jobs.ts'
import { noteMove, provenAddressOf } from '../ledger/moves.ts'
import type { Vault } from '../ledger/secrets.ts'
import { err, ok, type Result } from '../result.ts'
import { channelFor, type Deps } from './deps.ts'

export type NotConfirmed = { code: 'nothing_to_confirm' } | { code: 'another_address'; address: string }

/**
 * A person confirms the address to which a shop has moved: it becomes the connection's own, and everything goes there
 * from now on. `address` is the one the person saw; when it has changed meanwhile, nothing is confirmed.
 */
export async function confirmAddress(
  deps: Deps,
  vault: Vault,
  { connectionId, address, actor }: { connectionId: string; address: string | null; actor: string },
): Promise<Result<{ address: string }, NotConfirmed>> {
  return deps.db.transaction().execute(async (tx) => {
    await tx.selectFrom('connections').select('id').where('id', '=', connectionId).forNoKeyUpdate().execute()
    const connection = (await connectionById(tx, connectionId))!
    const proven = provenAddressOf(connection)
    if (proven === null) return err({ code: 'nothing_to_confirm' })
    if (address !== null && address !== proven) return err({ code: 'another_address', address: proven })
    const field = channelFor(deps, connection).moving!.field
    const { config, secrets } = storedConfigOf(vault, connection)
    const { [field]: _, ...otherSecrets } = secrets
    const at = deps.now()
    await noteMove(tx, connection, null, { at, actor, newId: deps.newId })
    await storeConnection(
      tx,
      vault,
      { ...connection, config: { ...config, [field]: proven }, secrets: otherSecrets },
      at,
    )
    await addEvents(tx, [
      { orderId: null, connectionId, at, kind: 'address_confirmed', actor, detail: { address: proven } },
    ])
    await enqueue(tx, [
      { kind: 'poll', key: connectionId, connectionId, runAt: at },
      { kind: 'webhooks', key: connectionId, connectionId, runAt: at },
    ])
    await hurry(tx, connectionId, at)
    return ok({ address: proven })
  })
}
