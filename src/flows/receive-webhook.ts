import { createHash } from 'node:crypto'
import type { WebhookVerdict } from '../connectors/contract.ts'
import type { Tx } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue, type NewJob, priorities } from '../ledger/jobs.ts'
import { closeConnectionProblem, openConnectionProblem } from '../ledger/problems.ts'
import type { KeptConnection } from '../ledger/kept-connections.ts'
import { type NewWebhook, storeWebhook, storeWebhookWithJob } from '../ledger/webhooks.ts'
import { fingerprintOf } from '../order/problems.ts'
import { channelFor, type Deps } from './deps.ts'

export type Received = 'accepted' | 'repeated' | 'ping' | { refused: string }

/**
 * Takes a webhook: verified on its raw body, stored, and turned into "fetch order N" (or "poll now"). Its body is never
 * mapped. Returns only after the commit, so that a 2xx is a promise.
 */
export async function receiveWebhook(
  deps: Deps,
  connection: KeptConnection,
  secret: string,
  request: { headers: Record<string, string>; body: Buffer },
): Promise<Received> {
  const channel = channelFor(deps, connection)
  if (!channel.webhooks) return { refused: 'this kind of connection has no webhooks' }
  const verdict = channel.webhooks.verify(request, secret)
  if (verdict.kind === 'ping') return 'ping'
  if (verdict.kind === 'refused') return { refused: verdict.reason }
  const at = deps.now()
  const hash = createHash('sha256').update(request.body).digest()
  const webhook: NewWebhook = {
    connectionId: connection.id,
    subscription: verdict.subscription,
    delivery: verdict.delivery,
    hash,
    topic: verdict.topic,
    body: request.body.toString(),
    at,
    channelOrderId: verdict.orderIds.length === 1 ? verdict.orderIds[0]! : null,
  }
  const jobs = verdict.orderIds.map((id): NewJob => ({
    kind: 'import',
    key: `${connection.id}:${id}`,
    connectionId: connection.id,
    // A new order is told of twice with one body, as created and as updated: it is fetched once.
    payload: { query: id, source: 'webhook', news: hash.toString('base64') },
    runAt: at,
    priority: priorities.soon,
  }))
  const [job, ...more] = jobs
  if (job && more.length === 0 && verdict.instead === undefined) {
    const { stored, taken } = await storeWebhookWithJob(deps.db, webhook, job, {
      disproved: { fingerprint: fingerprintOf(withoutOrder) },
      hand: deps.here?.hasRoom() ? { worker: deps.workerId, connection, now: at } : null,
    })
    if (taken) deps.here?.run(taken)
    return stored ? 'accepted' : 'repeated'
  }
  return deps.db.transaction().execute(async (tx) => {
    const isNew = await storeWebhook(tx, webhook)
    // Bodies without an order look all alike: one that seems to repeat may stand for another order.
    if (jobs.length === 0)
      await enqueue(tx, [{ kind: 'poll', key: connection.id, connectionId: connection.id, runAt: at }])
    await showWhatCame(deps, tx, connection, verdict)
    if (!isNew) return 'repeated'
    await enqueue(tx, jobs)
    return 'accepted'
  })
}

const withoutOrder = { code: 'webhook_without_order', subject: '' } as const

/** Shows that the channel sends something else in an order's stead, until it sends an order again. */
async function showWhatCame(
  deps: Deps,
  tx: Tx,
  { id: connectionId }: ConnectionRow,
  { topic, orderIds, instead }: Extract<WebhookVerdict, { kind: 'accepted' }>,
): Promise<void> {
  const at = deps.now()
  if (instead !== undefined)
    await openConnectionProblem(tx, {
      id: deps.newId(),
      connectionId,
      problem: {
        ...withoutOrder,
        detail: `A webhook "${topic}" came without an order`,
        vendorMessage: instead || null,
      },
      at,
    })
  else if (orderIds.length > 0) await closeConnectionProblem(tx, connectionId, withoutOrder, at)
}
