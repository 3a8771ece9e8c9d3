import { afterEach, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { wordsOf } from '../../src/flows/notice-words.ts'
import { notify, type NotifyDeps } from '../../src/flows/notify.ts'
import { listNotices } from '../../src/ledger/notices.ts'
import { sendMail } from '../../src/mail/smtp.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { openReceiver, type ReceiverServer } from '../support/receiver.ts'
import { makeWorld, type World } from '../support/world.ts'

const minute = 60_000
const hour = 60 * minute

let world: World
let mailbox: Mailbox
let receiver: ReceiverServer
let deps: NotifyDeps

async function begin(start: string): Promise<void> {
  world = await makeWorld({ mapping: demoMapping, start })
  deps = {
    ...world.deps,
    vault: world.vault,
    publicUrl: null,
    pageUrl: async () => null,
    send: sendMail,
  }
}
beforeEach(async () => {
  mailbox = await openMailbox()
  receiver = await openReceiver()
})
afterEach(async () => {
  await mailbox.close()
  await receiver.close()
  await world.stop()
})

async function tell(summary: object | undefined): Promise<void> {
  const email = { to: ['a@shop.example'], from: 'b@shop.example', smtp: mailbox.url }
  const yaml = stringify({ notifications: { email, slack: { url: receiver.url }, summary } })
  const applied = await applyConfiguration(
    {
      ...world.deps,
      vault: world.vault,
      connectors: { channels, backends },
      allow: allowList(['127.0.0.1']),
    },
    { yaml, values: {}, dryRun: false, prune: false, actor: 'person' },
  )
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
}

const summaries = async () =>
  (await listNotices(world.db, { limit: 100, after: null }))
    .filter(({ kind }) => kind === 'daily_summary')
    .toReversed()

/** When summaries came, as UTC, while so many hours pass in steps. */
async function times(hours: number, stepMs: number): Promise<string[]> {
  const before = (await summaries()).length
  for (let passed = 0; passed < hours * hour; passed += stepMs) {
    world.pass(stepMs)
    await notify(deps)
  }
  return (await summaries()).slice(before).map(({ at }) => at.toISOString())
}

it('says once a day what came in, was posted, waits and does not work, by mail and in the chat', async () => {
  await begin('2026-03-02T05:00:00Z')
  await tell({ at: '07:00', zone: 'Europe/Berlin' })
  await notify(deps)
  world.shop.control.newOrder({ country: 'DE' })
  world.shop.control.newOrder({ country: 'DE' })
  const { number } = world.shop.control.newOrder({ trouble: 'unknown_sku' })
  await world.poll()
  expect((await world.order(number)).status).toBe('post_error')
  await world.db
    .updateTable('connections')
    .set({ paused_at: world.now() })
    .where('name', '=', 'netsuite')
    .execute()
  expect(await times(1.5, 30 * minute)).toEqual(['2026-03-02T06:00:00.000Z'])
  const [summary] = await summaries()
  expect(wordsOf(summary!)).toMatchObject({
    title: 'Since 1 Mar at 07:00: 3 orders came in, 2 posted, 1 waits for a person',
    lines: ['1 order could not be posted', 'netsuite is paused'],
    path: '/problems',
  })
  const told = 'Since 1 Mar at 07:00: 3 orders came in'
  expect(mailbox.mails.filter(({ mail }) => mail.subject?.startsWith(told))).toHaveLength(1)
  expect(receiver.got.filter(({ body }) => body.includes(told))).toHaveLength(1)
})

it('says in one line that nothing happened', async () => {
  await begin('2026-03-02T05:00:00Z')
  await world.db.updateTable('connections').set({ health: 'healthy' }).execute()
  await tell({ at: '06:00' })
  await notify(deps)
  await times(1.5, 30 * minute)
  const said = 'Nothing happened since 1 Mar at 06:00: no order came in or waits, and every connection works'
  expect(receiver.got.map(({ body }) => (JSON.parse(body) as { text: string }).text)).toEqual([`*${said}*`])
  expect(mailbox.mails.map(({ mail }) => mail.subject)).toEqual([said])
})

it.each([
  [
    'where a clock skips the time',
    '2026-03-28T12:30:00Z',
    ['2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z'],
  ],
  [
    'where a clock shows it twice',
    '2026-10-24T12:30:00Z',
    ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
  ],
])('comes once a day %s', async (_, start, expected) => {
  await begin(start)
  await tell({ at: '02:30', zone: 'Europe/Berlin' })
  await notify(deps)
  expect(await times(40, hour)).toEqual(expected)
})

it('comes once, when a process dies over it, several look at once, or its time is moved', async () => {
  await begin('2026-03-02T05:00:00Z')
  await tell({ at: '06:00' })
  await notify(deps)
  world.pass(hour)
  const dies: NotifyDeps = {
    ...deps,
    newId: () => {
      throw new Error('killed')
    },
  }
  await expect(notify(dies)).rejects.toThrow('killed')
  await Promise.all(Array.from({ length: 4 }, () => notify(deps)))
  await notify(deps)
  expect(await summaries()).toHaveLength(1)
  await tell({ at: '08:00' })
  expect(await times(4, hour)).toEqual([])
  expect(await times(22, hour)).toEqual(['2026-03-03T08:00:00.000Z'])
})

it('comes late on the day on which Waybill did not run, and holds the days that had none', async () => {
  await begin('2026-03-02T05:00:00Z')
  await tell({ at: '06:00' })
  await notify(deps)
  await times(2, hour)
  world.pass(78 * hour)
  await notify(deps)
  await notify(deps)
  expect(
    (await summaries()).map(({ at, detail }) => [at.toISOString(), (detail as { from: string }).from]),
  ).toEqual([
    ['2026-03-02T06:00:00.000Z', '2026-03-01T06:00:00.000Z'],
    ['2026-03-05T13:00:00.000Z', '2026-03-02T06:00:00.000Z'],
  ])
})

it('begins at its next time when it is switched on, and ends when it is switched off', async () => {
  await begin('2026-03-02T12:00:00Z')
  await tell({ at: '06:00' })
  expect(await times(17, hour)).toEqual([])
  expect(await times(2, hour)).toEqual(['2026-03-03T06:00:00.000Z'])
  await tell(undefined)
  expect(await times(48, hour)).toEqual([])
})
