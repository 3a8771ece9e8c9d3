import type { Account } from './account.ts'
import { setting } from './lookups.ts'
import type { SalesOrderRequest } from './requests.ts'

/** Orders with `item` (its name) get a line with the item `as` and this amount, as a user event script does it. */
export interface Surcharge {
  item: string
  as: number
  amount: string
}

/** The request as the account's scripts leave it. */
export function withSurcharges(account: Account, request: SalesOrderRequest): SalesOrderRequest {
  const surcharges = JSON.parse(setting(account, 'surcharges') ?? '[]') as Surcharge[]
  const lines = request.item?.items ?? []
  const added = surcharges.flatMap((surcharge) => {
    const row = account.sql('SELECT id FROM ns_item WHERE item_id = ?').get(surcharge.item)
    const line = lines.find((one) => one.item?.id === String(row?.['id']))
    if (!line) return []
    const added: (typeof lines)[number] = {
      item: { id: String(surcharge.as) },
      quantity: '1',
      rate: surcharge.amount,
    }
    return [line.taxCode === undefined ? added : { ...added, taxCode: line.taxCode }]
  })
  return added.length === 0 ? request : { ...request, item: { ...request.item, items: [...lines, ...added] } }
}
