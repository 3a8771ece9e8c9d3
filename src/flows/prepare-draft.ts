import type { Ctx, Failure } from '../connectors/contract.ts'
import { fail } from '../connectors/connection-errors.ts'
import { customerExternalId } from '../ids.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import type { OrderRow } from '../ledger/orders.ts'
import type { OrderToPost } from '../ledger/posting.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../order/problems.ts'
import { err } from '../result.ts'
import { type AnyBackend, backendFor, type Call, callOver, type Deps } from './deps.ts'
import type { AtBackend } from './record-posted.ts'

export type Prepared =
  { ok: true; draft: unknown } | { ok: false; failure?: Failure; problems: readonly Problem[] }

export interface Side {
  connection: ConnectionRow
  backend: AnyBackend
  ctx: Ctx<unknown>
}

export interface ToPrepare {
  order: Order
  externalId: string
  mapping: unknown
  channel: { kind: string; identity: string | null }
}

/** What is sent to the backend for an order, as the ledger has it. */
export async function draftToPost(
  deps: Deps,
  {
    order,
    connection,
    backend,
    call,
  }: Pick<AtBackend, 'order' | 'connection' | 'backend'> & { call: Pick<Call, 'ctx'> },
  { mapping, channel, body, canonical: known }: OrderToPost,
): Promise<Prepared> {
  const { order: canonical, problem } = known
    ? { order: known, problem: null }
    : canonicalFrom(deps, channel.kind, order, body)
  if (!canonical) return { ok: false, problems: [problem] }
  const toPrepare = { order: canonical, externalId: order.external_id, mapping, channel }
  return prepareDraft(deps, { connection, backend, ctx: call.ctx }, toPrepare)
}

/**
 * The same for an order that is about to be taken in, from what is remembered of the backend's account; null when that is
 * not enough. Nothing is asked: for that the backend's budget would have to be held.
 */
export async function draftFromMemory(
  deps: Deps,
  connection: ConnectionRow,
  toPrepare: ToPrepare,
): Promise<unknown> {
  if (connection.identity === null || !connection.identity_checked) return null
  const backend = backendFor(deps, connection)
  const asked = fail('unavailable', 'connection_lost', connection.name, 'Nothing is asked now')
  const real = callOver(deps, connection, backend.timing(deps.configOf(connection)).timeoutMs)
  // A copy of the memory: nobody may wait for a token that is asked for in vain here.
  const ctx = { ...real, memory: new Map(real.memory), http: async () => err(asked) }
  const prepared = await prepareDraft(deps, { connection, backend, ctx }, toPrepare)
  return prepared.ok ? prepared.draft : null
}

/** The draft of an order by a mapping, or what stands against it. `ctx` is what the backend is asked with. */
export async function prepareDraft(
  deps: Deps,
  { connection, backend, ctx }: Side,
  { order, externalId, mapping: route, channel }: ToPrepare,
): Promise<Prepared> {
  if (channel.identity === null) throw new Error(`order ${externalId} has no identified channel`)
  const mapping = backend.mapping.parse(route)
  const customerId = customerExternalId(channel.kind, channel.identity, order.customer)
  const lookups = await backend.lookups(ctx, order, mapping, customerId)
  if (!lookups.ok) return { ok: false, failure: lookups.error, problems: lookups.error.problems }
  const prepared = backend.prepare({
    order,
    mapping,
    lookups: lookups.value,
    externalId,
    customerExternalId: customerId,
  })
  deps.log.debug({ order: order.number, connection: connection.name, ok: prepared.ok }, 'prepared')
  return prepared.ok ? { ok: true, draft: prepared.value } : { ok: false, problems: prepared.error }
}

type Canonical = { order: Order; problem: null } | { order: null; problem: Problem }

/** The canonical order of the channel's newest version. Reading is pure, so it is done anew and never stored. */
export function canonicalFrom(deps: Deps, kind: string, order: OrderRow, body: string): Canonical {
  const channel = deps.channelOf(kind)
  if (!channel) throw new Error(`no channel of kind ${kind}`)
  const modifiedAt = order.modified_at?.toISOString() ?? null
  const read = channel.toOrder({ id: order.channel_order_id, body, modifiedAt })
  return read.ok ? { order: read.value, problem: null } : { order: null, problem: read.error.problem }
}
