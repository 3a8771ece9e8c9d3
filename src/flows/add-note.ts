import { addEvents } from '../ledger/events.ts'
import type { Deps } from './deps.ts'

/** What a person has to say about an order, as an event of its waybill: like all of them it stays as it is. */
export async function addNote(
  deps: Deps,
  { orderId, text, actor }: { orderId: string; text: string; actor: string },
): Promise<void> {
  const event = { orderId, at: deps.now(), kind: 'note', actor, detail: { text } }
  await deps.db.transaction().execute((tx) => addEvents(tx, [event]))
}
