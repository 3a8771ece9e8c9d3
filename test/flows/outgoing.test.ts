import { createHmac, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { allowList } from '../../src/connectors/addresses.ts'
import { createHttp } from '../../src/connectors/http.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { exportConfiguration } from '../../src/flows/export-configuration.ts'
import { notify, type NotifyDeps } from '../../src/flows/notify.ts'
import { reportReceivers, sendTests } from '../../src/flows/send-outgoing.ts'
import { addNotice, listNotices } from '../../src/ledger/notices.ts'
import { sendMail } from '../../src/mail/smtp.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { openReceiver, type Received, type ReceiverServer } from '../support/receiver.ts'
import { makeWorld, type World } from '../support/world.ts'

const minute = 60_000
const day = 24 * 60 * minute
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`
const secret = newSecret()

let world: World
let receiver: ReceiverServer
let deps: NotifyDeps

beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
  receiver = await openReceiver()
  deps = {
    ...world.deps,
    vault: world.vault,
    publicUrl: 'https://waybill.example/',
    pageUrl: async () => 'https://waybill.example/',
    send: sendMail,
  }
  await tell({ webhooks: [{ url: receiver.url, secret: '${HOOK}' }] })
})
afterEach(async () => {
  await receiver.close()
  await world.stop()
})

const configuration = () => ({
  ...world.deps,
  vault: world.vault,
  connectors: { channels, backends },
  allow: allowList(['127.0.0.1']),
})

async function tell(notifications: object, values: Record<string, string> = { HOOK: secret }) {
  const yaml = stringify({ notifications })
  const input = { yaml, values, dryRun: false, prune: false, actor: 'person' }
  const applied = await applyConfiguration(configuration(), input)
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
  return applied.value
}

/** An order that stops for this, and enough time for it to be news. */
async function stopped(trouble: 'unknown_sku' | 'unmapped_payment' = 'unknown_sku'): Promise<string> {
  const { number } = world.shop.control.newOrder({ trouble })
  await world.poll()
  expect((await world.order(number)).status).toBe('post_error')
  world.pass(3 * minute)
  return number
}

/** The signatures that the specification wants, made without any of the code that signs. */
function expectedSignature({ headers, body }: Received, key: string): string {
  const signed = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`
  const bytes = Buffer.from(key.replace('whsec_', ''), 'base64')
  return `v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`
}

const idsOf = (list: readonly Received[]) => list.map(({ headers }) => headers['webhook-id'])
const typesOf = (list: readonly Received[]) =>
  list.map(({ body }) => (JSON.parse(body) as { type: string }).type)
const report = async () => (await reportReceivers(deps))[0]!

describe('a webhook', () => {
  it('says what a notice says, signed as Standard Webhooks has it', async () => {
    const number = await stopped()
    await notify(deps)
    expect(receiver.got).toHaveLength(1)
    const [got] = receiver.got
    expect([got!.method, got!.path, got!.headers['content-type']]).toEqual([
      'POST',
      '/hook?token=hidden',
      'application/json',
    ])
    expect(got!.headers['webhook-timestamp']).toBe(String(world.now().getTime() / 1000))
    expect(got!.headers['webhook-signature']).toBe(expectedSignature(got!, secret))
    const [notice] = await listNotices(world.db, { limit: 1, after: null })
    expect(got!.headers['webhook-id']).toBe(notice!.id)
    expect(JSON.parse(got!.body)).toMatchObject({
      type: 'problem.new',
      timestamp: notice!.at.toISOString(),
      data: {
        id: notice!.id,
        title: expect.stringMatching(/is not an item in NetSuite.*: 1 order waits$/) as string,
        url: 'https://waybill.example/problems',
        problems: [{ code: 'unknown_sku', orders: 1, numbers: [number], fix: expect.any(String) as string }],
      },
    })
  })

  it('has no links where Waybill has no public address, and no signature without a secret', async () => {
    await tell({ webhooks: [{ url: receiver.url }] })
    await stopped()
    await notify({ ...deps, publicUrl: null })
    const [got] = receiver.got
    expect((JSON.parse(got!.body) as { data: { url: unknown } }).data.url).toBeNull()
    expect(got!.headers).not.toHaveProperty('webhook-signature')
    expect(got!.headers).toHaveProperty('webhook-id')
  })

  it('comes once, and what came to pass before it was named does not come', async () => {
    await tell({})
    await stopped()
    await notify(deps)
    await tell({ webhooks: [{ url: receiver.url, secret }] })
    await notify(deps)
    expect(receiver.got).toEqual([])
    await stopped('unmapped_payment')
    await notify(deps)
    await notify(deps)
    expect(receiver.got).toHaveLength(1)
  })

  it('leaves out kinds that are not wanted, also when they were taken out while they waited', async () => {
    const other = await openReceiver()
    receiver.answer({ status: 500 })
    await tell({ webhooks: [{ url: receiver.url }, { url: other.url, kinds: ['connection.down'] }] })
    await stopped()
    await notify(deps)
    expect([receiver.got.length, other.got.length]).toEqual([1, 0])
    receiver.answer({ status: 200 })
    await tell({ webhooks: [{ url: receiver.url, kinds: ['connection.down'] }] })
    await notify(deps)
    expect(receiver.got).toHaveLength(1)
    expect(await report()).toMatchObject({ waiting: 0, trouble: null })
    await other.close()
  })

  it('does not count as told: a program is no person', async () => {
    await stopped()
    await notify(deps)
    expect(await listNotices(world.db, { limit: 1, after: null })).toMatchObject([{ deliveredAt: null }])
  })
})

describe('a webhook that is not taken', () => {
  it('is tried again later and later, as the same, and what waits goes when the receiver is back', async () => {
    receiver.answer({ status: 500, body: '<h1>Out of\n memory</h1>' })
    await stopped()
    await notify(deps)
    await notify(deps)
    expect(receiver.got).toHaveLength(1)
    expect(await report()).toEqual({
      name: new URL(receiver.url).host,
      kind: 'webhook',
      waiting: 1,
      givenUp: 0,
      trouble: {
        cause: expect.stringMatching(
          /answers 500: it has trouble of its own\. It says: Out of memory$/,
        ) as string,
        fix: expect.stringContaining('tries again by itself') as string,
        nextAt: new Date(world.now().getTime() + minute),
      },
    })
    world.pass(minute)
    await notify(deps)
    world.pass(minute)
    await notify(deps)
    expect(receiver.got).toHaveLength(2)
    await stopped('unmapped_payment')
    receiver.answer({ status: 200 })
    await notify(deps)
    expect(receiver.got).toHaveLength(4)
    const ids = idsOf(receiver.got)
    expect(ids[0]).toBe(ids[1])
    expect(ids[1]).toBe(ids[2])
    expect(ids[3]).not.toBe(ids[2])
    const last = receiver.got[2]!
    expect(last.headers['webhook-timestamp']).not.toBe(receiver.got[0]!.headers['webhook-timestamp'])
    expect(last.headers['webhook-signature']).toBe(expectedSignature(last, secret))
    expect(await report()).toMatchObject({ waiting: 0, trouble: null })
  })

  it('because nothing answers in time is not lost', async () => {
    const impatient = createHttp({
      timeoutMs: 200,
      limits: { concurrency: 1 },
      allowHosts: ['127.0.0.1'],
      now: world.now,
    })
    receiver.answer('silence')
    await stopped()
    await notify({ ...deps, outgoing: impatient })
    expect((await report()).trouble!.cause).toMatch(/does not answer in time/)
    receiver.answer({ status: 200 })
    world.pass(minute)
    await notify(deps)
    expect(new Set(idsOf(receiver.got)).size).toBe(1)
    expect(receiver.got).toHaveLength(2)
    expect(await report()).toMatchObject({ waiting: 0, trouble: null })
    await impatient.close()
  })

  it('because nothing listens there waits as long as the receiver asks', async () => {
    receiver.answer({ status: 429, headers: { 'retry-after': '7200' } })
    await stopped()
    await notify(deps)
    expect((await report()).trouble!.nextAt).toEqual(new Date(world.now().getTime() + 120 * minute))
    world.pass(119 * minute)
    await notify(deps)
    expect(receiver.got).toHaveLength(1)
    world.pass(minute)
    await notify(deps)
    expect(receiver.got).toHaveLength(2)
  })

  it('holds up no other receiver', async () => {
    const other = await openReceiver()
    receiver.answer({ status: 503 })
    await tell({ webhooks: [{ url: receiver.url }, { url: other.url }] })
    await stopped()
    await notify(deps)
    expect(other.got).toHaveLength(1)
    world.pass(minute)
    await notify(deps)
    expect([receiver.got.length, other.got.length]).toEqual([2, 1])
    expect((await reportReceivers(deps)).map(({ waiting }) => waiting)).toEqual([1, 0])
    await other.close()
  })

  it('because of what is in it lets others pass', async () => {
    receiver.answerTo('unknown_sku', { status: 422, body: 'no such field' })
    await stopped()
    await notify(deps)
    await stopped('unmapped_payment')
    await notify(deps)
    const ids = idsOf(receiver.got)
    expect(ids.at(-1)).not.toBe(ids[0])
    expect(await report()).toMatchObject({
      waiting: 1,
      trouble: { cause: expect.stringContaining('no such field') as string },
    })
    for (let n = 0; n < 14; n += 1) {
      world.pass(6 * 60 * minute)
      await notify(deps)
    }
    expect(await report()).toMatchObject({ waiting: 0, givenUp: 1, trouble: null })
  })

  it('is given up after three days, and that is said; what is newer still waits', async () => {
    receiver.answer({ status: 404 })
    await stopped()
    await notify(deps)
    world.pass(2 * day)
    await notify(deps)
    await stopped('unmapped_payment')
    await notify(deps)
    expect(await report()).toMatchObject({ waiting: 2, givenUp: 0 })
    world.pass(day + 60 * minute)
    await notify(deps)
    expect(await report()).toMatchObject({ waiting: 1, givenUp: 1 })
    receiver.answer({ status: 200 })
    world.pass(60 * minute)
    await notify(deps)
    expect(await report()).toMatchObject({ waiting: 0, givenUp: 1, trouble: null })
  })

  it('is not given up for time in which nobody tried', async () => {
    receiver.answer({ status: 500 })
    await stopped()
    await notify(deps)
    world.pass(10 * day)
    receiver.answer({ status: 200 })
    await notify(deps)
    expect(receiver.got).toHaveLength(2)
    expect(await report()).toMatchObject({ waiting: 0, givenUp: 0 })
  })

  it('follows no redirect', async () => {
    const elsewhere = await openReceiver()
    for (const location of [elsewhere.url, '/other']) {
      receiver.answer({ status: 307, headers: { location } })
      await tell({ webhooks: [{ url: receiver.url, secret: newSecret() }] })
      await stopped(location === '/other' ? 'unmapped_payment' : 'unknown_sku')
      await notify(deps)
      expect((await report()).trouble).toMatchObject({
        cause: expect.stringMatching(/redirects/) as string,
        fix: expect.stringContaining('follows no redirects') as string,
      })
    }
    expect(elsewhere.got).toEqual([])
    expect(receiver.got.every(({ path }) => path.startsWith('/hook'))).toBe(true)
    await elsewhere.close()
  })

  it('is sent again, as the same, by whoever comes after a process that died before it could note it', async () => {
    await stopped()
    const dies: NotifyDeps['outgoing'] = async (request) => {
      await deps.outgoing(request)
      throw new Error('killed')
    }
    await expect(notify({ ...deps, outgoing: dies })).rejects.toThrow('killed')
    await notify(deps)
    await notify(deps)
    expect(receiver.got).toHaveLength(2)
    expect(new Set(idsOf(receiver.got)).size).toBe(1)
  })

  it('comes to nobody twice when several processes look at once', async () => {
    await stopped()
    await Promise.all(Array.from({ length: 4 }, () => notify(deps)))
    await notify(deps)
    expect(receiver.got).toHaveLength(1)
  })
})

describe('addresses', () => {
  it('within the network are not asked unless they are allowed, also by a name', async () => {
    const strict = createHttp({
      timeoutMs: 1000,
      limits: { concurrency: 1 },
      allowHosts: [],
      now: world.now,
      resolve: async () => ['127.0.0.1'],
    })
    for (const url of [receiver.url, receiver.url.replace('127.0.0.1', 'hooks.example.com')]) {
      await tell({ webhooks: [{ url }] })
      await stopped(url === receiver.url ? 'unknown_sku' : 'unmapped_payment')
      await notify({ ...deps, outgoing: strict })
      expect((await report()).trouble).toMatchObject({
        cause: expect.stringContaining('is a private address') as string,
        fix: expect.stringContaining('WAYBILL_ALLOW_HOSTS') as string,
      })
    }
    expect(receiver.got).toEqual([])
    await strict.close()
  })

  it('that were wrong and are corrected get what waited; those that are taken out get nothing more', async () => {
    await tell({ webhooks: [{ url: 'http://127.0.0.1:1/hook' }] })
    await stopped()
    await notify(deps)
    expect((await report()).trouble!.cause).toMatch(/refuses connections/)
    await tell({ webhooks: [{ url: receiver.url }] })
    await notify(deps)
    expect(receiver.got).toHaveLength(1)
    receiver.answer({ status: 500 })
    await stopped('unmapped_payment')
    await notify(deps)
    await tell({})
    await tell({ webhooks: [{ url: receiver.url }] })
    await notify(deps)
    expect(receiver.got).toHaveLength(2)
  })

  it('may change their place in the list', async () => {
    const other = await openReceiver()
    receiver.answer({ status: 500 })
    const both = [{ url: receiver.url, secret: '${HOOK}' }, { url: other.url }]
    await tell({ webhooks: both })
    await stopped()
    await notify(deps)
    receiver.answer({ status: 200 })
    // The secret is known already, though it stood elsewhere.
    await tell({ webhooks: both.toReversed() }, {})
    await notify(deps)
    expect([receiver.got.length, other.got.length]).toEqual([2, 1])
    expect(receiver.got[1]!.headers['webhook-signature']).toBe(expectedSignature(receiver.got[1]!, secret))
    await other.close()
  })
})

describe('secrets', () => {
  it('take the place of one another by apply, also for what waits; with two, both sign', async () => {
    receiver.answer({ status: 401 })
    await stopped()
    await notify(deps)
    receiver.answer({ status: 200 })
    const next = newSecret()
    const changed = await tell(
      { webhooks: [{ url: receiver.url, secret: ['${NEXT}', '${HOOK}'] }] },
      { HOOK: secret, NEXT: next },
    )
    expect(changed.changed).toBe(true)
    await notify(deps)
    const both = receiver.got[1]!
    expect(both.headers['webhook-signature']).toBe(
      `${expectedSignature(both, next)} ${expectedSignature(both, secret)}`,
    )
    await tell({ webhooks: [{ url: receiver.url, secret: '${NEXT}' }] }, { NEXT: next })
    await stopped('unmapped_payment')
    await notify(deps)
    const last = receiver.got[2]!
    expect(last.headers['webhook-signature']).toBe(expectedSignature(last, next))
  })

  it('are neither in the ledger nor in what is exported or told of a change', async () => {
    const written = newSecret()
    const changed = await tell({ webhooks: [{ url: receiver.url, secret: written }] })
    const exported = await exportConfiguration(configuration())
    const settings = await world.db.selectFrom('settings').selectAll().execute()
    for (const text of [JSON.stringify(changed), exported, JSON.stringify(settings)])
      expect(text).not.toContain(written.slice('whsec_'.length))
    expect(exported).toContain('secret: ${_WEBHOOKS_0_SECRET}')
    const again = { yaml: exported, values: {}, dryRun: false, prune: false, actor: 'person' }
    expect(await applyConfiguration(configuration(), again)).toMatchObject({
      ok: true,
      value: { changed: false },
    })
  })
})

describe('a test', () => {
  it('tells whether each receiver takes what it is sent, and hurries what waits for it', async () => {
    receiver.answer({ status: 500 })
    await stopped()
    await notify(deps)
    expect(await sendTests(deps)).toMatchObject([
      { kind: 'webhook', trouble: { cause: expect.stringContaining('500') as string } },
    ])
    receiver.answer({ status: 200 })
    expect(await sendTests(deps)).toMatchObject([{ kind: 'webhook', trouble: null }])
    await notify(deps)
    expect(typesOf(receiver.got)).toEqual(['problem.new', 'waybill.test', 'waybill.test', 'problem.new'])
  })

  it('is for nobody where there is no receiver', async () => {
    await tell({})
    expect(await sendTests(deps)).toBeNull()
  })
})

describe('Slack', () => {
  const textOf = (got: Received) => (JSON.parse(got.body) as { text: string }).text

  it('gets what a notice says as one message, with links, that calls nobody by accident', async () => {
    await tell({ slack: { url: receiver.url } })
    const at = world.now()
    await world.db.transaction().execute((tx) =>
      addNotice(tx, {
        id: world.deps.newId(),
        kind: 'auto_cancelled',
        connectionId: null,
        at,
        detail: {
          route: 'A & <!channel>',
          orders: [{ id: world.deps.newId(), number: '10|01 <b>', total: '12.30', currency: 'EUR' }],
        },
      }),
    )
    await notify(deps)
    const [got] = receiver.got
    expect(Object.keys(JSON.parse(got!.body) as object)).toEqual(['text'])
    expect(Object.keys(got!.headers).filter((name) => name.startsWith('webhook-'))).toEqual([])
    const [title, detail, order] = textOf(got!).split('\n')
    expect(title).toBe(
      '*<https://waybill.example/notices|1 order cancelled, because its problem was not solved in time>*',
    )
    expect(detail).toContain('the route A &amp; &lt;!channel&gt;.')
    expect(order).toMatch(/^• <https:\/\/waybill\.example\/orders\/[\w-]{36}\|10\/01 &lt;b&gt;: 12\.30 EUR>$/)
  })

  it('counts as told, as a mail does', async () => {
    await tell({ slack: { url: receiver.url } })
    await stopped()
    await notify({ ...deps, publicUrl: null })
    expect(textOf(receiver.got[0]!)).toMatch(/^\*[^<>]*is not an item in NetSuite[^<>]*\*\n/)
    expect(await listNotices(world.db, { limit: 1, after: null })).toMatchObject([
      { deliveredAt: world.now() },
    ])
  })

  it('is tried again, with what it said, and gets what waited at a new address', async () => {
    await tell({ slack: { url: receiver.url, kinds: ['problem.new'] } })
    receiver.answer({ status: 404, body: 'no_service' })
    await stopped()
    await notify(deps)
    expect(await report()).toMatchObject({
      kind: 'slack',
      waiting: 1,
      trouble: { cause: expect.stringContaining('no_service') as string },
    })
    expect(await listNotices(world.db, { limit: 1, after: null })).toMatchObject([{ deliveredAt: null }])
    const other = await openReceiver()
    await tell({ slack: { url: other.url } })
    await notify(deps)
    expect(other.got).toHaveLength(1)
    expect(await report()).toMatchObject({ waiting: 0, trouble: null })
    await other.close()
  })

  it('keeps its address to itself', async () => {
    await tell({ slack: { url: receiver.url } })
    const settings = await world.db.selectFrom('settings').selectAll().execute()
    const exported = await exportConfiguration(configuration())
    for (const text of [JSON.stringify(settings), exported, JSON.stringify(await report())])
      expect(text).not.toContain('token=hidden')
    expect(exported).toContain('url: ${_SLACK_URL}')
  })

  it('cuts a message that is too long, and says where the rest is', async () => {
    const orders = Array.from({ length: 21 }, (_, n) => ({
      id: world.deps.newId(),
      number: `${n}-${'9'.repeat(150)}`,
      total: null,
      currency: null,
    }))
    await world.db.transaction().execute((tx) =>
      addNotice(tx, {
        id: world.deps.newId(),
        kind: 'auto_cancelled',
        connectionId: null,
        at: world.now(),
        detail: { route: 'acme', orders },
      }),
    )
    await tell({ slack: { url: receiver.url } })
    await notify(deps)
    const lines = textOf(receiver.got[0]!).split('\n')
    expect(textOf(receiver.got[0]!).length).toBeLessThan(3600)
    expect(lines.at(-1)).toBe('• and more: the page Notices has all of it')
  })

  it('gets a test', async () => {
    await tell({ slack: { url: receiver.url } })
    expect(await sendTests(deps)).toMatchObject([{ kind: 'slack', trouble: null }])
    expect(textOf(receiver.got[0]!)).toContain('*<https://waybill.example/notices|Waybill reaches you>*')
  })
})
