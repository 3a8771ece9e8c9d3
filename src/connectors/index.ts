import type { Backend, Channel } from './contract.ts'
import { netsuite } from './netsuite/index.ts'
import { woocommerce } from './woocommerce/index.ts'

// What a connector's configuration, mapping and drafts look like is known to itself alone.
export type AnyChannel = Channel<unknown>
export type AnyBackend = Backend<unknown, unknown, unknown, unknown>

export const channels: AnyChannel[] = [woocommerce as AnyChannel]

export const backends: AnyBackend[] = [netsuite as AnyBackend]

/** The channel of this kind; undefined for a kind nobody wrote. */
export const channelOf = (kind: string): AnyChannel | undefined =>
  channels.find((channel) => channel.kind === kind)

/** The backend of this kind; undefined for a kind nobody wrote. */
export const backendOf = (kind: string): AnyBackend | undefined =>
  backends.find((backend) => backend.kind === kind)
