import { permitted, bare } from '../connectors/addresses.ts'
import { isIP } from 'node:net'
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
import { strings } from './substitute.ts'
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
  for (const { path, text } of strings(filled.value)) {
    if (carriesLogin(text))
      wrong(
        [...at, ...path],
        'The address carries a user name or password',
        'Write the address without them: an address is shown and kept as it is, and only credentials are encrypted.',
      )
    const host = privateHost(text)
    if (host !== null && permitted(host, [host === 'localhost' ? '127.0.0.1' : host], allow).length === 0)
      wrong(
        [...at, ...path],
        `${host} is a private address`,
        `Write the public address, or start Waybill with WAYBILL_ALLOW_HOSTS=${host}.`,
      )
  }
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

function carriesLogin(text: string): boolean {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  return url !== null && (url.username !== '' || url.password !== '')
}

/** The host of a web address that names no domain but an address of its own, or this machine. */
function privateHost(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null
  const host = bare(new URL(text).hostname)
  if (host === 'localhost' || host.endsWith('.localhost')) return 'localhost'
  return isIP(host) === 0 ? null : host
}
