import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  BackendShipment,
  Ctx,
  Failure,
  ListedRecord,
  Outcome,
  Page,
} from '../../src/connectors/contract.ts'
import { createHttp, type Transport } from '../../src/connectors/http.ts'
import type { AnyBackend } from '../../src/connectors/index.ts'
import { toCurrency } from '../../src/order/money.ts'
import type { Order } from '../../src/order/order.ts'
import type { Problem } from '../../src/order/problems.ts'
import { line, orderOf, tax } from '../support/orders.ts'

/** What a backend's test brings: a running backend to try things against, and what a person could do to it. */
export interface BackendUnderTest {
  backend: AnyBackend
  config: unknown
  /** The same account with a key that is not its own. */
  wrongCredentials: unknown
  /** The same account at an address where nobody listens. */
  unreachable: unknown
  /** Maps the SKUs MUG and TEA, the shipping method "parcel", and the tax rates 19 and 7 percent. */
  mapping: unknown
  now: () => Date
  advance: (ms: number) => void
  person: {
    addItem(sku: string): void
    setItemActive(sku: string, active: boolean): void
    /** Marks lines of the record as shipped (all that are open when absent). */
    ship(recordId: string, parcel: { tracking: string; lines?: { line: number; quantity: number }[] }): void
    /** Gives what has left of the record these tracking numbers in the place of those it has. */
    track(recordId: string, numbers: string[]): void
    /** An order with the memo "foreign" that did not come from Waybill, shipped. */
    shipForeignOrder(): Promise<void>
    editMemo(recordId: string, memo: string): Promise<void>
    memo(recordId: string): string | null
    deleteRecord(recordId: string): void
    records(externalId: string): number
    customers(externalId: string): number
  }
  faults: {
    loseNextAnswer(): void
    failNextWrite(): void
    failReads(): void
    throttle(): void
    answerWithPages(): void
    clear(): void
  }
  close(): Promise<void>
}

let count = 0
/** A fresh order: a mug and tea, one taxed parcel, a customer of its own. */
export function sampleOrder(given: Partial<Order> = {}): Order {
  const id = String(7000 + ++count)
  const email = `customer-${id}@example.com`
  const of = (name: string) => ({ ...orderOf([]).billing!, name, email })
  return orderOf(
    [
      line('11', {
        sku: 'MUG',
        quantity: '2',
        unitPrice: '18',
        net: '36.00',
        taxes: [tax('1', '19', '6.84')],
      }),
      line('12', {
        sku: 'TEA',
        quantity: '3',
        unitPrice: '9.80',
        net: '29.40',
        taxes: [tax('2', '7', '2.06')],
      }),
      line('13', {
        kind: 'shipping',
        code: 'parcel',
        name: 'Parcel',
        net: '4.90',
        taxes: [tax('1', '19', '0.93')],
      }),
    ],
    {
      channelOrderId: id,
      number: id,
      customer: { id: null, name: `Åsa Probe ${id}`, company: null, email, phone: null },
      billing: of(`Åsa Probe ${id}`),
      shipping: of(`Åsa Probe ${id}`),
      ...given,
    },
  )
}

const externalIdOf = (order: Order) => `wb_test_0a1b2c3d_${order.channelOrderId}`
const customerIdOf = (order: Order) => `wb_c_test_0a1b2c3d_${order.channelOrderId}`

/** Every backend passes this suite: what the flows rely on, and nothing of any one vendor. */
export function describeBackend(name: string, setUp: () => Promise<BackendUnderTest>): void {
  describe(`the backend ${name}`, () => {
    let given: BackendUnderTest
    const transports: Transport[] = []

    beforeAll(async () => {
      given = await setUp()
    })
    afterAll(async () => {
      await Promise.all(transports.map((transport) => transport.close()))
      await given.close()
    })

    function contextFor(config: unknown = given.config): Ctx<unknown> {
      const http = createHttp({
        timeoutMs: given.backend.timing(config).timeoutMs,
        limits: given.backend.limits(config),
        allowHosts: ['127.0.0.1'],
        now: given.now,
      })
      transports.push(http)
      return {
        config,
        http,
        now: given.now,
        randomId: randomUUID,
        log: { debug() {}, info() {}, warn() {}, error() {} },
        signal: new AbortController().signal,
        memory: new Map(),
      }
    }

    const mapping = () => given.backend.mapping.parse(given.mapping)

    async function prepared(ctx: Ctx<unknown>, order: Order, by: unknown = mapping()) {
      const lookups = value(await given.backend.lookups(ctx, order, by, customerIdOf(order)))
      return given.backend.prepare({
        order,
        mapping: by,
        lookups,
        externalId: externalIdOf(order),
        customerExternalId: customerIdOf(order),
      })
    }

    async function draftOf(ctx: Ctx<unknown>, order: Order): Promise<unknown> {
      const outcome = await prepared(ctx, order)
      if (!outcome.ok) throw new Error(outcome.error.map((problem) => problem.detail).join('; '))
      return outcome.value
    }

    async function problemsOf(ctx: Ctx<unknown>, order: Order): Promise<Problem[]> {
      const outcome = await prepared(ctx, order)
      return outcome.ok ? [] : outcome.error
    }

    async function posted(ctx: Ctx<unknown>, order: Order) {
      const draft = await draftOf(ctx, order)
      return { draft, ref: value(await given.backend.create(ctx, draft)) }
    }

    async function allShipments(ctx: Ctx<unknown>, from: string): Promise<BackendShipment[]> {
      const all: BackendShipment[] = []
      let page: Page | undefined
      do {
        const read = value(await given.backend.shipments(ctx, { from }, page))
        all.push(...read.shipments)
        page = read.next
      } while (page !== undefined)
      return all
    }

    describe('the account', () => {
      it('has an id that is always the same', async () => {
        const [first, second] = [
          value(await given.backend.identify(contextFor())),
          value(await given.backend.identify(contextFor())),
        ]
        expect(first.id).not.toBe('')
        expect(second).toEqual(first)
      })

      it('refuses wrong credentials as a matter of credentials', async () => {
        const failure = failed(await given.backend.identify(contextFor(given.wrongCredentials)))
        expect(failure.kind).toBe('auth')
        expect(failure.problems[0].code).toBe('credentials_refused')
      })

      it('that cannot be reached has done nothing', async () => {
        const ctx = contextFor(given.unreachable)
        expect(failed(await given.backend.identify(ctx)).kind).toBe('unavailable')
        expect(failed(await given.backend.find(ctx, 'wb_test_1')).kind).toBe('unavailable')
        const draft = await draftOf(contextFor(), sampleOrder())
        expect(failed(await given.backend.create(ctx, draft)).kind).toBe('unavailable')
      })
    })

    describe('an order', () => {
      it("is created, found, and has the shop's total", async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        expect(value(await given.backend.find(ctx, externalIdOf(order)))).toBeNull()
        const { ref } = await posted(ctx, order)
        const found = value(await given.backend.find(ctx, externalIdOf(order)))
        expect(found?.id).toBe(ref.id)
        expect(found?.number).toBeTruthy()
        expect(found?.url).toBe(given.backend.recordUrl(given.config, ref.id))
        const totals = value(await given.backend.totals(ctx, ref.id))
        expect([toCurrency(totals.total, 'EUR'), totals.currency]).toEqual(['80.13', 'EUR'])
        expect(totals.ref).toEqual(found)
      })

      it.each([
        ['JPY', '2384', '2384'],
        ['KWD', '6.037', '6.037'],
      ])('in %s keeps its decimals (failure mode 39)', async (currency, net, total) => {
        const ctx = contextFor()
        const order = { ...sampleOrder(), lines: [line('1', { sku: 'MUG', net })], currency, total }
        const { ref } = await posted(ctx, order)
        const totals = value(await given.backend.totals(ctx, ref.id))
        expect([toCurrency(totals.total, currency), totals.currency]).toEqual([total, currency])
      })

      it('is never created twice, nor written over (failure mode 22)', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const { draft, ref } = await posted(ctx, order)
        await given.person.editMemo(ref.id, 'a person was here')
        const again = failed(await given.backend.create(ctx, draft))
        expect(again.kind).toBe('rejected')
        expect(given.person.records(externalIdOf(order))).toBe(1)
        expect(given.person.memo(ref.id)).toBe('a person was here')
      })

      it('is never created twice, at the same time', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const draft = await draftOf(ctx, order)
        const outcomes = await Promise.all([1, 2, 3].map(() => given.backend.create(ctx, draft)))
        expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1)
        expect(given.person.records(externalIdOf(order))).toBe(1)
        expect(given.person.customers(customerIdOf(order))).toBe(1)
      })

      it('shares its new customer with another order that comes at the same time (failure mode 21)', async () => {
        const [ctx, first] = [contextFor(), sampleOrder()]
        const second = { ...first, channelOrderId: `${first.channelOrderId}b`, number: `${first.number}b` }
        const drafts = [await draftOf(ctx, first)]
        const lookups = value(await given.backend.lookups(ctx, second, mapping(), customerIdOf(first)))
        const other = given.backend.prepare({
          order: second,
          mapping: mapping(),
          lookups,
          externalId: externalIdOf(second),
          customerExternalId: customerIdOf(first),
        })
        if (other.ok) drafts.push(other.value)
        const outcomes = await Promise.all(drafts.map((draft) => given.backend.create(ctx, draft)))
        expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, true])
        expect(given.person.customers(customerIdOf(first))).toBe(1)
      })

      it('that a person deleted is not there any more', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const { ref } = await posted(ctx, order)
        given.person.deleteRecord(ref.id)
        expect(value(await given.backend.find(ctx, externalIdOf(order)))).toBeNull()
        expect(failed(await given.backend.totals(ctx, ref.id)).kind).toBe('not_found')
      })
    })

    describe('what stands against an order', () => {
      it('is told at once, and nothing is created', async () => {
        const ctx = contextFor()
        const order = sampleOrder()
        const lines = [
          line('1', { sku: 'NOBODY-KNOWS', net: '1' }),
          line('2', { kind: 'fee', net: '1' }),
          line('3', { kind: 'shipping', code: 'balloon', net: '1' }),
        ]
        const codes = (await problemsOf(ctx, { ...order, lines, total: '3' })).map(({ code }) => code)
        expect(codes.toSorted()).toEqual(['unknown_sku', 'unmapped_item_kind', 'unmapped_shipping_method'])
        expect(given.person.customers(customerIdOf(order))).toBe(0)
      })

      it('goes when a person chooses a fix', async () => {
        const ctx = contextFor()
        const order = {
          ...sampleOrder(),
          lines: [line('1', { sku: 'SPELT-OTHERWISE', net: '5' })],
          total: '5',
        }
        const [choice] = value(await given.backend.choices(ctx, 'map_sku', 'mug'))
        const fixed = given.backend.applyFix(mapping(), {
          action: 'map_sku',
          subject: 'SPELT-OTHERWISE',
          value: choice?.id ?? '',
        })
        expect((await problemsOf(ctx, order)).map(({ code }) => code)).toEqual(['unknown_sku'])
        expect((await prepared(ctx, order, fixed)).ok).toBe(true)
      })

      it('goes by itself when the item appears or becomes active', async () => {
        const ctx = contextFor()
        const order = { ...sampleOrder(), lines: [line('1', { sku: 'NEW-CUP', net: '5' })], total: '5' }
        const codes = async () => (await problemsOf(ctx, order)).map(({ code }) => code)
        expect(await codes()).toEqual(['unknown_sku'])
        given.person.addItem('NEW-CUP')
        given.person.setItemActive('NEW-CUP', false)
        expect(await codes()).toEqual(['inactive_item'])
        given.person.setItemActive('NEW-CUP', true)
        expect(await codes()).toEqual([])
      })

      it('shows after forgetting, where an item that was known has gone', async () => {
        const ctx = contextFor()
        given.person.addItem('LEAVING-CUP')
        const order = { ...sampleOrder(), lines: [line('1', { sku: 'LEAVING-CUP', net: '5' })], total: '5' }
        expect(await problemsOf(ctx, order)).toEqual([])
        given.person.setItemActive('LEAVING-CUP', false)
        given.backend.forget(ctx.memory)
        expect((await problemsOf(ctx, order)).map(({ code }) => code)).toEqual(['inactive_item'])
      })

      it('and was learnt from a refusal is noticed at the next attempt', async () => {
        const ctx = contextFor()
        given.person.addItem('RESTING-CUP')
        const order = { ...sampleOrder(), lines: [line('1', { sku: 'RESTING-CUP', net: '5' })], total: '5' }
        const draft = await draftOf(ctx, order)
        given.person.setItemActive('RESTING-CUP', false)
        expect(failed(await given.backend.create(ctx, draft)).kind).toBe('rejected')
        expect((await problemsOf(ctx, order)).map(({ code }) => code)).toEqual(['inactive_item'])
      })
    })

    describe('a fault', () => {
      it('that loses the answer leaves the outcome unknown, and the record to be found (failure mode 20)', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const draft = await draftOf(ctx, order)
        given.faults.loseNextAnswer()
        const failure = failed(await given.backend.create(ctx, draft))
        given.faults.clear()
        expect(failure.kind).toBe('unknown_outcome')
        expect(value(await given.backend.find(ctx, externalIdOf(order)))).not.toBeNull()
      })

      it("of the server's own leaves a write's outcome unknown", async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const draft = await draftOf(ctx, order)
        given.faults.failNextWrite()
        const failure = failed(await given.backend.create(ctx, draft))
        given.faults.clear()
        expect(failure.kind).toBe('unknown_outcome')
        expect(failure.problems[0].detail).not.toBe('')
      })

      it('of reading is never taken for an absent record', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const { ref } = await posted(ctx, order)
        given.faults.failReads()
        const [find, totals] = [
          await given.backend.find(ctx, externalIdOf(order)),
          await given.backend.totals(ctx, ref.id),
        ]
        given.faults.clear()
        given.faults.answerWithPages()
        const page = await given.backend.find(ctx, externalIdOf(order))
        given.faults.clear()
        expect(failed(find).kind).toBe('unavailable')
        expect(failed(totals).kind).toBe('unavailable')
        expect(failed(page).kind).toBe('unavailable')
      })

      it('of too many requests is throttling, and nothing was done (failure mode 26)', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const draft = await draftOf(ctx, order)
        given.faults.throttle()
        const [create, find] = [
          await given.backend.create(ctx, draft),
          await given.backend.find(ctx, externalIdOf(order)),
        ]
        given.faults.clear()
        expect([failed(create).kind, failed(find).kind]).toEqual(['throttled', 'throttled'])
        expect(given.person.records(externalIdOf(order))).toBe(0)
      })
    })

    describe('records', () => {
      const prefix = 'wb_test_0a1b2c3d_'
      async function allRecords(ctx: Ctx<unknown>, createdFrom: string) {
        const records: ListedRecord[] = []
        let page: Page | undefined
        for (let pages = 0; pages < 20; pages++) {
          const read = value(await given.backend.records(ctx, { prefix, createdFrom }, page))
          records.push(...read.records)
          if (!read.next) return records
          page = JSON.parse(JSON.stringify(read.next)) as Page
        }
        throw new Error('the pages do not end')
      }

      it('are those that carry our external ids, with the time they were made', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        given.advance(86_400_000)
        const { ref } = await posted(ctx, order)
        await given.person.shipForeignOrder()
        const listed = (await allRecords(ctx, given.now().toISOString())).filter(({ id }) => id === ref.id)
        const { number } = value(await given.backend.find(ctx, externalIdOf(order)))!
        expect(listed).toEqual([
          { id: ref.id, number, externalId: externalIdOf(order), createdAt: expect.any(String) },
        ])
        expect(Math.abs(Date.parse(listed[0]!.createdAt) - given.now().getTime())).toBeLessThan(60_000)
        for (const record of await allRecords(ctx, new Date(0).toISOString())) {
          expect(record.externalId.startsWith(prefix)).toBe(true)
          expect(given.person.memo(record.id)).not.toBe('foreign')
        }
      })

      it('that were made long before are left out, and so are deleted ones', async () => {
        const [ctx, old, gone] = [contextFor(), sampleOrder(), sampleOrder()]
        const before = await posted(ctx, old)
        given.advance(2 * 86_400_000)
        const since = given.now().toISOString()
        const deleted = await posted(ctx, gone)
        expect((await allRecords(ctx, since)).map(({ id }) => id)).toContain(deleted.ref.id)
        given.person.deleteRecord(deleted.ref.id)
        const ids = (await allRecords(ctx, since)).map(({ id }) => id)
        expect(ids).not.toContain(before.ref.id)
        expect(ids).not.toContain(deleted.ref.id)
      })

      it('of another shop are not ours, though a wildcard would match them', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const { ref } = await posted(ctx, order)
        const read = await given.backend.records(ctx, {
          prefix: prefix.replaceAll('_', '-').slice(0, -1),
          createdFrom: new Date(0).toISOString(),
        })
        expect(value(read).records).toEqual([])
        const other = { prefix: 'wb_test__a1b2c3d_', createdFrom: new Date(0).toISOString() }
        expect(value(await given.backend.records(ctx, other)).records).toEqual([])
        expect((await allRecords(ctx, new Date(0).toISOString())).map(({ id }) => id)).toContain(ref.id)
      })
    })

    describe('shipments', () => {
      it('come once more when a tracking number is entered after they have left', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const { ref } = await posted(ctx, order)
        given.person.ship(ref.id, { tracking: 'EARLY' })
        given.advance(86_400_000)
        const from = given.now().toISOString()
        const own = async () => (await allShipments(ctx, from)).filter((each) => each.recordId === ref.id)
        expect(await own()).toEqual([])
        given.advance(5_000)
        given.person.track(ref.id, ['LATE-1', 'LATE-2'])
        expect(await own()).toMatchObject([{ trackingNumbers: ['LATE-1', 'LATE-2'], completesOrder: true }])
      })

      it('come back with their tracking numbers and lines, the last one completing the order', async () => {
        const [ctx, order] = [contextFor(), sampleOrder()]
        const from = given.now().toISOString()
        given.advance(5_000)
        const { draft, ref } = await posted(ctx, order)
        const backendLine = (channelLineId: string) =>
          given.backend.linesOf(draft).find((each) => each.channelLineId === channelLineId)?.backendLine ?? ''
        expect((await allShipments(ctx, from)).filter((each) => each.recordId === ref.id)).toEqual([])

        const mugs = Number(backendLine('11'))
        given.person.ship(ref.id, { tracking: 'TRACK-1', lines: [{ line: mugs, quantity: 1 }] })
        given.advance(5_000)
        const own = async () => (await allShipments(ctx, from)).filter((each) => each.recordId === ref.id)
        const [first] = await own()
        expect(first).toMatchObject({
          trackingNumbers: ['TRACK-1'],
          lines: [{ backendLine: backendLine('11'), sku: 'MUG', quantity: '1' }],
          completesOrder: false,
        })

        given.person.ship(ref.id, { tracking: 'TRACK-2' })
        const both = await own()
        expect(both.map((each) => [each.trackingNumbers, each.completesOrder])).toEqual([
          [['TRACK-1'], false],
          [['TRACK-2'], true],
        ])
        const rest = Object.fromEntries(both[1]?.lines.map((each) => [each.backendLine, each.quantity]) ?? [])
        expect(rest).toEqual({ [backendLine('11')]: '1', [backendLine('12')]: '3' })
        for (const each of both) {
          expect(each.modifiedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
          expect(Math.abs(Date.parse(each.modifiedAt) - given.now().getTime())).toBeLessThan(60_000)
        }
      })

      it('come in the order of their time, and only of orders that Waybill posted', async () => {
        const ctx = contextFor()
        const from = given.now().toISOString()
        const ids: string[] = []
        for (let number = 0; number < 3; number++) {
          given.advance(1_000)
          const { ref } = await posted(ctx, sampleOrder())
          given.person.ship(ref.id, { tracking: `T-${number}` })
          ids.push(ref.id)
          await given.person.shipForeignOrder()
        }
        const shipments = await allShipments(ctx, from)
        const times = shipments.map((each) => each.modifiedAt)
        expect(times).toEqual(times.toSorted())
        expect(shipments.map((each) => each.recordId).filter((id) => ids.includes(id))).toEqual(ids)
        const posts = new Set(shipments.map((each) => each.recordId))
        for (const id of posts) expect(given.person.memo(id)).not.toBe('foreign')
      })

      it('that are old are not read again and again', async () => {
        const ctx = contextFor()
        const { ref } = await posted(ctx, sampleOrder())
        given.person.ship(ref.id, { tracking: 'OLD' })
        given.advance(2 * 86_400_000)
        expect(await allShipments(ctx, given.now().toISOString())).toEqual([])
      })
    })
  })
}

function value<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(`${outcome.error.kind}: ${outcome.error.problems.map((each) => each.detail).join('; ')}`)
}

function failed(outcome: Outcome<unknown>): Failure {
  if (!outcome.ok) return outcome.error
  throw new Error(`it succeeded: ${JSON.stringify(outcome.value)}`)
}
