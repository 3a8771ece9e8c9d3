import {
  type BackendFace,
  type ChannelFace,
  type ConfigurationInput,
  type DesiredRoute,
  isGroup,
} from './desired.ts'
import { didYouMean, nearest } from './did-you-mean.ts'
import { type RouteInFile, routeSchema } from './file-schema.ts'
import { checkPart } from './schema-mistakes.ts'
import { type Mistake, type Path, pathText, type YamlSource } from './yaml-source.ts'

interface ReadRoutes {
  routes: DesiredRoute[]
  mistakes: Mistake[]
  notes: string[]
}

type Named = { name: string; kind: unknown }

/** Reads `routes`. `named` are the connections of the same file. Pure. */
export function readRoutes(
  routes: unknown,
  named: Named[],
  source: YamlSource,
  input: ConfigurationInput,
): ReadRoutes {
  const result: ReadRoutes = { routes: [], mistakes: [], notes: [] }
  if (routes === undefined || routes === null) return result
  if (!Array.isArray(routes)) {
    result.mistakes.push({
      ...source.at(['routes']),
      path: 'routes',
      message: '"routes" must be a list',
      fix: 'Write each route as "- name: …" with its settings below.',
    })
    return result
  }
  const connections = [
    ...named,
    ...input.known.connections.filter((known) => !named.some((entry) => entry.name === known.name)),
  ]
  for (const [i, value] of (routes as unknown[]).entries()) {
    const at: Path = ['routes', i]
    const checked = checkPart(routeSchema, value, source, at)
    result.mistakes.push(...checked.mistakes)
    if (!isGroup(value)) continue
    // Also of a route with other mistakes, so that all of them are reported at once.
    const ends = readEnds(value, connections, source, at, input)
    result.mistakes.push(...ends.mistakes, ...waysTwice(routes as unknown[], i, source, input))
    if (!ends.backend) continue
    const mapping = checkPart(ends.backend.mapping, value.mapping ?? {}, source, [...at, 'mapping'])
    result.mistakes.push(...mapping.mistakes)
    if (!checked.value || !ends.channel) continue
    result.routes.push(desiredRoute(checked.value, ends.channel, mapping.input))
    result.notes.push(...statusNotes(checked.value, ends.channel))
  }
  return result
}

function readEnds(
  route: Record<string, unknown>,
  connections: Named[],
  source: YamlSource,
  at: Path,
  { connectors }: ConfigurationInput,
): { channel: ChannelFace | null; backend: BackendFace | null; mistakes: Mistake[] } {
  const mistakes: Mistake[] = []
  const faceOf = <F extends { kind: string }>(key: 'from' | 'to', faces: readonly F[]): F | null => {
    const name = route[key]
    if (typeof name !== 'string') return null
    const wrong = (message: string, fix: string) => {
      mistakes.push({ ...source.at([...at, key]), path: pathText([...at, key]), message, fix })
      return null
    }
    const connection = connections.find((entry) => entry.name === name)
    if (!connection)
      return wrong(
        `There is no connection "${name}"`,
        didYouMean(
          name,
          connections.map((entry) => entry.name),
        ),
      )
    const face = faces.find((candidate) => candidate.kind === connection.kind)
    const isOther = [...connectors.channels, ...connectors.backends].some(
      (other) => other.kind === connection.kind,
    )
    if (!face && isOther)
      return wrong(
        key === 'from' ? `"${name}" is not a shop` : `"${name}" is not a backend`,
        'A route goes from a shop to the backend.',
      )
    return face ?? null
  }
  return {
    channel: faceOf('from', connectors.channels),
    backend: faceOf('to', connectors.backends),
    mistakes,
  }
}

/** An order goes one way: one route for a shop, one meaning for a name. */
function waysTwice(
  routes: unknown[],
  i: number,
  source: YamlSource,
  { known }: ConfigurationInput,
): Mistake[] {
  const at: Path = ['routes', i]
  const { name, from, to } = routes[i] as Record<string, unknown>
  if (typeof name !== 'string') return []
  const mistakes: Mistake[] = []
  const wrong = (key: string, message: string, fix: string) =>
    mistakes.push({ ...source.at([...at, key]), path: pathText([...at, key]), message, fix })
  const above = routes.slice(0, i).filter(isGroup)
  if (above.some((route) => route.name === name))
    wrong('name', `Two routes have the name "${name}"`, 'Give each its own name.')
  const inFile = (other: string) => routes.some((route) => isGroup(route) && route.name === other)
  const other =
    above.find((route) => route.from === from && route.name !== name) ??
    known.routes.find((route) => route.from === from && !route.removed && !inFile(route.name))
  if (from !== undefined && other !== undefined)
    wrong(
      'from',
      `The route "${String(other.name)}" takes the orders of "${String(from)}" already`,
      'An order goes one way: keep one route for each shop.',
    )
  const before = known.routes.find((route) => route.name === name)
  const moved = before && (before.from !== from ? 'from' : before.to !== to ? 'to' : null)
  if (before && moved)
    wrong(
      moved,
      `The route "${name}" goes from "${before.from}" to "${before.to}", and its orders with it`,
      'Make a route with another name for the new way, and stop this one with apply --prune.',
    )
  return mistakes
}

function desiredRoute(route: RouteInFile, channel: ChannelFace, mapping: unknown): DesiredRoute {
  return {
    name: route.name,
    from: route.from,
    to: route.to,
    statuses:
      route.import.statuses ??
      channel.defaultStatuses.filter((status) => status.importByDefault).map((status) => status.code),
    filters: route.import.filters,
    since: route.import.since,
    everyMs: route.import.every,
    postAutomatic: route.post.automatic,
    autoCancel: route.autoCancel === false ? null : route.autoCancel,
    cancelledAfterPosting: route.cancelledAfterPosting,
    mapping,
  }
}

/** A status that looks like a known one misspelt is kept: a plug-in may have it. */
function statusNotes(route: RouteInFile, channel: ChannelFace): string[] {
  const known = channel.defaultStatuses.map((status) => status.code)
  return (route.import.statuses ?? []).flatMap((status) => {
    const near = known.includes(status) ? null : nearest(status, known)
    return near === null
      ? []
      : [
          `Route ${route.name}: the status "${status}" is none of ${channel.label}'s own; did you mean "${near}"?`,
        ]
  })
}
