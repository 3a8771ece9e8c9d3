import { addressMistakes } from './address-mistakes.ts'
import {
  type ConfigurationInput,
  type ConnectorFace,
  type Connectors,
  type DesiredConnection,
  isGroup,
} from './desired.ts'
import { didYouMean } from './did-you-mean.ts'
import { nameForm } from './file-schema.ts'
import { checkPart, unlessUnfilled, withValue } from './schema-mistakes.ts'
import { fillIn, setSecretsApart } from './secret-parts.ts'
import { type Mistake, type Path, pathText, type YamlSource } from './yaml-source.ts'

/** The connector of a kind, and which side of a route it stands on. */
export function connectorOf(
  connectors: Connectors,
  kind: unknown,
): { role: 'channel' | 'backend'; face: ConnectorFace } | null {
  const channel = connectors.channels.find((face) => face.kind === kind)
  if (channel) return { role: 'channel', face: channel }
  const backend = connectors.backends.find((face) => face.kind === kind)
  return backend ? { role: 'backend', face: backend } : null
}

/** Reads one entry of `connections`. Pure. */
export function readConnection(
  name: string,
  value: unknown,
  source: YamlSource,
  { connectors, known, values, allow }: ConfigurationInput,
): { connection: DesiredConnection | null; mistakes: Mistake[] } {
  const at: Path = ['connections', name]
  const mistakes: Mistake[] = []
  const wrong = (path: Path, message: string, fix: string) =>
    mistakes.push({ ...source.at(path), path: pathText(path), message, fix })
  if (!nameForm.test(name))
    wrong(at, `"${name}" is not a name`, 'Write letters, digits, "-", "_" and ".", at most 63 of them.')
  if (!isGroup(value)) {
    wrong(at, `"${name}" must be a group of keys`, 'Write its kind, address and credentials indented below.')
    return { connection: null, mistakes }
  }
  const { kind, ...written } = value
  const kinds = [...connectors.channels, ...connectors.backends].map((face) => face.kind)
  if (kind === undefined) wrong([...at, 'kind'], '"kind" is missing', `Add it: one of ${kinds.join(', ')}.`)
  const connector = connectorOf(connectors, kind)
  if (!connector) {
    if (kind !== undefined)
      wrong([...at, 'kind'], `There is no kind "${String(kind)}"`, didYouMean(String(kind), kinds))
    return { connection: null, mistakes }
  }
  const { role, face } = connector
  const before = known.connections.find((connection) => connection.name === name) ?? null
  if (before && before.kind !== kind)
    wrong(
      [...at, 'kind'],
      `"${name}" is a ${before.kind} connection already`,
      'Give the new connection another name: a connection stays with its account.',
    )

  const filled = fillIn(written, values, before, source, at)
  const checked = checkPart(face.config, filled.value, source, at)
  mistakes.push(...filled.mistakes, ...unlessUnfilled(checked.mistakes, filled.mistakes))
  mistakes.push(...addressMistakes(filled.value, source, at, allow))
  if (checked.value === null || mistakes.length > 0) return { connection: null, mistakes }
  const settled = checked.rewritten.reduce<unknown>(
    (part, { path, text }) => withValue(part, path, text),
    written,
  )
  return {
    connection: {
      name,
      role,
      kind: face.kind,
      concurrency: face.limits(checked.value as never).concurrency,
      ...setSecretsApart(name, settled, checked.input, face.secrets),
    },
    mistakes,
  }
}
