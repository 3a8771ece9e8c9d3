import { fingerprintOf, type Problem } from '../order/problems.ts'
import { mainAccount, type Tx } from './database.ts'
import { addEvents } from './events.ts'

/** Opens problems of an order (or of one of its shipments); those it had before are closed. */
export async function replaceProblems(
  tx: Tx,
  {
    orderId,
    shipmentId = null,
    connectionId,
    problems,
    at,
    newId,
  }: {
    orderId: string
    shipmentId?: string | null
    connectionId: string
    problems: readonly Problem[]
    at: Date
    newId: () => string
  },
): Promise<void> {
  await closeProblems(tx, orderId, at, shipmentId)
  await openProblems(
    tx,
    problems.map((problem) => ({ id: newId(), orderId, shipmentId, connectionId, problem, at })),
  )
}

export interface NewProblem {
  id: string
  orderId: string
  shipmentId?: string | null
  connectionId: string
  problem: Problem
  at: Date
}

export async function openProblems(tx: Tx, problems: NewProblem[]): Promise<void> {
  if (problems.length === 0) return
  await tx
    .insertInto('problems')
    .values(
      problems.map(({ id, orderId, shipmentId, connectionId, problem, at }) => ({
        id,
        account_id: mainAccount,
        order_id: orderId,
        shipment_id: shipmentId ?? null,
        connection_id: connectionId,
        code: problem.code,
        subject: problem.subject,
        fingerprint: fingerprintOf(problem),
        detail: problem.detail,
        vendor_message: problem.vendorMessage,
        opened_at: at,
      })),
    )
    .execute()
}

/** Closes the open problems of an order, or those of one shipment. */
export async function closeProblems(
  tx: Tx,
  orderId: string,
  at: Date,
  shipmentId: string | null = null,
): Promise<void> {
  let query = tx
    .updateTable('problems')
    .set({ closed_at: at })
    .where('order_id', '=', orderId)
    .where('closed_at', 'is', null)
  query =
    shipmentId === null ? query.where('shipment_id', 'is', null) : query.where('shipment_id', '=', shipmentId)
  await query.execute()
}

/**
 * Opens a problem of a connection's own work, which stops no order. One for each subject: again, it is brought up to
 * date; with `tellAgain` people hear of it once more.
 */
export async function openConnectionProblem(
  tx: Tx,
  {
    id,
    connectionId,
    problem,
    at,
    tellAgain = false,
  }: { id: string; connectionId: string; problem: Problem; at: Date; tellAgain?: boolean },
): Promise<void> {
  const said = { detail: problem.detail, vendor_message: problem.vendorMessage }
  const known = await tx
    .updateTable('problems')
    .set({ ...said, ...(tellAgain ? { told_at: null } : {}) })
    .where('connection_id', '=', connectionId)
    .where('order_id', 'is', null)
    .where('fingerprint', '=', fingerprintOf(problem))
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  if (known.numUpdatedRows > 0n) return
  await tx
    .insertInto('problems')
    .values({
      id,
      account_id: mainAccount,
      order_id: null,
      connection_id: connectionId,
      code: problem.code,
      subject: problem.subject,
      fingerprint: fingerprintOf(problem),
      ...said,
      opened_at: at,
    })
    .execute()
  await addEvents(tx, [
    { orderId: null, connectionId, at, kind: problem.code, actor: 'waybill', detail: problem },
  ])
}

/** Closes a problem of a connection's own work. */
export async function closeConnectionProblem(
  tx: Tx,
  connectionId: string,
  problem: Pick<Problem, 'code' | 'subject'>,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('problems')
    .set({ closed_at: at })
    .where('connection_id', '=', connectionId)
    .where('order_id', 'is', null)
    .where('fingerprint', '=', fingerprintOf(problem))
    .where('closed_at', 'is', null)
    .execute()
}
