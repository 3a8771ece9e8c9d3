import { createHash } from 'node:crypto'
import { compress } from '../ledger/compress.ts'
import { mainAccount } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue, priorities } from '../ledger/jobs.ts'
import { channelFor, type Deps } from './deps.ts'

export type Received = 'accepted' | 'repeated' | 'ping' | { refused: string }

/**
 * Takes a webhook: verified on its raw body, stored, and turned into "fetch order N" (or "poll now"). Its body is never
 * mapped. Returns only after the commit, so that a 2xx is a promise.
 */
export async function receiveWebhook(
  deps: Deps,
  connection: ConnectionRow,
  secret: string,
  request: { headers: Record<string, string>; body: Buffer },
): Promise<Received> {
  const channel = channelFor(deps, connection)
  if (!channel.webhooks) return { refused: 'this kind of connection has no webhooks' }
  const verdict = channel.webhooks.verify(request, secret)
  if (verdict.kind === 'ping') return 'ping'
  if (verdict.kind === 'refused') return { refused: verdict.reason }
  const at = deps.now()
  return deps.db.transaction().execute(async (tx) => {
    const stored = await tx
      .insertInto('webhooks')
      .values({
        account_id: mainAccount,
        connection_id: connection.id,
        subscription: verdict.subscription,
        delivery: verdict.delivery,
        body_hash: createHash('sha256').update(request.body).digest(),
        topic: verdict.topic,
        body: compress(request.body.toString()),
        received_at: at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!stored) return 'repeated'
    if (verdict.orderIds.length === 0)
      await enqueue(tx, [{ kind: 'poll', key: connection.id, connectionId: connection.id, runAt: at }])
    await enqueue(
      tx,
      verdict.orderIds.map((id) => ({
        kind: 'import' as const,
        key: `${connection.id}:${id}`,
        connectionId: connection.id,
        payload: { query: id, source: 'webhook' },
        runAt: at,
        priority: priorities.soon,
      })),
    )
    return 'accepted'
  })
}
