import { mainAccount, type Tx } from './database.ts'

export interface NewEvent {
  orderId: string | null
  connectionId?: string | null
  at: Date
  kind: string
  /** Who or what: 'waybill', 'person', 'channel', 'backend'. */
  actor: string
  from?: string | null
  to?: string | null
  detail?: object
}

/** Appends to the waybill. Events are never changed or removed. */
export async function addEvents(tx: Tx, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await tx
    .insertInto('events')
    .values(
      events.map((event) => ({
        account_id: mainAccount,
        order_id: event.orderId,
        connection_id: event.connectionId ?? null,
        at: event.at,
        kind: event.kind,
        actor: event.actor,
        status_from: event.from ?? null,
        status_to: event.to ?? null,
        detail: JSON.stringify(event.detail ?? {}),
      })),
    )
    .execute()
}
