import { err, ok, type Result } from '../../result.ts'
import { isoSeconds, localTime, type Account } from './account.ts'
import type { CallStep, CallWatcher, JournalEntry, Traffic } from './api-server.ts'
import type { Gatekeeper, LoginAudit } from './auth.ts'
import type { Fault, Faults } from './faults.ts'
import { changeTracking } from './fulfillment-changes.ts'
import { fulfillOrder } from './fulfillments.ts'
import { changeSetting, findRow, setting, type CustomerRow, type ItemRow } from './lookups.ts'
import type { Records } from './records.ts'
import { findTransaction, rememberCustomFields, touch, type TransactionRow } from './sales-orders.ts'
import { deleteTransaction } from './sales-order-changes.ts'
import { mandatoryFields, type MandatoryField } from './sales-order-check.ts'
import { addItem, type ItemSeed } from './seed.ts'

export interface ShipRequest {
  tracking?: string | undefined
  /** Name of the ship item, such as "DHL Paket"; made when the account has none of that name. */
  carrier?: string | undefined
  /** Lines of the order with their quantities; all that is open when absent. */
  lines?: { line: number; quantity?: number | undefined }[] | undefined
}

export interface SandboxState {
  account: string
  inFlight: number
  highestInFlight: number
  highestOpen: number
  requests: number
  faults: Fault[]
  counts: ReturnType<Records['counts']>
  mandatoryFields: MandatoryField[]
  periodLockedUntil: string | null
  logins: LoginAudit[]
}

/** What a person, or a test, does in NetSuite or to it. A refusal is one line of text. */
export interface Control {
  /**
   * @param onHit told of each call that it hits; from inside only
   * @returns what takes this fault back
   */
  fault(fault: Fault, onHit?: () => void): () => void
  clearFaults(): void
  /** Nothing listens any more: connections are refused, until `up`. Control from inside only. */
  down(): Promise<void>
  up(): Promise<void>
  expireTokens(): void
  revoke(revoked: boolean): void
  addItem(item: ItemSeed): string
  /** By internal id or name. */
  changeItem(
    key: string,
    change: { inactive?: boolean | undefined; itemId?: string | undefined },
  ): Result<string, string>
  deleteItem(key: string): Result<string, string>
  /** By internal id, external id or entity name: activates, deactivates, adds a subsidiary or a currency. */
  changeCustomer(
    key: string,
    change: {
      inactive?: boolean | undefined
      subsidiary?: string | undefined
      currency?: string | undefined
    },
  ): Result<string, string>
  /** By name or id; the rate in percent. */
  changeTaxCode(key: string, rate: string): Result<string, string>
  /** By internal id, number or external id. Approves the order first where it is pending. */
  ship(key: string, request?: ShipRequest): Result<string, string>
  /** The fulfilment's tracking numbers, all of them, also after it was shipped; by internal id or number. */
  track(key: string, request: { numbers: string[]; carrier?: string | undefined }): Result<string, string>
  setStatus(key: string, status: string): Result<string, string>
  lock(key: string, locked: boolean): Result<string, string>
  deleteOrder(key: string): Result<string, string>
  addMandatoryField(field: MandatoryField): void
  removeMandatoryField(field: string): void
  /** Last locked day, `YYYY-MM-DD`; null opens all periods. */
  lockPeriod(until: string | null): void
  requests(): JournalEntry[]
  /** Calls that were let in and are not over, with how far each has come. Control from inside only. */
  running(): { call: JournalEntry; step: CallStep }[]
  /** Tells of every step of every call at the moment it is taken; the answer ends that. From inside only. */
  watch(watcher: CallWatcher): () => void
  clearRequests(): void
  state(): SandboxState
}

interface Parts {
  account: Account
  gatekeeper: Gatekeeper
  faults: Faults
  traffic: Traffic
  records: Records
  listener: { stop(): Promise<void>; start(): Promise<void> }
}

export function makeControl({ account, gatekeeper, faults, traffic, records, listener }: Parts): Control {
  const onOrder = <T>(key: string, work: (order: TransactionRow) => Result<T, string>): Result<T, string> => {
    const order = findByNumber(account, 'SalesOrd', key)
    return order === undefined ? err(`There is no sales order ${key}.`) : work(order)
  }
  const changed = (order: TransactionRow): Result<string, string> => {
    touch(account, order.id)
    return ok(String(order.id))
  }
  return {
    fault: faults.arm,
    clearFaults: faults.clear,
    down: listener.stop,
    up: listener.start,
    expireTokens: gatekeeper.expireTokens,
    revoke: gatekeeper.revoke,
    addItem: (item) => String(addItem(account, item)),
    changeItem: (key, change) => changeItem(account, key, change),
    deleteItem(key) {
      const item = findItem(account, key)
      if (item === undefined) return err(`There is no item ${key}.`)
      if (account.sql('SELECT 1 FROM ns_line WHERE item = ? LIMIT 1').get(item.id) !== undefined)
        return err(`Item ${item.item_id} stands on orders: make it inactive instead.`)
      account.sql('DELETE FROM ns_item WHERE id = ?').run(item.id)
      return ok(String(item.id))
    },
    changeCustomer: (key, change) => changeCustomer(account, key, change),
    changeTaxCode(key, rate) {
      if (!/^\d+(\.\d+)?$/.test(rate)) return err('Give the rate in percent, such as 19 or 8.875.')
      const updated = account
        .sql('UPDATE ns_tax_code SET rate = ? WHERE name = ? OR id = ?')
        .run(rate, key, key)
      return updated.changes > 0 ? ok(key) : err(`There is no tax code ${key}.`)
    },
    ship: (key, request = {}) => onOrder(key, (order) => ship(account, order, request)),
    track(key, { numbers, carrier }) {
      const fulfillment = findByNumber(account, 'ItemShip', key)
      if (fulfillment === undefined) return err(`There is no item fulfillment ${key}.`)
      changeTracking(account, fulfillment, { numbers, shipItem: shipItemCalled(account, carrier) })
      return ok(String(fulfillment.id))
    },
    setStatus: (key, status) =>
      onOrder(key, (order) => {
        if (!/^[A-H]$/.test(status)) return err('A status is one letter from A to H.')
        account.sql('UPDATE ns_transaction SET status = ? WHERE id = ?').run(status, order.id)
        return changed(order)
      }),
    lock: (key, locked) =>
      onOrder(key, (order) => {
        account.sql('UPDATE ns_transaction SET locked = ? WHERE id = ?').run(locked ? 1 : 0, order.id)
        return changed(order)
      }),
    deleteOrder: (key) =>
      onOrder(key, (order) => {
        const deleted = deleteTransaction(account, order)
        return deleted.ok ? ok(String(order.id)) : err(deleted.error.details[0]!.detail)
      }),
    addMandatoryField(field) {
      const others = mandatoryFields(account).filter((each) => each.field !== field.field)
      changeSetting(account, 'mandatoryFields', JSON.stringify([...others, field]))
      rememberCustomFields(account, { [field.field]: '' })
    },
    removeMandatoryField(field) {
      const others = mandatoryFields(account).filter((each) => each.field !== field)
      changeSetting(account, 'mandatoryFields', JSON.stringify(others))
    },
    lockPeriod: (until) => changeSetting(account, 'periodLockedUntil', until ?? '0000-00-00'),
    requests: () => traffic.journal,
    running: () => [...traffic.running].map(([call, step]) => ({ call, step })),
    watch(watcher) {
      traffic.watchers.add(watcher)
      return () => void traffic.watchers.delete(watcher)
    },
    clearRequests() {
      traffic.journal.length = 0
      traffic.highestInFlight = traffic.inFlight
      traffic.highestOpen = traffic.open
    },
    state: () => ({
      account: account.id,
      inFlight: traffic.inFlight,
      highestInFlight: traffic.highestInFlight,
      highestOpen: traffic.highestOpen,
      requests: traffic.journal.length,
      faults: faults.armed(),
      counts: records.counts(),
      mandatoryFields: mandatoryFields(account),
      periodLockedUntil: lockedUntil(account),
      logins: gatekeeper.audit.slice(-20),
    }),
  }
}

function lockedUntil(account: Account): string | null {
  const until = setting(account, 'periodLockedUntil')
  return until === undefined || until === '0000-00-00' ? null : until
}

/** An order or a fulfilment by internal id, number (SO1001, IF1001) or external id. */
function findByNumber(
  account: Account,
  type: TransactionRow['type'],
  key: string,
): TransactionRow | undefined {
  return (
    findTransaction(account, type, key) ??
    findTransaction(account, type, `eid:${key}`) ??
    (account.sql('SELECT * FROM ns_transaction WHERE tran_id = ? AND type = ?').get(key, type) as unknown as
      TransactionRow | undefined)
  )
}

function findItem(account: Account, key: string): ItemRow | undefined {
  const named = account.sql('SELECT * FROM ns_item WHERE item_id = ?').get(key) as unknown as
    ItemRow | undefined
  return named ?? findRow(account, 'item', { id: key })
}

function changeItem(
  account: Account,
  key: string,
  change: { inactive?: boolean | undefined; itemId?: string | undefined },
): Result<string, string> {
  const item = findItem(account, key)
  if (item === undefined) return err(`There is no item ${key}.`)
  const now = account.now()
  account
    .sql('UPDATE ns_item SET inactive = ?, item_id = ?, modified = ?, modified_local = ? WHERE id = ?')
    .run(
      change.inactive === undefined ? item.inactive : change.inactive ? 1 : 0,
      change.itemId ?? item.item_id,
      isoSeconds(now),
      localTime(account, now),
      item.id,
    )
  return ok(String(item.id))
}

function changeCustomer(
  account: Account,
  key: string,
  change: { inactive?: boolean | undefined; subsidiary?: string | undefined; currency?: string | undefined },
): Result<string, string> {
  const named = account.sql('SELECT * FROM ns_customer WHERE entity_id = ?').get(key) as unknown as
    CustomerRow | undefined
  const customer =
    named ?? findRow(account, 'customer', { id: key }) ?? findRow(account, 'customer', { externalId: key })
  if (customer === undefined) return err(`There is no customer ${key}.`)
  const subsidiary = change.subsidiary && findRow(account, 'subsidiary', { id: change.subsidiary })
  if (change.subsidiary !== undefined && !subsidiary)
    return err(`There is no subsidiary ${change.subsidiary}.`)
  const currency = account.sql('SELECT id FROM ns_currency WHERE symbol = ?').get(change.currency ?? '')?.[
    'id'
  ]
  if (change.currency !== undefined && currency === undefined)
    return err(`There is no currency ${change.currency}.`)
  if (subsidiary)
    account
      .sql('INSERT INTO ns_customer_subsidiary VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(customer.id, subsidiary.id)
  if (currency !== undefined)
    account
      .sql('INSERT INTO ns_customer_currency VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(customer.id, Number(currency))
  if (change.inactive !== undefined)
    account.sql('UPDATE ns_customer SET inactive = ? WHERE id = ?').run(change.inactive ? 1 : 0, customer.id)
  return ok(String(customer.id))
}

/** Makes an item fulfilment marked as shipped, as a warehouse would. */
function ship(account: Account, order: TransactionRow, request: ShipRequest): Result<string, string> {
  const approved = order.status === 'A' ? { ...order, status: 'B' } : order
  if (approved !== order) account.sql("UPDATE ns_transaction SET status = 'B' WHERE id = ?").run(order.id)
  const carrier = shipItemCalled(account, request.carrier)
  const created = fulfillOrder(account, approved, {
    shipStatus: 'C',
    ...(carrier === undefined ? {} : { shipMethod: { id: String(carrier) } }),
    ...(request.tracking === undefined || request.tracking === ''
      ? {}
      : { package: { items: [{ packageTrackingNumber: request.tracking }] } }),
    ...(request.lines === undefined
      ? {}
      : {
          item: {
            items: request.lines.map((line) => ({
              orderLine: line.line,
              ...(line.quantity === undefined ? {} : { quantity: String(line.quantity) }),
            })),
          },
        }),
  })
  if (created.ok) return ok(String(created.value))
  account.sql('UPDATE ns_transaction SET status = ? WHERE id = ?').run(order.status, order.id)
  return err(created.error.details[0]!.detail)
}

/** The ship item of that name, made where the account has none. */
function shipItemCalled(account: Account, name: string | undefined): number | undefined {
  if (name === undefined) return undefined
  const row = account.sql("SELECT id FROM ns_item WHERE item_id = ? AND type = 'ShipItem'").get(name)
  return row === undefined
    ? addItem(account, { itemId: name, displayName: name, type: 'ShipItem' })
    : Number(row['id'])
}
