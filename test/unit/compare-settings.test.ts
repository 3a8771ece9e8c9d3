import { expect, it } from 'vitest'
import { compareSettings, type Settings } from '../../src/flows/compare-settings.ts'
import type { Prepared } from '../../src/flows/prepare-draft.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import type { Order } from '../../src/order/order.ts'
import type { Problem } from '../../src/order/problems.ts'

const settings = (given: Partial<Settings> = {}): Settings => ({
  statuses: ['processing'],
  since: '2026-01-01T00:00:00.000Z',
  filters: [],
  mapping: {},
  ...given,
})
const order = (channelStatus: string) =>
  ({
    channelStatus,
    placedAt: '2026-03-01T00:00:00Z',
    currency: 'EUR',
    total: '0',
    lines: [],
  }) as unknown as Order
const row = (given: Partial<OrderRow>) => ({ status: 'posted', import_anyway: false, ...given }) as OrderRow
const problem = (subject: string): Problem => ({
  code: 'unknown_sku',
  subject,
  detail: '',
  vendorMessage: null,
})

/** Fares by what each mapping says of itself. */
const prepare = async (mapping: unknown): Promise<Prepared> => {
  const { stops } = mapping as { stops?: string }
  return stops === undefined ? { ok: true, draft: {} } : { ok: false, problems: [problem(stops)] }
}
const outcome = async (
  of: { row: OrderRow; order: Order | null },
  before: Settings,
  after: Settings,
): Promise<string> => {
  const compared = await compareSettings(of, { before, after }, prepare)
  return compared.ok ? compared.value.outcome : 'not told'
}

it('what came in with another status than it has now tells nothing of the rules', async () => {
  const completed = { row: row({}), order: order('completed') }
  expect(await outcome(completed, settings(), settings({ statuses: ['on-hold'] }))).toBe('as_before')
  const held = { row: row({ status: 'held' }), order: order('completed') }
  expect(await outcome(held, settings(), settings({ statuses: ['completed'] }))).toBe('no_longer_held')
  expect(await outcome(held, settings(), settings({ statuses: ['on-hold'] }))).toBe('as_before')
})

it('what a person wanted in spite of a rule is held by none', async () => {
  const wanted = { row: row({ import_anyway: true }), order: order('pending') }
  expect(await outcome(wanted, settings({ statuses: ['pending'] }), settings())).toBe('as_before')
})

it('what is cancelled, or cannot be read, goes nowhere by any settings', async () => {
  const stops = settings({ mapping: { stops: 'A' } })
  expect(
    await outcome({ row: row({ status: 'cancelled' }), order: order('processing') }, stops, settings()),
  ).toBe('as_before')
  expect(await outcome({ row: row({ status: 'import_error' }), order: null }, stops, settings())).toBe(
    'as_before',
  )
})

it('tells a stop that goes, that comes, that changes its cause and that stays', async () => {
  const fine = settings()
  const [a, b] = [settings({ mapping: { stops: 'A' } }), settings({ mapping: { stops: 'B' } })]
  const same = settings({ mapping: { stops: 'A', more: 1 } })
  const given = { row: row({ status: 'post_error' }), order: order('processing') }
  expect(await outcome(given, a, fine)).toBe('would_post')
  expect(await outcome(given, fine, a)).toBe('would_stop')
  expect(await outcome(given, a, b)).toBe('stops_otherwise')
  expect(await outcome(given, a, same)).toBe('as_before')
})

it('tells when the backend could not be asked; what it refuses is about the order', async () => {
  const failing =
    (kind: 'unavailable' | 'rejected') =>
    async (mapping: unknown): Promise<Prepared> =>
      'fails' in (mapping as object)
        ? { ok: false, failure: { kind, problems: [problem('X')] }, problems: [problem('X')] }
        : { ok: true, draft: {} }
  const of = { row: row({}), order: order('processing') }
  const both = { before: settings(), after: settings({ mapping: { fails: true } }) }
  expect((await compareSettings(of, both, failing('unavailable'))).ok).toBe(false)
  expect(await compareSettings(of, both, failing('rejected'))).toMatchObject({
    value: { outcome: 'would_stop' },
  })
})
