import type { z } from 'zod'
import type { AllowList } from '../connectors/addresses.ts'
import type { ChannelStatus, Limits } from '../connectors/contract.ts'
import type { Filter } from '../order/filter-fields.ts'
import type { Retention } from './file-schema.ts'

/** What the configuration has to know of a kind of channel or backend. A `Channel` or `Backend` has all of it. */
export interface ConnectorFace {
  kind: string
  label: string
  config: z.ZodType
  secrets: string[]
  limits(config: never): Limits
}
export interface ChannelFace extends ConnectorFace {
  defaultStatuses: ChannelStatus[]
}
export interface BackendFace extends ConnectorFace {
  mapping: z.ZodType
}
export interface Connectors {
  channels: readonly ChannelFace[]
  backends: readonly BackendFace[]
}

/**
 * A connection's settings as the file writes them, with `${NAME}` in the place of what the environment gave; the values
 * themselves are in `secrets`, by their path ("credentials.consumerKey").
 */
export interface StoredConfig {
  config: Record<string, unknown>
  secrets: Record<string, string>
}

export interface DesiredConnection extends StoredConfig {
  name: string
  role: 'channel' | 'backend'
  kind: string
  /** Calls at once to this account. */
  concurrency: number
}

export interface AutoCancel {
  afterMs: number
  /** How long before that it is said; longest first. */
  warnMs: number[]
}

export interface DesiredRoute {
  name: string
  from: string
  to: string
  statuses: string[]
  filters: Filter[]
  /** UTC time. */
  since: string
  everyMs: number
  postAutomatic: boolean
  autoCancel: AutoCancel | null
  cancelledAfterPosting: 'ask' | 'cancel' | 'keep'
  /** As the file writes it: checked, and read with the backend's `mapping` where it is used. */
  mapping: unknown
}

export interface Desired {
  connections: DesiredConnection[]
  routes: DesiredRoute[]
  /** Null: the file says nothing of them. */
  notifications: StoredConfig | null
  /** Null: the file says nothing of it. */
  retention: Retention | null
  /** What works but may not be meant. */
  notes: string[]
}

/** What the ledger has already: a file may speak of it without repeating it. */
export interface Known {
  connections: ({ name: string; role: 'channel' | 'backend'; kind: string } & StoredConfig)[]
  routes: { name: string; from: string; to: string; removed: boolean }[]
  notifications: StoredConfig | null
  /** Null: the defaults. */
  retention: Retention | null
}

export interface ConfigurationInput {
  yaml: string
  /** The environment of the command, as far as the file names it. */
  values: Record<string, string>
  connectors: Connectors
  known: Known
  /** The private hosts that connections may use. */
  allow: AllowList
}

export function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
