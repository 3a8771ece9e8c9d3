import { closeConnectionProblem, openConnectionProblem } from './problems.ts'
import type { Tx } from './database.ts'
import { addEvents } from './events.ts'
import type { ConnectionRow } from './health.ts'

/** Where a connection's address has redirected to. */
export interface Move {
  to: string
  /** The host to which the address redirects at first. */
  redirect: string
  /**
   * `proven`: the same shop is there, and is read there until a person confirms the address. `refused`: another shop is
   * there. `unproven`: it could not be told, for the reason in `why`.
   */
  state: 'proven' | 'refused' | 'unproven'
  why: string
  /** UTC. */
  at: string
}

export const moveOf = (connection: Pick<ConnectionRow, 'move'>): Move | null => connection.move as Move | null

/** The new address, where it is in use already. */
export function provenAddressOf(connection: Pick<ConnectionRow, 'move'>): string | null {
  const move = moveOf(connection)
  return move?.state === 'proven' ? move.to : null
}

/** Notes where a connection has moved to; null: it is at its own address. A proven address waits for a person. */
export async function noteMove(
  tx: Tx,
  connection: ConnectionRow,
  move: Move | null,
  { at, actor, newId }: { at: Date; actor: string; newId: () => string },
): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ move: move === null ? null : JSON.stringify(move), updated_at: at })
    .where('id', '=', connection.id)
    .execute()
  const before = provenAddressOf(connection)
  const now = move?.state === 'proven' ? move.to : null
  if (before === now) return
  if (before !== null)
    await closeConnectionProblem(tx, connection.id, { code: 'address_to_confirm', subject: before }, at)
  if (now === null) return
  await openConnectionProblem(tx, {
    id: newId(),
    connectionId: connection.id,
    problem: { code: 'address_to_confirm', subject: now, detail: move!.why, vendorMessage: null },
    at,
  })
  await addEvents(tx, [
    {
      orderId: null,
      connectionId: connection.id,
      at,
      kind: 'moved',
      actor,
      detail: { to: now, before },
    },
  ])
}
