import { createHash } from 'node:crypto'
import type { StoredConfig } from '../config/desired.ts'
import {
  type EventType,
  eventTypes,
  type NotificationsInFile,
  notificationsSchema,
} from '../config/file-schema.ts'
import { withSecrets } from '../config/secret-parts.ts'
import type { Tx } from '../ledger/database.ts'
import { type NoticeKind, noticeKinds } from '../ledger/notices.ts'
import { hurryReceiver, replaceReceiver } from '../ledger/outgoing.ts'

/** Whoever is told besides by mail. */
export interface Receiver {
  /** What it is called in the ledger: the same for as long as its address is; there is one Slack. */
  key: string
  kind: 'webhook' | 'slack'
  /** Its host: an address may hold what nobody is to see. */
  name: string
  url: string
  /** What it is signed with, each of them; none: not at all. */
  secrets: string[]
  kinds: NoticeKind[]
}

/** What is sent about each kind of notice, by the name that receivers know. */
export const eventTypeOf: Record<NoticeKind, EventType> = {
  new_problem: 'problem.new',
  connection_down: 'connection.down',
  connection_back: 'connection.back',
  gap_read: 'connection.gap_read',
  cancel_warning: 'order.cancel_warning',
  auto_cancelled: 'order.auto_cancelled',
  daily_summary: 'summary.daily',
}

const kindsOf = (types: readonly EventType[] = eventTypes): NoticeKind[] =>
  noticeKinds.filter((kind) => types.includes(eventTypeOf[kind]))

/** The receivers that the notifications name, in the order of the file. */
export function receiversOf({ webhooks = [], slack }: NotificationsInFile): Receiver[] {
  const programs = webhooks.map(({ url, secret = [], kinds }) => ({
    key: `webhook ${createHash('sha256').update(url).digest('hex').slice(0, 32)}`,
    kind: 'webhook' as const,
    name: new URL(url).host,
    url,
    secrets: [secret].flat(),
    kinds: kindsOf(kinds),
  }))
  if (slack === undefined) return programs
  const { url, kinds } = slack
  const chat = { key: 'slack', kind: 'slack' as const, name: new URL(url).host, url, secrets: [] }
  return [...programs, { ...chat, kinds: kindsOf(kinds) }]
}

/** The receivers of notifications as they are stored; none where there are no notifications. */
export const receiversIn = (stored: StoredConfig | null): Receiver[] =>
  stored === null ? [] : receiversOf(notificationsSchema.parse(withSecrets(stored)))

/**
 * The notifications have changed. A receiver whose address was corrected gets what waited for the old address; what
 * waited for one that was taken out is dropped; all else is tried at once.
 */
export async function changeReceivers(
  tx: Tx,
  before: readonly Receiver[],
  after: readonly Receiver[],
  at: Date,
): Promise<void> {
  const isIn = (list: readonly Receiver[], one: Receiver) => list.some(({ key }) => key === one.key)
  for (const [i, old] of before.entries()) {
    if (isIn(after, old)) continue
    const next = after[i]
    const isInItsPlace = next?.kind === old.kind && !isIn(before, next)
    await replaceReceiver(tx, old.key, isInItsPlace ? next.key : null)
  }
  for (const { key } of after) await hurryReceiver(tx, key, at)
}
