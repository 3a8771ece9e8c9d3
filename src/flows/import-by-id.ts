import type { Failure } from '../connectors/contract.ts'
import { type Db, mainAccount, type Tx } from '../ledger/database.ts'
import { type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { enqueue, finish, type Job, priorities } from '../ledger/jobs.ts'
import { readAhead } from '../ledger/take-in.ts'
import { forgetDeliveries } from '../ledger/tombstones.ts'
import { callOver, channelFor, type Deps } from './deps.ts'
import { deletedWords } from './delete-order.ts'
import { upperFirst } from './explanation.ts'
import { sayThatItFails, sayThatItWorks } from './failing-work.ts'
import { ensureIdentity } from './identify.ts'
import { importAlone } from './import-alone.ts'
import { importAtOnce } from './import-at-once.ts'
import { importOrder } from './import-order.ts'
import { storePage } from './import-page.ts'
import { type ImportResult, takeDeletion, type TakenIn } from './newer-version.ts'
import { rulesNow } from './route.ts'
import { isSystemic, stopConnection } from './trouble.ts'

/** What an `import` job carries: from a person's import, a webhook, or a list that gave no bodies. */
interface ImportPayload {
  query: string
  source: string
  importId?: string
  anyway?: boolean
  /** When a person asked for it. */
  askedAt?: string
  /** The version that was known when it was asked for. */
  over?: string
}

/**
 * Starts an import of orders by id or number: one job and one line of the result list for each. Ids asked for twice
 * count once.
 */
export async function startImport(
  deps: Deps,
  tx: Tx,
  request: { connection: ConnectionRow; queries: string[]; anyway: boolean; actor: string },
): Promise<string> {
  const { connection, anyway, actor } = request
  const queries = [
    ...new Set(
      request.queries.map((query) => query.trim().replace(/^#/, '')).filter((query) => query !== ''),
    ),
  ]
  const at = deps.now()
  const importId = deps.newId()
  await tx
    .insertInto('imports')
    .values({
      id: importId,
      account_id: mainAccount,
      connection_id: connection.id,
      actor,
      anyway,
      created_at: at,
    })
    .execute()
  if (queries.length === 0) return importId
  await tx
    .insertInto('import_items')
    .values(
      queries.map((query) => ({
        import_id: importId,
        account_id: mainAccount,
        query,
        state: 'waiting' as const,
      })),
    )
    .execute()
  await enqueue(
    tx,
    queries.map((query) => ({
      kind: 'import' as const,
      key: `${importId}:${query}`,
      connectionId: connection.id,
      payload: { query, source: actor, importId, anyway, askedAt: at.toISOString() } satisfies ImportPayload,
      runAt: at,
      priority: priorities.person,
    })),
  )
  return importId
}

/** Fetches one order by id or number and takes it in. Gives the job that posts it, where that is in hand already. */
export async function importById(deps: Deps, job: Job): Promise<Job | void> {
  const payload = job.payload as ImportPayload
  const found = job.connection
  const channel = channelFor(deps, found)
  const ctx = callOver(deps, found, channel.timeoutMs(deps.configOf(found)))
  const identified = await ensureIdentity(deps, found, ctx)
  if (!identified.ok) return failed(deps, job, payload, found, identified.error)
  const connection = identified.value
  const [fetched, ahead] = await Promise.all([
    channel.fetch(ctx, payload.query),
    readAhead(deps.db, connection.id, payload.query),
  ])
  if (ahead === null)
    return end(deps, job, payload, { state: 'failed', detail: 'This connection has no route' })
  if (!fetched.ok && fetched.error.kind !== 'not_found')
    return failed(deps, job, payload, connection, fetched.error)
  const raw = fetched.ok ? fetched.value : null
  if (raw === null) return notThere(deps, job, payload, connection)
  const plain = payload.importId === undefined && payload.over === undefined && raw.id === payload.query
  const atOnce = plain && (await importAtOnce(deps, job, { connection, raw, source: payload.source, ahead }))
  if (atOnce) return atOnce.next ?? undefined
  await storePage(deps, connection, async (tx, oneByOne) => {
    const take = oneByOne ? importAlone : importOrder
    const result = await take(deps, tx, {
      connection,
      route: await rulesNow(tx, ahead.route),
      raw,
      source: payload.source,
      ...(payload.anyway ? { anyway: true } : {}),
      ...(payload.anyway && payload.askedAt ? { bringBack: new Date(payload.askedAt) } : {}),
      ...(payload.over === undefined ? {} : { over: payload.over }),
    })
    await connectionWorked(tx, connection, deps.now())
    if (result.outcome === 'deleted') await forgetDeliveries(tx, connection.id, [raw.id])
    await noteResult(deps, tx, payload, itemOf(result, connection.time_zone))
    await sayThatItWorks(deps, tx, job)
    await finish(tx, job, deps.workerId)
  })
}

async function notThere(
  deps: Deps,
  job: Job,
  payload: ImportPayload,
  connection: ConnectionRow,
): Promise<void> {
  const shop = connection.identity_name ?? connection.name
  const detail = `${shop} has no order with the id or number ${payload.query}`
  await deps.db.transaction().execute(async (tx) => {
    const { query: channelOrderId, source } = payload
    await takeDeletion(deps, tx, { channelId: connection.id, channelOrderId, source })
    await connectionWorked(tx, connection, deps.now())
    await noteResult(deps, tx, payload, { state: 'not_found', detail })
    await sayThatItWorks(deps, tx, job)
    await finish(tx, job, deps.workerId)
  })
}

export type ItemState =
  'imported' | 'already_here' | 'held' | 'unreadable' | 'not_found' | 'deleted' | 'failed'

interface ItemResult {
  state: ItemState
  orderId?: string
  detail?: string
}

/** What the list of an import says of an order. */
export function itemOf(result: ImportResult, zone: string | null): ItemResult {
  if (result.outcome !== 'deleted') return { state: stateOf(result), orderId: result.orderId }
  const words = deletedWords(result.tombstone, zone)
  return { state: 'deleted', detail: `${upperFirst(words)}: import anyway to bring it back` }
}

function stateOf(result: TakenIn): ItemState {
  if (result.status === 'held') return 'held'
  if (result.status === 'import_error') return 'unreadable'
  return result.outcome === 'unchanged' ? 'already_here' : 'imported'
}

async function noteResult(
  deps: Deps,
  tx: Tx,
  { importId, query }: ImportPayload,
  result: ItemResult,
): Promise<void> {
  if (importId === undefined) return
  await tx
    .updateTable('import_items')
    .set({ state: result.state, order_id: result.orderId ?? null, detail: result.detail ?? null })
    .where('import_id', '=', importId)
    .where('query', '=', query)
    .execute()
  await endImport(deps, tx, importId)
}

/** Marks the import as finished when nothing of it is waited for any more. */
export async function endImport(deps: Deps, tx: Tx, importId: string): Promise<void> {
  // The last two may end at the same moment, neither seeing the other's result: one waits for the other here.
  await tx.selectFrom('imports').select('id').where('id', '=', importId).forNoKeyUpdate().execute()
  if (!(await stillWaiting(tx, importId)))
    await tx.updateTable('imports').set({ finished_at: deps.now() }).where('id', '=', importId).execute()
}

async function stillWaiting(db: Db, importId: string): Promise<boolean> {
  const row = await db
    .selectFrom('import_items')
    .select('query')
    .where('import_id', '=', importId)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  return row !== undefined
}

async function end(
  deps: Deps,
  job: Job,
  payload: ImportPayload,
  result: { state: ItemState; detail: string },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await noteResult(deps, tx, payload, result)
    await sayThatItWorks(deps, tx, job)
    await finish(tx, job, deps.workerId)
  })
}

/** Ends an import that a person asked for with the reason; false when nobody asked, so that it has to be tried on. */
export async function giveUpImport(deps: Deps, tx: Tx, job: Job, why: string): Promise<boolean> {
  const payload = job.payload as ImportPayload
  if (payload.importId === undefined) return false
  await noteResult(deps, tx, payload, { state: 'failed', detail: `It cannot be asked for: ${why}` })
  await finish(tx, job, deps.workerId)
  return true
}

const mostAttempts = 6
const longestWaitMs = 5 * 60_000

async function failed(
  deps: Deps,
  job: Job,
  payload: ImportPayload,
  connection: ConnectionRow,
  failure: Failure,
): Promise<void> {
  const { detail } = failure.problems[0]
  const systemic = isSystemic(failure)
  await deps.db.transaction().execute(async (tx) => {
    if (!systemic && job.attempts >= mostAttempts && (await giveUpImport(deps, tx, job, detail))) return
    const runAt = systemic
      ? await stopConnection(deps, tx, connection, failure)
      : new Date(deps.now().getTime() + Math.min(longestWaitMs, 1000 * 2 ** job.attempts))
    if (!systemic) await sayThatItFails(deps, tx, job, failure.problems[0])
    if (payload.importId !== undefined)
      await tx
        .updateTable('import_items')
        .set({ detail: `Waiting: ${detail}` })
        .where('import_id', '=', payload.importId)
        .where('query', '=', payload.query)
        .execute()
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}
