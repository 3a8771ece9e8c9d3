import { transact, type Account } from './account.ts'
import { addTracking } from './fulfillments.ts'
import { touch, type TransactionRow } from './sales-orders.ts'

/**
 * What a person changes in the packages of a fulfilment, also of one that is marked as shipped, and saves: its tracking
 * numbers, all of them, and its ship item. As with every record that is saved, its last change is now.
 */
export function changeTracking(
  account: Account,
  fulfillment: TransactionRow,
  change: { numbers: string[]; shipItem: number | undefined },
): void {
  const packages = change.numbers.map((number) => ({ packageTrackingNumber: number }))
  transact(account, () => {
    account.sql('DELETE FROM ns_tracking_map WHERE transaction_id = ?').run(fulfillment.id)
    for (const number of change.numbers) addTracking(account, fulfillment.id, number)
    account
      .sql(
        `UPDATE ns_transaction SET body = json_set(body, '$.package', json(?)), ship_method = COALESCE(?, ship_method)
         WHERE id = ?`,
      )
      .run(JSON.stringify(packages), change.shipItem ?? null, fulfillment.id)
    touch(account, fulfillment.id)
  })
}
