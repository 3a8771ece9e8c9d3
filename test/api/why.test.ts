import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mainAccount } from '../../src/ledger/database.ts'
import type { Verdict, Why } from '../../src/server/schemas.ts'
import { why as whySchema } from '../../src/server/schemas.ts'
import { type Api, putEvent, putOrder, putProblem, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ start: '2026-03-02T06:30:00Z' })
})
afterAll(() => api.stop())

beforeEach(async () => {
  await api.world.db.deleteFrom('gaps').execute()
  await setBoth({
    health: 'healthy',
    health_problem: null,
    failures: 0,
    blocked_until: null,
    paused_at: null,
    paused_by: null,
    time_zone: 'Europe/Berlin',
    last_success_at: api.world.now(),
  })
})

type Health = 'new' | 'healthy' | 'failing' | 'down' | 'needs_reauthorisation'
interface State {
  health?: Health
  health_problem?: string | null
  health_since?: Date
  failures?: number
  blocked_until?: Date | null
  paused_at?: Date | null
  paused_by?: string | null
  time_zone?: string
  last_success_at?: Date
}
const setBoth = (set: State) => api.world.db.updateTable('connections').set(set).execute()
const setOne = (id: string, set: State) =>
  api.world.db.updateTable('connections').set(set).where('id', '=', id).execute()

const problem = (code: string, subject: string, detail: string) =>
  JSON.stringify({ code, subject, detail, vendorMessage: null })

async function why(query: string): Promise<Why> {
  const answer = whySchema.parse(await api.get<Why>(`/why?live=false&q=${encodeURIComponent(query)}`))
  expect(answer.query).toBe(query)
  expect(answer.headline).toMatch(/[.]$/)
  expect(answer.headline).not.toMatch(/undefined|null|\.\./)
  return answer
}
const commands = (answer: Why) => answer.fixes.map((fix) => fix.command).filter((command) => command !== null)

describe('an order that Waybill knows', () => {
  const posted = new Date('2026-03-01T08:05:00Z')
  const refused = problem('connection_refused', 'ns.example', 'ns.example refuses')

  it.each(['posted', 'partially_shipped', 'complete'] as const)(
    'is in the backend when %s',
    async (status) => {
      const orderId = await putOrder(api, {
        number: `in-${status}`,
        status,
        record_id: '77',
        record_number: 'SO77',
        posted_at: posted,
      })
      await putEvent(api.world.db, { orderId, at: posted, kind: 'posted' })
      const answer = await why(`in-${status}`)
      expect(answer.verdict).toBe('in_backend')
      expect(answer.headline).toBe(
        `Order in-${status} is in NetSuite as SO77, last seen there on 1 Mar at 09:05.`,
      )
      expect(answer.checks).toContainEqual({
        name: 'Record in NetSuite',
        outcome: 'ok',
        detail: 'SO77, last seen on 1 Mar at 09:05',
      })
      expect(answer.checks).toContainEqual(expect.objectContaining({ outcome: 'skipped' }))
    },
  )

  it('is gone from the backend: since when it is not known, but when it was seen last', async () => {
    const orderId = await putOrder(api, {
      number: 'gone',
      status: 'post_error',
      record_id: '79',
      record_number: 'SO79',
      posted_at: posted,
    })
    await putEvent(api.world.db, { orderId, at: posted, kind: 'posted' })
    await putProblem(api, { orderId, code: 'record_missing', detail: 'SO79 does not exist any more' })
    const answer = await why('gone')
    expect(answer.verdict).toBe('missing_in_backend')
    expect(answer.headline).toBe(
      'Order gone was posted to NetSuite as SO79, and is not there any more; it was last seen there on 1 Mar at 09:05.',
    )
    expect(answer.fixes.map(({ action }) => action)).toEqual(['post_anew', 'let_be', 'check_again'])
    expect(answer.fixes[0]?.command).toBe('waybill post gone --again')
    expect(answer.checks).toContainEqual({
      name: 'Record in NetSuite',
      outcome: 'fail',
      detail: 'SO79 is not there any more',
    })
  })

  it('tells of a shipment that the shop did not take', async () => {
    const orderId = await putOrder(api, {
      number: 'ship',
      status: 'shipment_error',
      record_id: '78',
      posted_at: posted,
    })
    await putProblem(api, { orderId, code: 'shipment_rejected', detail: 'The shop says no' })
    const answer = await why('ship')
    expect(answer.verdict).toBe('in_backend')
    expect(answer.headline).toContain('could not be reported to the shop: The shop says no')
    expect(answer.fixes[0]?.action).toBe('resend_shipment')
  })

  it('is on its way: when it goes', async () => {
    const next = new Date(api.world.now().getTime() + 40_000)
    await putOrder(api, { number: 'way', status: 'scheduled', next_attempt_at: next })
    const answer = await why('way')
    expect(answer.verdict).toBe('on_its_way')
    expect(answer.headline).toBe('Order way is on its way: it goes to NetSuite in 40 seconds.')
    expect(commands(answer)).toEqual(['waybill post way'])
    await putOrder(api, { number: 'going', status: 'posting' })
    expect(await why('going')).toMatchObject({ verdict: 'on_its_way', fixes: [] })
    await putOrder(api, { number: 'looking', status: 'verifying', next_attempt_at: next })
    expect((await why('looking')).headline).toContain('looks next in 40 seconds')
  })

  it('waits for a backend that is down, since when and why', async () => {
    await setOne(api.world.netsuiteId, {
      health: 'down',
      failures: 4,
      health_problem: refused,
      health_since: new Date('2026-03-02T05:00:00Z'),
      blocked_until: new Date(api.world.now().getTime() + 60_000),
    })
    await putOrder(api, { number: 'down', status: 'scheduled' })
    const answer = await why('down')
    expect(answer.verdict).toBe('backend_down')
    expect(answer.headline).toBe(
      'Order down waits for NetSuite, which has been out of reach since 2 Mar at 06:00: ns.example refuses connections. Waybill tries again in 60 seconds; the order goes by itself.',
    )
    expect(commands(answer)).toEqual(['waybill check netsuite'])
  })

  it('waits for new credentials', async () => {
    await setOne(api.world.netsuiteId, {
      health: 'needs_reauthorisation',
      failures: 1,
      health_problem: problem('credentials_refused', '', 'invalid_grant'),
    })
    await putOrder(api, { number: 'creds', status: 'scheduled' })
    const answer = await why('creds')
    expect(answer).toMatchObject({ verdict: 'backend_down' })
    expect(answer.headline).toContain('The credentials are refused. It goes by itself once that is mended.')
  })

  it('waits for a connection that a person paused', async () => {
    await setOne(api.world.netsuiteId, { paused_at: new Date('2026-03-02T05:00:00Z'), paused_by: 'person' })
    await putOrder(api, { number: 'paused', status: 'scheduled' })
    const answer = await why('paused')
    expect(answer).toMatchObject({ verdict: 'paused', fixes: [{ action: 'resume' }] })
    expect(answer.headline).toContain('paused since 2 Mar at 06:00')
  })

  it('waits for a person where automatic posting is off', async () => {
    await putOrder(api, { number: 'off' })
    const answer = await why('off')
    expect(answer.verdict).toBe('automatic_posting_off')
    expect(commands(answer)).toEqual(['waybill post off'])
  })

  it('stopped on the way to the backend: the problem, with its fixes', async () => {
    const orderId = await putOrder(api, { number: 'stop 1', status: 'post_error' })
    await putProblem(api, { orderId, code: 'unknown_sku', subject: 'MUG' })
    await putProblem(api, { orderId, code: 'missing_field', subject: 'Department' })
    const answer = await why('stop 1')
    expect(answer.verdict).toBe('error_posting')
    expect(answer.headline).toMatch(
      /^Order stop 1 is not in NetSuite: SKU "MUG" is not an item in NetSuite \(and 1 more\)\. Say which/,
    )
    expect(answer.fixes.map(({ action }) => action)).toEqual(['map_sku', 'refresh_items', 'post'])
    expect(commands(answer)).toContain("waybill post 'stop 1'")
  })

  it('is in the backend with another total', async () => {
    const orderId = await putOrder(api, {
      number: 'sum',
      status: 'post_error',
      record_id: '9',
      record_number: 'SO9',
    })
    await putProblem(api, { orderId, code: 'total_differs' })
    const answer = await why('sum')
    expect(answer.verdict).toBe('error_posting')
    expect(answer.headline).toContain('is in NetSuite as SO9, but stopped')
    expect(answer.fixes.map(({ action }) => action)).not.toContain('post')
  })

  it('cannot be read: where, and that it is kept', async () => {
    const orderId = await putOrder(api, {
      number: 'bad',
      status: 'import_error',
      total: null,
      currency: null,
    })
    await putProblem(api, { orderId, code: 'unreadable_order', detail: 'line_items[0].total is missing' })
    const answer = await why('bad')
    expect(answer.verdict).toBe('error_importing')
    expect(answer.headline).toContain('line_items[0].total is missing. It is kept')
    expect(commands(answer)).toEqual(['waybill import shop bad'])
    expect(answer.orders[0]).toMatchObject({ total: null, customer: null })
  })

  it.each([
    ['status', 'held_by_status'],
    ['before_start_date', 'before_start_date'],
    ['by_tag', 'held_by_rule'],
  ] as [string, Verdict][])('is held by the rule "%s"', async (rule, verdict) => {
    const hold = { rule, detail: `Because of ${rule}`, found: 'a', wanted: 'b' }
    await putOrder(api, { number: `held-${rule}`, status: 'held', hold, reason: hold.detail })
    const answer = await why(`held-${rule}`)
    expect(answer).toMatchObject({ verdict, headline: expect.stringContaining(`Because of ${rule}`) })
    expect(commands(answer)).toEqual([`waybill import shop held-${rule} --anyway`])
  })

  it('is held by a person: by whom, since when and why, and how it goes on', async () => {
    const hold = {
      rule: 'person',
      detail: 'Held',
      by: 'person',
      at: '2026-03-02T05:10:00Z',
      before: 'imported',
    }
    for (const [number, why] of [['p-why', 'The customer called'] as const, ['p-so', null] as const])
      await putOrder(api, { number, status: 'held', hold: { ...hold, why }, reason: 'Held' })
    expect(await why('p-why')).toMatchObject({
      verdict: 'held_by_rule',
      headline: 'Order p-why is held by a person since 2 Mar at 06:10: “The customer called”.',
      fixes: [{ action: 'release', command: 'waybill release p-why' }],
    })
    expect((await why('p-so')).headline).toBe('Order p-so is held by a person since 2 Mar at 06:10.')
  })

  it('was cancelled: by whom and when', async () => {
    const at = new Date('2026-03-02T05:10:00Z')
    const cancelled = async (number: string, reason: string, actor: string) => {
      const orderId = await putOrder(api, { number, status: 'cancelled', cancel_reason: reason })
      await putEvent(api.world.db, { orderId, at, kind: 'cancelled', actor, to: 'cancelled' })
      return orderId
    }
    await cancelled('c-person', 'by_person', 'person')
    expect(await why('c-person')).toMatchObject({
      verdict: 'cancelled_by_person',
      headline: 'Order c-person was cancelled in Waybill by a person on 2 Mar at 06:10.',
      fixes: [{ action: 'uncancel', command: 'waybill uncancel c-person' }],
    })
    await cancelled('c-shop', 'at_channel', 'poll')
    expect(await why('c-shop')).toMatchObject({ verdict: 'cancelled_at_channel' })
    const aged = await cancelled('c-aged', 'aged_out', 'waybill')
    await putProblem(api, { orderId: aged, code: 'unknown_sku', subject: 'X' })
    const answer = await why('c-aged')
    expect(answer.verdict).toBe('cancelled_after_error')
    expect(answer.headline).toContain('SKU "X" is not an item in NetSuite')
    expect(commands(answer)).toContain('waybill uncancel c-aged')
  })

  it('is found by its record as well', async () => {
    await putOrder(api, { number: 'rec', status: 'posted', record_id: '4711', record_number: 'SO4711' })
    expect(await why('so4711')).toMatchObject({ verdict: 'in_backend', orders: [{ number: 'rec' }] })
  })
})

describe('an order that Waybill has never seen', () => {
  const gap = (from: string, to: string | null) =>
    api.world.db
      .insertInto('gaps')
      .values({
        id: crypto.randomUUID(),
        account_id: mainAccount,
        connection_id: api.world.shopId,
        from_at: new Date(from),
        to_at: to === null ? null : new Date(to),
        problem: problem('timed_out', 'shop.example', 'no answer'),
        opened_at: new Date(from),
      })
      .execute()

  it('is not seen yet: when the shop was read and is read next, and how to fetch it', async () => {
    await api.world.poll()
    await setBoth({ time_zone: 'Europe/Berlin' })
    const answer = await why('4242')
    expect(answer.verdict).toBe('not_yet_seen')
    expect(answer.headline).toBe(
      'Waybill has not seen an order 4242 yet: shop was last read on 2 Mar at 07:30; it is read again in 60 seconds. If it is in the shop, import it by its number.',
    )
    expect(commands(answer)).toEqual(['waybill import shop 4242'])
    expect(answer.orders).toEqual([])
    expect(answer.checks).toContainEqual({
      name: 'Asking shop for it',
      outcome: 'skipped',
      detail: 'Not asked now; the import asks it',
    })
  })

  it('takes any text, and quotes it in the command', async () => {
    const answer = await why(`it's; rm -rf /`)
    expect(commands(answer)).toEqual([`waybill import shop 'it'\\''s; rm -rf /'`])
  })

  it('cannot be looked for while the shop is down', async () => {
    await setOne(api.world.shopId, {
      health: 'down',
      failures: 5,
      health_problem: problem('address_unknown', 'shop.example', 'no such name'),
      health_since: new Date('2026-03-01T22:00:00Z'),
    })
    const answer = await why('4242')
    expect(answer.verdict).toBe('connection_down')
    expect(answer.headline).toBe(
      'Waybill has not seen an order 4242, and it cannot read shop since 1 Mar at 23:00: The address shop.example does not exist.',
    )
    expect(commands(answer)).toEqual(['waybill check shop', 'waybill import shop 4242'])
    expect(answer.checks.find(({ name }) => name === 'Reading shop')?.outcome).toBe('fail')
  })

  it('may be of a time in which the shop could not be read', async () => {
    await gap('2026-03-01T20:00:00Z', '2026-03-01T23:00:00Z')
    const answer = await why('4242')
    expect(answer.verdict).toBe('missed_while_disconnected')
    expect(answer.headline).toContain('from 1 Mar at 21:00 until 2 Mar at 00:00')
    expect(commands(answer)).toEqual(['waybill import shop 4242'])
  })

  it('waits for a shop that a person paused', async () => {
    await setOne(api.world.shopId, { paused_at: api.world.now() })
    expect(await why('4242')).toMatchObject({ verdict: 'paused', fixes: [{ action: 'resume' }] })
  })

  it('is looked for in one shop alone when it is named', async () => {
    const answer = await api.get<Why>('/why?live=false&q=4242&connection=elsewhere')
    expect(answer).toMatchObject({ verdict: 'not_yet_seen', fixes: [] })
    expect(answer.headline).toContain('no shop is connected')
  })

  it('wants a name to look for', async () => {
    for (const path of ['/why', '/why?q=', '/why?q=%20'])
      expect((await api.ask('GET', path)).body).toMatchObject({ status: 400, errors: [{ field: 'q' }] })
  })
})
