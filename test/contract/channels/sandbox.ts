import type { Channel } from '../../../src/connectors/contract.ts'

export interface PlacedOrder {
  id: string
  number: string
}

/** A channel's sandbox as the contract suite handles it: every later channel brings one of these. */
export interface ChannelSandbox<Config> {
  config: Config
  /** Credentials the other side does not know. */
  withUnknownCredentials: Config
  /** Credentials that may not write; absent where the channel has no such thing. */
  setReadOnly?(on: boolean): void
  /** Places an order now, which is ready to be imported. */
  place(): PlacedOrder
  /** Changes an order now. */
  edit(id: string): void
  /** Takes an order away for good. */
  remove(id: string): void
  /** Puts an order where ordinary lists do not show it: into the trash, the archive. */
  setAside(id: string): void
  /** An order whose body the connector cannot read as an order. */
  placeUnreadable(): PlacedOrder
  /** The next answers are refused with "too many requests", to be tried again after so many seconds. */
  throttle(times: number, retryAfterSeconds: number): void
  /** The next write is done, and its answer lost. */
  loseNextAnswer(): void
  /** The next answers are cut in the middle. */
  cutAnswers(times: number): void
  /** The next answers are a web page. */
  answerWithPage(times: number): void
  /** The next answers come after so many milliseconds. */
  slow(ms: number): void
  down(mode: 'refused' | 'reset'): Promise<void>
  up(): Promise<void>
  /** Ids of the lines of an order that can be shipped, with their quantities. */
  shippableLines(id: string): { id: string; quantity: string }[]
  /** How many records of shipments the shop shows for an order. */
  shipmentRecords(id: string): Promise<number>
  /** All that the shop shows of the shipments of an order, as one text. */
  shipmentTexts(id: string): Promise<string>
  /** How often the shop was told of shipments of an order, whatever became of it. */
  shipmentWrites(id: string): number
  /** Resolves when no webhook is under way. */
  webhooksIdle(): Promise<void>
  requests(): number
  close(): Promise<void>
}

export interface ChannelUnderTest<Config> {
  channel: Channel<Config>
  /** Orders a page of `changed` holds in this sandbox: small, so that pages are turned. */
  pageSize: number
  start(clock: { now: () => Date }): Promise<ChannelSandbox<Config>>
}
