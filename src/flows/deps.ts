import type { Backend, Channel, Ctx, Http, Log, Validity } from '../connectors/contract.ts'
import type { Exchange } from '../connectors/redact.ts'
import type { Db } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import type { Job } from '../ledger/jobs.ts'
import type { KeptConnections } from '../ledger/kept-connections.ts'
import type { Activity } from './activity.ts'

// A connector's own types of config, mapping, draft and lookups are known to itself alone.
export type AnyChannel = Channel<unknown>
export type AnyBackend = Backend<unknown, unknown, unknown, unknown>

/** What flows need of the world. Time, chance and ids come from here, so that days pass in a test in milliseconds. */
export interface Deps {
  db: Db
  now: () => Date
  /** A number in [0, 1), for jitter. */
  random: () => number
  newId: () => string
  log: Log
  /** This process's row in `workers`: jobs and slots are taken in its name. */
  workerId: string
  signal: AbortSignal
  channelOf: (kind: string) => AnyChannel | undefined
  backendOf: (kind: string) => AnyBackend | undefined
  /** The connection's configuration with its secrets, as the connector's schema reads it. */
  configOf: (connection: ConnectionRow) => unknown
  /** The transport of a connection; every exchange is handed to `record`, redacted. */
  httpOf: (connection: ConnectionRow, timeoutMs: number, record?: (exchange: Exchange) => void) => Http
  /** A transport for settings that are not stored; whoever asked for it closes it. */
  httpFor: (
    settings: Pick<ConnectionRow, 'kind'> & { config: unknown; secrets: string[] },
    timeoutMs: number,
  ) => Http & { close(): Promise<void> }
  /** The way out to whoever is told besides by mail. */
  outgoing: Http
  /** Where channels reach us, and the secrets they sign with. */
  hooks: {
    /** Null: webhooks are off, because WAYBILL_PUBLIC_URL is not set. */
    urlOf: (connection: { name: string }) => string | null
    newSecret: () => string
    secretOf: (connection: ConnectionRow) => string | null
    seal: (connectionId: string, secret: string) => Buffer
  }
  /** How the calls of this process go. */
  activity: Activity
  /** Connections as they were within the last second. */
  kept: KeptConnections
  /** The worker in this process; absent where there is none. */
  here?: Here
  /** What a connector keeps between calls of this process. */
  memoryOf: (connectionId: string) => Map<string, unknown>
}

export interface Here {
  /** Whether it would begin another job now. */
  hasRoom(): boolean
  /** Runs a job that was claimed for it. */
  run(job: Job): void
}

export interface Call {
  ctx: Ctx<unknown>
  /** The exchanges so far, redacted. */
  exchanges: Exchange[]
}

/** The context for calls over a connection. */
export function callOver(
  deps: Deps,
  connection: ConnectionRow,
  timeoutMs: number,
  record?: (exchange: Exchange) => void,
): Ctx<unknown> {
  return {
    config: deps.configOf(connection),
    http: deps.httpOf(connection, timeoutMs, record),
    now: deps.now,
    randomId: deps.newId,
    log: deps.log,
    signal: deps.signal,
    memory: deps.memoryOf(connection.id),
  }
}

/** The same, for what belongs on an order's waybill: every exchange is kept. */
export function recordedCall(deps: Deps, connection: ConnectionRow, timeoutMs: number): Call {
  const exchanges: Exchange[] = []
  return { exchanges, ctx: callOver(deps, connection, timeoutMs, (exchange) => exchanges.push(exchange)) }
}

export function channelFor(deps: Deps, connection: Pick<ConnectionRow, 'kind'>): AnyChannel {
  const channel = deps.channelOf(connection.kind)
  if (!channel) throw new Error(`no channel of kind ${connection.kind}`)
  return channel
}

export function backendFor(deps: Deps, connection: Pick<ConnectionRow, 'kind'>): AnyBackend {
  const backend = deps.backendOf(connection.kind)
  if (!backend) throw new Error(`no backend of kind ${connection.kind}`)
  return backend
}

/** Until when the credentials of a connection are valid; null: they do not end by themselves. */
export function validityOf(
  deps: Pick<Deps, 'channelOf' | 'backendOf' | 'configOf'>,
  connection: ConnectionRow,
): Validity | null {
  const face = deps.channelOf(connection.kind) ?? deps.backendOf(connection.kind)
  return face?.validity?.(deps.configOf(connection)) ?? null
}
