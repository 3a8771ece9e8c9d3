import { randomBytes } from 'node:crypto'
import { withSecrets } from '../config/secret-parts.ts'
import type { Resolve } from '../connectors/addresses.ts'
import type { Log } from '../connectors/contract.ts'
import { createHttp, type Transport } from '../connectors/http.ts'
import { createActivity } from '../flows/activity.ts'
import type { AnyBackend, AnyChannel, Deps } from '../flows/deps.ts'
import { secretsOf } from '../ledger/connections.ts'
import { type Db, mainAccount } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { keepConnections } from '../ledger/kept-connections.ts'
import { provenAddressOf } from '../ledger/moves.ts'
import type { Vault } from '../ledger/secrets.ts'

export interface DepsOptions {
  db: Db
  vault: Vault
  workerId: string
  now: () => Date
  random: () => number
  newId: () => string
  log: Log
  signal: AbortSignal
  /** WAYBILL_ALLOW_HOSTS. */
  allowHosts: string[]
  channels: readonly AnyChannel[]
  backends: readonly AnyBackend[]
  version: string
  /** WAYBILL_PUBLIC_URL. */
  publicUrl: string | null
  /** Default: the names of the system. */
  resolve?: Resolve
}

/** As long as a receiver may take to answer. */
const outgoingTimeoutMs = 20_000

interface Open {
  /** Sealed with a fresh IV whenever the connection is stored, so equal bytes are an unchanged connection. */
  sealed: Buffer
  /** The address it has moved to, until a person confirms it. */
  address: string | null
  config: unknown
  secrets: string[]
  transport: Transport | null
  memory: Map<string, unknown>
}

/** Ties the flows to the world: one transport and one memory for each connection, made anew when it was edited. */
export function createDeps(options: DepsOptions): Deps & { close(): Promise<void> } {
  const { db, vault, channels, backends, now, random, newId, log, signal, workerId } = options
  const channelOf = (kind: string) => channels.find((channel) => channel.kind === kind)
  const backendOf = (kind: string) => backends.find((backend) => backend.kind === kind)
  const faceOf = (kind: string) => {
    const face = channelOf(kind) ?? backendOf(kind)
    if (!face) throw new Error(`nothing speaks the kind ${kind}`)
    return face
  }
  const activity = createActivity({ now, signal })
  const open = new Map<string, Open>()
  const hookSecrets = new WeakMap<Buffer, string>()

  const way = {
    allowHosts: options.allowHosts,
    now,
    userAgent: `Waybill/${options.version}`,
    signal,
    ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
  }
  const outgoing = createHttp({ ...way, timeoutMs: outgoingTimeoutMs, limits: { concurrency: 20 } })

  function opened(connection: ConnectionRow): Open {
    const known = open.get(connection.id)
    const address = provenAddressOf(connection)
    if (known && known.address === address && known.sealed.equals(connection.secrets)) return known
    void known?.transport?.close()
    const secrets = secretsOf(vault, connection)
    const own = faceOf(connection.kind).config.parse(
      withSecrets({ config: connection.config as Record<string, unknown>, secrets }),
    )
    const moved = address === null ? null : channelOf(connection.kind)?.moving?.at(own, address)
    const fresh: Open = {
      sealed: connection.secrets,
      address,
      config: moved?.config ?? own,
      secrets: Object.values(secrets),
      transport: null,
      memory: new Map<string, unknown>(),
    }
    open.set(connection.id, fresh)
    return fresh
  }

  return {
    db,
    now,
    random,
    newId,
    log,
    workerId,
    signal,
    channelOf,
    backendOf,
    activity,
    kept: keepConnections(db),
    outgoing,
    hooks: {
      urlOf: ({ name }) =>
        options.publicUrl === null
          ? null
          : `${options.publicUrl.replace(/\/+$/, '')}/hooks/${encodeURIComponent(name)}`,
      newSecret: () => randomBytes(32).toString('base64url'),
      secretOf: ({ id, hook_secret: sealed }) => {
        if (sealed === null) return null
        const secret = hookSecrets.get(sealed) ?? vault.open(hookOwner(id), sealed)
        hookSecrets.set(sealed, secret)
        return secret
      },
      seal: (id, secret) => vault.seal(hookOwner(id), secret),
    },
    configOf: (connection) => opened(connection).config,
    memoryOf: (connectionId) => open.get(connectionId)?.memory ?? new Map(),
    httpOf: (connection, timeoutMs, record) => {
      const known = opened(connection)
      const face = faceOf(connection.kind)
      known.transport ??= createHttp({
        timeoutMs,
        limits: face.limits(known.config),
        secrets: known.secrets,
        watch: activity.watch(connection.id, face.isThrottled ?? (({ status }) => status === 429)),
        ...way,
      })
      return known.transport.recordedBy(record)
    },
    httpFor: ({ kind, config, secrets }, timeoutMs) =>
      createHttp({ timeoutMs, limits: faceOf(kind).limits(config), secrets, ...way }),
    close: async () => {
      await Promise.all(
        [outgoing, ...[...open.values()].map((one) => one.transport)].map((one) => one?.close()),
      )
    },
  }
}

const hookOwner = (id: string) => ({ accountId: mainAccount, id, purpose: 'webhook' }) as const
