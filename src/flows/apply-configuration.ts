import { isDeepStrictEqual } from 'node:util'
import {
  type ConfigurationInput,
  type Connectors,
  type Desired,
  type DesiredConnection,
  type DesiredRoute,
  type StoredConfig,
} from '../config/desired.ts'
import { readConfiguration } from '../config/read-configuration.ts'
import type { Mistake } from '../config/yaml-source.ts'
import type { AllowList } from '../connectors/addresses.ts'
import { autoCancelOf } from '../ledger/ageing.ts'
import { storeConnection } from '../ledger/connections.ts'
import type { Db, Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { enqueue } from '../ledger/jobs.ts'
import { connectionById } from '../ledger/health.ts'
import { noteMove } from '../ledger/moves.ts'
import { heldThatMayPass, readAgainFrom, removeRoute, storeRoute, takeOverOrders } from '../ledger/routes.ts'
import type { Vault } from '../ledger/secrets.ts'
import { lockConfiguration, writeSetting } from '../ledger/settings.ts'
import { resizeSlots } from '../ledger/slots.ts'
import { ok, type Result } from '../result.ts'
import { ageByNewRule, whatWouldAge } from './cancel-aged.ts'
import { type Change, changesOf, notesOn } from './configuration-changes.ts'
import { changeReceivers, receiversIn } from './receivers.ts'
import { dailyReconciliation } from './reconcile-daily.ts'
import {
  type KnownConfiguration,
  knownConfiguration,
  notificationsOwner,
  notificationsSetting,
  retentionSetting,
} from './known-configuration.ts'

export interface ConfigurationDeps {
  db: Db
  vault: Vault
  now: () => Date
  newId: () => string
  connectors: Connectors
  allow: AllowList
}

export interface ApplyInput {
  yaml: string
  /** The values of the names in the file, from the environment of whoever applies it. */
  values: Record<string, string>
  dryRun: boolean
  /** Stop routes that the file does not name; without it they are left as they are. */
  prune: boolean
  /** Who applies it: 'person' or 'waybill'. */
  actor: string
  /** Where it was changed, for the history: on the page, by a program, or with a file. */
  way?: 'page' | 'api' | 'file' | undefined
}

export interface Applied {
  dryRun: boolean
  changed: boolean
  changes: Change[]
  /** What a person should know though nothing is wrong. */
  notes: string[]
}

/**
 * Makes connections, routes, notifications and retention as the file says, in one transaction; what the file does not name stays
 * as it is. Idempotent: the same file again changes nothing. A file with a mistake changes nothing at all.
 */
export async function applyConfiguration(
  deps: ConfigurationDeps,
  input: ApplyInput,
): Promise<Result<Applied, Mistake[]>> {
  return deps.db.transaction().execute(async (tx) => {
    // One file at a time: what it is compared with must not change under it.
    await lockConfiguration(tx)
    const known = await knownConfiguration(tx, deps.vault)
    const { connectors, allow } = deps
    const reading: ConfigurationInput = { yaml: input.yaml, values: input.values, connectors, known, allow }
    const read = readConfiguration(reading)
    if (!read.ok) return read
    const changes = changesOf(read.value, known, connectors, input.prune)
    if (!input.dryRun) await makeChanges(deps, tx, { desired: read.value, known, changes, ...input })
    return ok({
      dryRun: input.dryRun,
      changed: changes.some((change) => change.action !== 'unchanged'),
      changes,
      notes: [
        ...read.value.notes,
        ...notesOn(read.value, known, changes),
        ...(await whatWouldAge(tx, read.value.routes, known.routeRows, deps.now())),
      ],
    })
  })
}

interface Making extends Pick<ApplyInput, 'actor' | 'way'> {
  desired: Desired
  known: KnownConfiguration
  changes: Change[]
}

async function makeChanges(deps: ConfigurationDeps, tx: Tx, making: Making): Promise<void> {
  const { desired, known, changes, actor, way } = making
  const at = deps.now()
  const isDone = (what: Change['what'], name: string) =>
    changes.some((change) => change.what === what && change.name === name && change.action === 'unchanged')
  const idOf = new Map(known.rows.map((row) => [row.name, row.id]))
  const touched = new Set<string>()
  for (const connection of desired.connections) {
    const id = idOf.get(connection.name) ?? deps.newId()
    idOf.set(connection.name, id)
    if (isDone('connection', connection.name)) continue
    await changeConnection(deps, tx, { ...connection, id }, at)
    touched.add(id)
  }
  for (const route of desired.routes) {
    if (isDone('route', route.name)) continue
    const channelId = idOf.get(route.from)!
    const backendId = idOf.get(route.to)!
    const before = known.routeRows.find((row) => row.name === route.name)
    const id = before?.id ?? deps.newId()
    await storeRoute(tx, { ...route, id, channelId, backendId }, at)
    await readAgainFrom(tx, channelId, new Date(route.since), before?.since ?? null)
    await takeOverOrders(tx, { id, channelId, backendId })
    await reconsiderHeld(tx, { id, channelId, route, at })
    const ruleBefore = before && before.removed_at === null ? autoCancelOf(before) : null
    if (!isDeepStrictEqual(ruleBefore, route.autoCancel))
      await ageByNewRule(
        tx,
        { id, backend_id: backendId },
        { before: ruleBefore, after: route.autoCancel, at },
      )
    touched.add(channelId).add(backendId)
  }
  for (const change of changes)
    if (change.what === 'route' && change.action === 'removed')
      await removeRoute(tx, known.routeRows.find((row) => row.name === change.name)!.id, at)
  if (desired.notifications && !isDone('notifications', 'notifications'))
    await changeNotifications(deps, tx, { before: known.notifications, after: desired.notifications, at })
  if (desired.retention && !isDone('retention', 'retention'))
    await writeSetting(tx, retentionSetting, desired.retention)
  await startReading(tx, touched, at)
  await addEvents(
    tx,
    changes
      .filter((change) => change.action !== 'unchanged')
      .map((change) => ({
        orderId: null,
        connectionId: change.what === 'connection' ? idOf.get(change.name)! : null,
        at,
        kind: `${change.what}_${change.action}`,
        actor,
        detail: { name: change.name, fields: change.fields, ...(way && { way }) },
      })),
  )
}

async function changeConnection(
  deps: ConfigurationDeps,
  tx: Tx,
  connection: DesiredConnection & { id: string },
  at: Date,
): Promise<void> {
  const before = await connectionById(tx, connection.id)
  if (before) await noteMove(tx, before, null, { at, actor: 'person', newId: deps.newId })
  await storeConnection(tx, deps.vault, connection, at)
  await resizeSlots(tx, connection.id, connection.concurrency)
}

async function changeNotifications(
  deps: ConfigurationDeps,
  tx: Tx,
  { before, after, at }: { before: StoredConfig | null; after: StoredConfig; at: Date },
): Promise<void> {
  await writeSetting(tx, notificationsSetting, {
    config: after.config,
    sealed: deps.vault.seal(notificationsOwner, JSON.stringify(after.secrets)).toString('base64'),
  })
  await changeReceivers(tx, receiversIn(before), receiversIn(after), at)
}

/** Orders that the old rules held are read again where the new ones may let them through. Gives how many those are. */
export async function reconsiderHeld(
  tx: Tx,
  { id, channelId, route, at }: { id: string; channelId: string; route: DesiredRoute; at: Date },
): Promise<number> {
  const orders = await heldThatMayPass(tx, id, route)
  await enqueue(
    tx,
    orders.map((order) => ({
      kind: 'import' as const,
      key: `${channelId}:${order}`,
      connectionId: channelId,
      payload: { query: order, source: 'configuration' },
      runAt: at,
    })),
  )
  return orders.length
}

/** The connections that were touched are read at once, where a route uses them. */
async function startReading(tx: Tx, touched: Set<string>, at: Date): Promise<void> {
  if (touched.size === 0) return
  const routes = await tx
    .selectFrom('routes')
    .innerJoin('connections', 'connections.id', 'routes.channel_id')
    .select(['channel_id', 'backend_id', 'connections.time_zone'])
    .where('removed_at', 'is', null)
    .execute()
  const zones = new Map(routes.map((route) => [route.channel_id, route.time_zone]))
  const channels = [...zones.keys()].filter((id) => touched.has(id))
  const backends = new Set(routes.map((route) => route.backend_id).filter((id) => touched.has(id)))
  await enqueue(tx, [
    ...channels.flatMap((id) => [
      { kind: 'poll' as const, key: id, connectionId: id, runAt: at },
      { kind: 'webhooks' as const, key: id, connectionId: id, runAt: at },
      dailyReconciliation({ id, time_zone: zones.get(id) ?? null }, at),
    ]),
    ...[...backends].map((id) => ({ kind: 'read-shipments' as const, key: id, connectionId: id, runAt: at })),
  ])
}
