import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Applied } from '../../src/flows/apply-configuration.ts'
import type { CheckResult } from '../../src/flows/check-connection.ts'
import type {
  ImportJson,
  OrderDetail,
  OrderPage,
  OrderPreviewJson,
  ProblemGroup,
  Why,
} from '../../src/server/schemas.ts'
import { startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { newHome, type Ran, type Started, startCommand, until, waybill } from '../support/command.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { type Outside, startOutside } from '../support/shop-and-netsuite.ts'

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let database: TestDatabase
let outside: Outside
let started: Started
let home: string
let removeHome: () => Promise<void>
let file: string

/** The command with the environment of a person on this machine. */
const run = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  waybill(args, { WAYBILL_HOME: home, ...outside.env, ...env })
const json = async <T>(args: string[], env: NodeJS.ProcessEnv = {}): Promise<T & object> => {
  const ran = await run([...args, '--json'], env)
  return ran.json<T & object>()
}

beforeAll(async () => {
  ;({ home, remove: removeHome } = await newHome())
  database = await testDatabase('template1')
  outside = await startOutside()
  file = path.join(home, 'waybill.yaml')
  await writeFile(file, outside.yaml)
  started = await startCommand(['start', '--port', '0'], {
    WAYBILL_HOME: home,
    DATABASE_URL: database.url,
    WAYBILL_ALLOW_HOSTS: '127.0.0.1',
    WAYBILL_LOG: 'silent',
  })
})
afterAll(async () => {
  await started?.stop()
  await outside?.close()
  await database?.drop()
  await removeHome?.()
})

describe('configuration', () => {
  test('a wrong file: each mistake with its place, nothing changed, exit 1', async () => {
    const wrong = path.join(home, 'wrong.yaml')
    await writeFile(
      wrong,
      outside.yaml.replace('kind: netsuite', 'kind: netsuit').replace('every: 1s', 'every: soon'),
    )
    const refused = await run(['apply', '-f', wrong])
    expect(refused.code).toBe(1)
    const [first, second, last] = refused.stderr.trim().split('\n')
    expect(first).toMatch(/wrong\.yaml:\d+:\d+ There is no kind "netsuit"\. Did you mean "netsuite"\?/)
    expect(second).toMatch(/wrong\.yaml:\d+:\d+ .*"soon" is not a duration.*30s/)
    expect(last).toMatch(/2 mistakes in .*wrong\.yaml\. Nothing was changed\./)
    expect(await json(['orders'])).toEqual({ items: [], nextCursor: null })
    const told = await json<{ mistakes: { line: number }[] }>(['apply', '-f', wrong])
    expect(told.mistakes).toHaveLength(2)
  })

  test('values come from the environment of the command', async () => {
    const refused = await run(['apply', '-f', file], { SHOP_KEY: undefined })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('The environment has no SHOP_KEY')
  })

  test('--dry-run says it and does nothing; apply does it; the same again does nothing', async () => {
    const dry = await json<Applied>(['apply', '-f', file, '--dry-run'])
    expect(dry).toMatchObject({ dryRun: true, changed: true })
    const { stdout } = await run(['apply', '-f', file])
    expect(stdout).toContain('+ connection shop created')
    expect(stdout).toContain('3 changes made.')
    expect(stdout).not.toContain('\u001B')
    expect((await run(['apply', '-f', file])).stdout).toContain('Nothing to change.')
  })

  test('export gives a file that changes nothing and holds no secret', async () => {
    const exported = await run(['export'])
    expect(exported.stdout).toContain('${SHOP_SECRET}')
    expect(exported.stdout).not.toContain(outside.env.SHOP_SECRET)
    const copy = path.join(home, 'copy.yaml')
    await writeFile(copy, exported.stdout)
    const none = { SHOP_KEY: undefined, SHOP_SECRET: undefined, NS_KEY: undefined }
    expect(await json<Applied>(['apply', '-f', copy], none)).toMatchObject({ changed: false })
  })

  test('a file that is not there is wrong usage', async () => {
    const refused = await run(['apply', '-f', 'nowhere.yaml'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('There is no file nowhere.yaml')
  })
})

describe('check', () => {
  test('says that everything is well', async () => {
    const checked = await json<{ items: CheckResult[] }>(['check'])
    expect(checked.items.map((one) => [one.connection, one.ok])).toEqual(
      expect.arrayContaining([
        ['netsuite', true],
        ['shop', true],
      ]),
    )
  })

  test('says what is wrong with the key, and what to do', async () => {
    outside.shop.control.setKey({ user: 'deleted' })
    const checked = await run(['check', 'shop'])
    outside.shop.control.setKey({ user: 'shop_manager' })
    expect(checked.code).toBe(1)
    expect(checked.stdout).toMatch(/✓ Reachable/)
    expect(checked.stdout).toMatch(/✗ Authorised: The credentials are refused.*Make a new key/)
    expect(checked.stdout).toMatch(/– Permissions: could not be asked/)
    expect(checked.stderr).toContain('shop not working')
  })

  test('says that nobody is there', async () => {
    await outside.shop.control.down('refused')
    const checked = await json<CheckResult>(['check', 'shop'])
    await outside.shop.control.up()
    expect(checked.ok).toBe(false)
    expect(checked.checks[0]).toMatchObject({ name: 'Reachable', outcome: 'fail' })
    expect((await run(['check', 'shop'])).code).toBe(0)
  })

  test('a connection that is not there', async () => {
    const refused = await run(['check', 'shpo'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('shpo')
  })
})

describe('orders', () => {
  test('import brings an order by its number, and says what became of each', async () => {
    const placed = outside.shop.control.newOrder()
    const ran = await run(['import', 'shop', placed.number, '999999', '--json'])
    expect(ran.code).toBe(1)
    const states = Object.fromEntries(ran.json<ImportJson>().items.map((item) => [item.query, item.state]))
    expect(['imported', 'already_here']).toContain(states[placed.number])
    expect(states['999999']).toBe('not_found')
  })

  test('delete takes an order away for good, twice is as once, and "import --anyway" alone brings it back', async () => {
    const placed = outside.shop.control.newOrder({ trouble: 'held_status' })
    await run(['import', 'shop', placed.number])
    const gone = await run(['delete', placed.number, '--why', 'spam'])
    expect(gone).toMatchObject({ code: 0, stderr: '' })
    expect(gone.stdout).toBe(
      `${placed.number}: Deleted; it comes back only by: waybill import shop ${placed.id} --anyway\n`,
    )
    const again = await json<{ items: unknown[] }>(['delete', placed.number])
    expect(again.items).toMatchObject([{ outcome: 'done', order: null, tombstone: { why: 'spam' } }])
    const why = await json<Why>(['why', placed.number])
    expect(why).toMatchObject({ verdict: 'deleted_by_person', headline: expect.stringContaining('“spam”') })
    const shown = await run(['order', placed.number])
    expect(shown.code).toBe(1)
    expect(shown.stderr).toMatch(/was deleted by a person on .*--anyway/s)
    const refused = await run(['import', 'shop', placed.number])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/Deleted by a person on .*: import anyway to bring it back/)
    expect((await run(['import', 'shop', placed.number, '--anyway'])).code).toBe(0)
    expect((await json<OrderDetail>(['order', placed.number])).events.map(({ kind }) => kind)).toContain(
      'brought_back',
    )
  })

  test('support writes one file about an order or a connection, never over one that is there', async () => {
    const placed = outside.shop.control.newOrder({ trouble: 'held_status' })
    await run(['import', 'shop', placed.number])
    const target = path.join(home, 'support.json')
    const written = await json<{ file: string }>(['support', placed.number, '--file', target])
    expect(written.file).toBe(target)
    const { about, personalData } = JSON.parse(await readFile(target, 'utf8')) as Record<string, unknown>
    expect(about).toMatchObject({ order: placed.number })
    expect(personalData).toContain('<name 1>')
    const again = await run(['support', '--connection', 'shop', '--file', target])
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('Name another one with --file.')])
    expect((await run(['support'])).code).toBe(2)
  })

  test('import brings all orders of some days', async () => {
    const day = new Date().toISOString().slice(0, 10)
    const ran = await run(['import', 'shop', '--from', day, '--to', day])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/\d+ orders? (imported|already here)/)
    expect((await run(['import', 'shop', '--from', 'yesterday'])).code).toBe(1)
    for (const wrong of [['shop'], ['shop', '1', '--from', day], ['shop', '1', '--to', day]])
      expect((await run(['import', ...wrong])).code).toBe(2)
  })

  test('an order that passes: listed, shown with its waybill, explained', async () => {
    const placed = outside.shop.control.newOrder()
    await until('posted', async () => {
      const page = await json<OrderPage>(['orders', '--search', placed.number, '--status', 'posted'])
      return page.items.length === 1
    })
    const order = await json<OrderDetail>(['order', placed.number])
    expect(order.record?.number).toMatch(/^SO/)
    const shown = await run(['order', placed.number])
    expect(shown.stdout).toContain(`Order ${placed.number} of shop: Order posted, waiting for shipment`)
    expect(shown.stdout).toContain(order.record!.number!)
    expect(await json<Why>(['why', placed.number])).toMatchObject({ verdict: 'in_backend' })
    const preview = await json<OrderPreviewJson>(['order', placed.number, '--preview'])
    expect(preview).toMatchObject({ outcome: 'ready', externalId: order.externalId, agrees: true })
    const inWords = await run(['order', placed.number, '--preview'])
    expect(inWords).toMatchObject({ code: 0, stderr: '' })
    expect(inWords.stdout).toContain(`This would be sent to netsuite now, as ${order.externalId}`)
    expect(inWords.stdout).toMatch(/It is in NetSuite as SO\d+: .*\n[^]*"otherRefNum"[^]*, the same/)
    expect((await run(['orders'])).stdout).toContain(placed.number)
  })

  test('an order that fails: grouped with its cause, posted in vain, posted when mended', async () => {
    const placed = outside.shop.control.newOrder({ trouble: 'unknown_sku' })
    await until('an error', async () => {
      const page = await json<OrderPage>(['orders', '--search', placed.number, '--status', 'post_error'])
      return page.items.length === 1
    })
    const { items } = await json<{ items: ProblemGroup[] }>(['problems'])
    expect(items).toMatchObject([{ code: 'unknown_sku', orders: 1 }])
    const filtered = await json<OrderPage>(['orders', '--problem', items[0]!.fingerprint])
    expect(filtered.items.map((order) => order.number)).toEqual([placed.number])
    const why = await run(['why', placed.number])
    expect(why.stdout).toMatch(/is not in NetSuite/)
    const preview = await run(['order', placed.number, '--preview'])
    expect(preview.code).toBe(0)
    expect(preview.stdout).toMatch(
      /Posting it to netsuite would stop[^]*SKU ".*" is not an item[^]*What to do/,
    )
    await outside.netsuite.control.down()
    const unasked = await run(['order', placed.number, '--preview'])
    await outside.netsuite.control.up()
    expect(unasked.code).toBe(1)
    expect(unasked.stderr).toMatch(/^netsuite could not be asked: /)
    const inVain = await run(['post', placed.number])
    expect(inVain.code).toBe(1)
    expect(inVain.stderr).toMatch(/SKU ".*" is not an item in NetSuite/)

    const mended = path.join(home, 'mended.yaml')
    const sku = items[0]!.subject
    await writeFile(mended, outside.yaml.replace('items:\n', `items:\n        bySku: { "${sku}": 201 }\n`))
    expect((await run(['apply', '-f', mended])).stdout).toContain(
      `mapping.items.bySku.${sku}: (not set) → 201`,
    )
    const posted = await run(['post', placed.number])
    expect(posted.stderr).toBe('')
    expect(posted.code).toBe(0)
    expect(posted.stdout).toMatch(/Order posted.*SO\d+/)
    await run(['apply', '-f', file])
  })

  test('cancel and uncancel', async () => {
    const placed = outside.shop.control.newOrder({ trouble: 'held_status', status: 'on-hold' })
    await until('held', async () => {
      const page = await json<OrderPage>(['orders', '--search', placed.number, '--status', 'held'])
      return page.items.length === 1
    })
    expect((await run(['cancel', placed.number])).stdout).toContain('Cancelled')
    expect((await run(['uncancel', placed.number])).stdout).toContain('Held')
    const twice = await run(['uncancel', placed.number, '424242'])
    expect(twice.code).toBe(1)
    expect(twice.stderr).toContain('424242')
    expect((await run(['import', 'shop', placed.number, '--anyway'])).code).toBe(0)
  })

  test('hold and release', async () => {
    const placed = outside.shop.control.newOrder({ trouble: 'held_status', status: 'on-hold' })
    await until('held', async () => {
      const page = await json<OrderPage>(['orders', '--search', placed.number, '--status', 'held'])
      return page.items.length === 1
    })
    const held = await run(['hold', placed.number, '424242', '--why', 'fraud?'])
    expect(held.code).toBe(1)
    expect(held.stdout).toContain(`${placed.number}: Held by a person: “fraud?”`)
    expect(held.stderr).toContain('424242')
    expect((await run(['why', placed.number])).stdout).toContain(`waybill release ${placed.number}`)
    const { items } = await json<{ items: { order: OrderDetail }[] }>(['release', placed.number])
    expect(items[0]!.order).toMatchObject({ status: 'held', hold: { rule: 'status' } })
    expect((await run(['release', placed.number])).stderr).toContain('a rule holds it')
  })

  test('lists are whole and paged, and a limit is heeded', async () => {
    const all = await json<OrderPage>(['orders', '--limit', '500'])
    const few = await json<OrderPage>(['orders', '--limit', '2'])
    expect(all.nextCursor).toBeNull()
    expect(few.items).toEqual(all.items.slice(0, 2))
    expect(few.nextCursor).not.toBeNull()
    expect((await run(['orders', '--status', 'nonsense'])).code).toBe(1)
  })

  test('are filtered by day and total, and sorted by the last change, as asked; what cannot be is named', async () => {
    const all = (await json<OrderPage>(['orders', '--limit', '500'])).items
    const numbers = async (...flags: string[]) =>
      (await json<OrderPage>(['orders', '--limit', '500', ...flags])).items.map((order) => order.number)
    const dear = all.filter(({ total }) => total !== null && Number(total.amount) >= 50)
    expect(await numbers('--amount-from', '50')).toEqual(dear.map((order) => order.number))
    const cheap = all.filter(({ total }) => total !== null && Number(total.amount) <= 50)
    expect(await numbers('--amount-to', '50.00')).toEqual(cheap.map((order) => order.number))
    const { currency } = all.find(({ total }) => total !== null)!.total!
    const sameCurrency = all.filter(({ total }) => total?.currency === currency)
    expect(await numbers('--currency', currency.toLowerCase())).toEqual(
      sameCurrency.map((order) => order.number),
    )
    expect(await numbers('--placed-to', '2001-01-01')).toEqual([])
    expect(await numbers('--placed-from', '2001-01-01')).toHaveLength(all.length)
    expect(await numbers('--sort', 'updated')).toHaveLength(all.length)
    const wrong = await run(['orders', '--amount-from', '12,30'])
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('amountFrom')
    expect((await run(['orders', '--sort', 'amount'])).code).toBe(2)
  })
})

test('an address that leads to another shop is refused, and nothing is read from there', async () => {
  const other = await startSandboxShop({
    port: 0,
    now: () => new Date(),
    random: numbersFrom(2),
    seed: 'empty',
  })
  other.control.newOrder()
  const moved = path.join(home, 'moved.yaml')
  await writeFile(moved, outside.yaml.replace(outside.shop.url, other.url))
  const keys = { SHOP_KEY: other.consumerKey, SHOP_SECRET: other.consumerSecret }
  expect((await run(['apply', '-f', moved], keys)).code).toBe(0)
  const checked = await run(['check', 'shop'])
  expect(checked.code).toBe(1)
  expect(checked.stdout).toMatch(/✗ Same account: The address leads to another shop or account than before/)
  await until('the connection stops', async () => {
    const { rows } = await database.pool.query<{ health: string }>(
      `SELECT health FROM connections WHERE name = 'shop'`,
    )
    return rows[0]?.health === 'needs_reauthorisation'
  })
  const polls = () =>
    other.control.requests().entries.filter((entry) => entry.query.includes('modified_after'))
  expect(polls()).toEqual([])
  await other.close()

  await run(['apply', '-f', file])
  expect((await run(['check', 'shop'])).code).toBe(0)
  const placed = outside.shop.control.newOrder()
  await until('reading again', async () => {
    const page = await json<OrderPage>(['orders', '--search', placed.number])
    return page.items.length > 0
  })
})

test('another link for another browser', async () => {
  const { stdout } = await run(['link'])
  expect((await fetch(stdout.trim(), { redirect: 'manual' })).status).toBe(303)
})

test('a wrong token is told', async () => {
  const refused = await run(['orders'], { WAYBILL_TOKEN: 'wrong', WAYBILL_URL: started.ready['url'] })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('does not accept the token')
})
