import { type Connectors, type Desired, type DesiredRoute } from '../config/desired.ts'
import { differences, type FieldChange, settingsDifferences } from '../config/differences.ts'
import { formatDuration } from '../config/durations.ts'
import { filtersAsShown } from '../config/filter-form.ts'
import { autoCancelInFile, retentionInFile } from '../config/file-schema.ts'
import { autoCancelOf } from '../ledger/ageing.ts'
import { filtersOf } from '../ledger/routes.ts'
import type { KnownConfiguration } from './known-configuration.ts'

export interface Change {
  what: 'connection' | 'route' | 'notifications' | 'retention'
  name: string
  action: 'created' | 'changed' | 'removed' | 'unchanged'
  fields: FieldChange[]
}

/** What a file changes of what the ledger has; a route that it does not name is removed with `prune` only. */
export function changesOf(
  desired: Desired,
  known: KnownConfiguration,
  connectors: Connectors,
  prune: boolean,
): Change[] {
  const changes: Change[] = desired.connections.map((connection) => {
    const before = known.connections.find((other) => other.name === connection.name)
    return change(
      'connection',
      connection.name,
      settingsDifferences(before ?? { config: {}, secrets: {} }, connection),
      before === undefined,
    )
  })
  for (const route of desired.routes) {
    const row = known.routeRows.find((other) => other.name === route.name)
    const backend = connectors.backends.find((face) => face.kind === kindOf(route.to, desired, known))
    const complete = (mapping: unknown) => (backend ? backend.mapping.parse(mapping) : mapping)
    const before =
      row && row.removed_at === null
        ? routeAsShown({ ...routeOfRow(row), mapping: complete(row.mapping) })
        : undefined
    // The mapping is compared with its defaults in place, and a new one is shown as it is written.
    const after = routeAsShown({ ...route, mapping: before ? complete(route.mapping) : route.mapping })
    changes.push(change('route', route.name, differences(before, after), before === undefined))
  }
  if (prune)
    for (const row of known.routeRows)
      if (row.removed_at === null && !desired.routes.some((route) => route.name === row.name))
        changes.push({ what: 'route', name: row.name, action: 'removed', fields: [] })
  if (desired.notifications) {
    const before = known.notifications
    const fields = settingsDifferences(before ?? { config: {}, secrets: {} }, desired.notifications)
    changes.push(change('notifications', 'notifications', fields, before === null))
  }
  if (desired.retention) {
    const before = known.retention
    const fields = differences(before && retentionInFile(before), retentionInFile(desired.retention))
    changes.push(change('retention', 'retention', fields, before === null))
  }
  return changes
}

function change(what: Change['what'], name: string, fields: FieldChange[], isNew: boolean): Change {
  return { what, name, action: isNew ? 'created' : fields.length > 0 ? 'changed' : 'unchanged', fields }
}

const kindOf = (name: string, desired: Desired, known: KnownConfiguration): string | undefined =>
  (
    desired.connections.find((connection) => connection.name === name) ??
    known.connections.find((connection) => connection.name === name)
  )?.kind

type RouteRow = KnownConfiguration['routeRows'][number]

/** A stored route in the form of the file. */
export function routeOfRow(row: RouteRow): DesiredRoute {
  return {
    name: row.name,
    from: row.channel,
    to: row.backend,
    statuses: row.statuses,
    filters: filtersOf(row),
    since: row.since.toISOString(),
    everyMs: row.every_ms,
    postAutomatic: row.post_automatic,
    autoCancel: autoCancelOf(row),
    cancelledAfterPosting: row.cancelled_after_posting,
    mapping: row.mapping,
  }
}

function routeAsShown(route: DesiredRoute): object {
  return {
    from: route.from,
    to: route.to,
    import: {
      statuses: route.statuses,
      since: route.since,
      every: formatDuration(route.everyMs),
      filters: filtersAsShown(route.filters),
    },
    post: { automatic: route.postAutomatic },
    autoCancel: autoCancelInFile(route.autoCancel) ?? false,
    cancelledAfterPosting: route.cancelledAfterPosting,
    mapping: route.mapping,
  }
}

/** What a person should know of the change though nothing is wrong. */
export function notesOn(desired: Desired, known: KnownConfiguration, changes: Change[]): string[] {
  const notes: string[] = []
  const left = [
    ...known.connections
      .filter((old) => !desired.connections.some((connection) => connection.name === old.name))
      .map((old) => `connection ${old.name}`),
    ...known.routes
      .filter(
        (old) =>
          !old.removed && !changes.some((change) => change.what === 'route' && change.name === old.name),
      )
      .map((old) => `route ${old.name}`),
  ]
  if (left.length > 0) notes.push(`Not in the file, left as they are: ${left.join(', ')}.`)
  return notes
}
