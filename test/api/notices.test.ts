import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notify } from '../../src/flows/notify.ts'
import { sendMail } from '../../src/mail/smtp.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type { BulkResult, NoticePage, OrderDetail, ReceiversTried } from '../../src/server/schemas.ts'
import { openMailbox } from '../support/mailbox.ts'
import { openReceiver } from '../support/receiver.ts'
import { type Api, json, startApi } from './support.ts'

let api: Api
let number: string
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping, shop: { timezone: 'Europe/Berlin' } })
  const { shop } = api.world
  number = shop.control.newOrder({ trouble: 'unknown_sku' }).number
  await api.world.poll()
  const [route] = (await api.get<{ items: { name: string; mapping: object }[] }>('/routes')).items
  await api.put(`/routes/${route!.name}`, {
    from: 'shop',
    to: 'netsuite',
    import: { statuses: ['processing'], since: '2026-01-01' },
    autoCancel: { after: '2h', warn: ['1h', '30m'] },
    mapping: demoMapping,
  })
  await api.world.settle()
})
afterAll(() => api.stop())

const quarter = 15 * 60_000
async function hours(n: number): Promise<void> {
  for (let i = 0; i < n * 4; i += 1) await api.world.advance(quarter)
}
const notices = (query = '') => api.get<NoticePage>(`/notices${query}`)
const order = () => api.get<OrderDetail>(`/orders/${number}`)

describe('notices', () => {
  it('warn of an order that is going to be given up, until a person has seen them; then the order is cancelled', async () => {
    expect(await notices()).toEqual({ items: [], nextCursor: null, unseen: 0, mail: null, receivers: [] })
    expect((await order()).cancelsAt).toBe('2026-03-02T12:00:00.000Z')
    await hours(1)
    const [warning] = (await notices()).items
    expect(warning).toMatchObject({
      kind: 'cancel_warning',
      connection: 'shop',
      title: '1 order will be cancelled unless its problem is solved',
      detail: expect.stringContaining('Waybill gives it up on 2 Mar at 13:00.'),
      orders: [{ number, total: (await order()).total }],
      seenAt: null,
    })
    await hours(1)
    expect(await notices()).toMatchObject({ unseen: 2 })
    expect((await order()).status).toBe('post_error')

    const ids = (await notices()).items.map(({ id }) => id)
    expect(await api.post('/notices/seen', { ids })).toEqual({ unseen: 0 })
    await hours(1)
    expect(await order()).toMatchObject({ status: 'cancelled', cancelsAt: null, cancelReason: 'aged_out' })
    expect((await order()).events.at(-1)).toMatchObject({
      kind: 'aged_out',
      text: 'Cancelled by Waybill: its problem was not solved within 2h',
    })
  })

  it('say what was given up, and all of it is taken up again at once', async () => {
    const [given] = (await notices('?limit=1')).items
    expect(given).toMatchObject({
      kind: 'auto_cancelled',
      title: '1 order cancelled, because its problem was not solved in time',
    })
    const ids = given!.orders.map(({ id }) => id)
    const result = await api.post<BulkResult>('/orders/actions', { action: 'uncancel', ids })
    expect(result).toMatchObject({ done: 1, skippedCount: 0 })
    expect((await order()).status).toBe('post_error')
  })

  it('come page by page, the newest first', async () => {
    const first = await notices('?limit=2')
    expect(first.items.map(({ kind }) => kind)).toEqual(['auto_cancelled', 'cancel_warning'])
    const second = await notices(`?limit=2&cursor=${first.nextCursor}`)
    expect(second.items.map(({ kind }) => kind)).toEqual(['cancel_warning'])
    expect(second.nextCursor).toBeNull()
  })

  it('are marked by their ids alone', async () => {
    const wrong = await api.ask('POST', '/notices/seen', json({ ids: ['all of them'] }))
    expect(wrong.status).toBe(400)
    expect(wrong.body.errors).toMatchObject([{ field: 'ids.0' }])
  })
})

it('a test mail is refused where nobody gets mails, with where to name them', async () => {
  const { status, body } = await api.ask('POST', '/notices/test-mail')
  expect([status, body.code, body.fix]).toEqual([409, 'no_mail', expect.stringContaining('waybill.yaml')])
})

it('a test mail leads to the page at the address at which it was asked for, where no public one is known', async () => {
  const mailbox = await openMailbox()
  const email = { to: ['a@example.com'], from: 'w@example.com', smtp: mailbox.url }
  await api.post('/configuration', { yaml: JSON.stringify({ notifications: { email } }) })
  await api.post('/notices/test-mail')
  expect(mailbox.mails[0]!.mail.text).toContain(`${api.url}/notices`)
  await api.post('/configuration', { yaml: JSON.stringify({ notifications: {} }) })
  await mailbox.close()
})

describe('receivers', () => {
  const apply = (webhooks: object[]) =>
    api.post('/configuration', { yaml: JSON.stringify({ notifications: { webhooks } }) })

  it('are listed with what they do not take, as cause and fix, and without their addresses', async () => {
    const receiver = await openReceiver()
    receiver.answer({ status: 403 })
    const tell = () =>
      notify({
        ...api.world.deps,
        vault: api.world.vault,
        publicUrl: null,
        pageUrl: async () => null,
        send: sendMail,
      })
    await tell()
    await apply([{ url: receiver.url }])
    api.world.shop.control.newOrder({ trouble: 'unmapped_payment' })
    await api.world.poll()
    api.world.pass(quarter)
    await tell()
    const { receivers } = await notices()
    expect(receivers).toEqual([
      {
        name: new URL(receiver.url).host,
        kind: 'webhook',
        waiting: 1,
        givenUp: 0,
        trouble: {
          cause: expect.stringContaining('does not let Waybill in') as string,
          fix: expect.stringContaining('waybill apply') as string,
          nextAt: new Date(api.world.now().getTime() + 60_000).toISOString(),
        },
      },
    ])
    const refused = await api.post<ReceiversTried>('/notices/test-receivers')
    expect(refused.items[0]!.trouble!.cause).toContain('403')
    receiver.answer({ status: 200 })
    expect(await api.post('/notices/test-receivers')).toEqual({
      items: [{ name: receivers[0]!.name, kind: 'webhook', trouble: null }],
    })
    expect((await notices()).receivers[0]!.trouble).toMatchObject({ nextAt: api.world.now().toISOString() })
    await receiver.close()
  })

  it('are refused a test where there are none, with where to name them', async () => {
    await apply([])
    const { status, body } = await api.ask('POST', '/notices/test-receivers')
    expect([status, body.code, body.fix]).toEqual([
      409,
      'no_receiver',
      expect.stringContaining('waybill.yaml'),
    ])
  })
})
