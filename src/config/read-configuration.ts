import { err, ok, type Result } from '../result.ts'
import { addressMistakes } from './address-mistakes.ts'
import { type ConfigurationInput, type Desired, isGroup } from './desired.ts'
import { didYouMean } from './did-you-mean.ts'
import { notificationSecrets, notificationsSchema, retentionSchema } from './file-schema.ts'
import { readConnection } from './read-connection.ts'
import { readRoutes } from './read-routes.ts'
import { checkPart, unlessUnfilled } from './schema-mistakes.ts'
import { fillIn, setSecretsApart } from './secret-parts.ts'
import { strings, namesOf } from './substitute.ts'
import { type Mistake, pathText, readYaml, type YamlSource } from './yaml-source.ts'

const sections = ['connections', 'routes', 'notifications', 'retention']

/**
 * Reads a waybill.yaml: what it asks for, or every mistake in it with its place and its remedy, in the order of the
 * file. Pure: nothing is looked up and nothing is changed.
 */
export function readConfiguration(input: ConfigurationInput): Result<Desired, Mistake[]> {
  const source = readYaml(input.yaml)
  if (source.mistakes.length > 0) return err(inOrder(source.mistakes))
  const file = source.value
  if (file === null || file === undefined || typeof file !== 'object' || Array.isArray(file))
    return err([
      {
        ...source.at([]),
        path: '',
        message:
          file === null || file === undefined ? 'The file is empty' : 'The file is not a group of keys',
        fix: `Write at least one of: ${sections.join(', ')}.`,
      },
    ])
  const { connections, routes, notifications, retention, ...rest } = file as Record<string, unknown>
  const mistakes: Mistake[] = Object.keys(rest).map((key) => ({
    ...source.at([key]),
    path: key,
    message: `"${key}" is not known here`,
    fix: didYouMean(key, sections),
  }))
  const desired: Desired = { connections: [], routes: [], notifications: null, retention: null, notes: [] }

  for (const [name, value] of entriesOf(connections, source, mistakes)) {
    const read = readConnection(name, value, source, input)
    mistakes.push(...read.mistakes)
    if (read.connection) desired.connections.push(read.connection)
  }
  for (const { path, text } of [...strings(routes, ['routes']), ...strings(retention, ['retention'])])
    if (namesOf(text).length > 0)
      mistakes.push({
        ...source.at(path),
        path: pathText(path),
        message: '${…} is read in connections and notifications only',
        fix: 'Write the value itself.',
      })
  const named = Object.entries(isGroup(connections) ? connections : {}).map(([name, value]) => ({
    name,
    kind: isGroup(value) ? value.kind : undefined,
  }))
  const read = readRoutes(routes, named, source, input)
  desired.routes = read.routes
  desired.notes.push(...read.notes)
  mistakes.push(...read.mistakes)

  if (notifications !== undefined && notifications !== null) {
    const at = ['notifications']
    const filled = fillIn(notifications, input.values, input.known.notifications, source, at)
    const checked = checkPart(notificationsSchema, filled.value, source, at)
    mistakes.push(...filled.mistakes, ...unlessUnfilled(checked.mistakes, filled.mistakes))
    mistakes.push(...addressMistakes(filled.value, source, at, input.allow))
    desired.notifications = setSecretsApart('', notifications, filled.value, notificationSecrets)
  }
  if (retention !== undefined && retention !== null) {
    const checked = checkPart(retentionSchema, retention, source, ['retention'])
    mistakes.push(...checked.mistakes)
    desired.retention = checked.value
  }
  return mistakes.length > 0 ? err(inOrder(mistakes)) : ok(desired)
}

function entriesOf(connections: unknown, source: YamlSource, mistakes: Mistake[]): [string, unknown][] {
  if (connections === undefined || connections === null) return []
  if (isGroup(connections)) return Object.entries(connections)
  mistakes.push({
    ...source.at(['connections']),
    path: 'connections',
    message: '"connections" must be a group of keys',
    fix: 'Write each connection as "name:" with its settings indented below.',
  })
  return []
}

const inOrder = (mistakes: Mistake[]): Mistake[] =>
  mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column)
