import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HeldGroup, List, NoticePage, Order } from '../../web/src/api/types.ts'
import type { OrderDetail } from '../../src/server/schemas.ts'
import { brokenRules, brokenRulesInBothSchemes, overWidth } from '../support/axe.ts'
import { openReceiver } from '../support/receiver.ts'
import { becomes, type Desk, openDesk, shown } from '../support/desk.ts'

let desk: Desk
let demo: Desk['demo']
let open: Desk['open']
let ordersOf: Desk['ordersOf']
beforeAll(async () => {
  desk = await openDesk()
  ;({ demo, open, ordersOf } = desk)
}, 180_000)
afterAll(() => desk?.close(), 30_000)

test('a narrow screen gets cards with the same actions', async () => {
  const page = await open('/?status=post_error', { viewport: { width: 390, height: 844 } })
  expect(await page.locator('table').count()).toBe(0)
  const [first] = await ordersOf('post_error')
  const card = page.locator(`li[data-order="${first!.number}"]`)
  await card.getByText('Error posting to NetSuite').waitFor()
  await card.getByRole('button', { name: `More for order ${first!.number}` }).click()
  await page.getByRole('menuitem', { name: 'Cancel' }).waitFor()
  await page.keyboard.press('Escape')
  await card.getByRole('link', { name: first!.number, exact: true }).click()
  await page.getByRole('heading', { name: `Order ${first!.number}` }).waitFor()
  await page.context().close()
})

test('a warning is told once it is before a person’s eyes, and its orders are posted where it stands', async () => {
  const rule = /\d+ orders? will be cancelled unless/
  const page = await open('/notices')
  await page.getByRole('heading', { name: rule }).first().waitFor()
  const warning = async () =>
    (await demo.api<NoticePage>('/notices')).items.find(({ kind }) => kind === 'cancel_warning')!
  await expect.poll(async () => (await warning()).seenAt, { timeout: 15_000 }).not.toBeNull()
  // Other news may have come meanwhile.
  await page.reload()
  await becomes(async () => (await page.getByRole('link', { name: /^Notices/ }).innerText()) === 'Notices')
  const first = (await warning()).orders[0]!
  await page.getByRole('link', { name: first.number, exact: true }).first().click()
  await page
    .getByText(/Cancelled by itself/)
    .first()
    .waitFor()
  await page.goBack()
  await page
    .getByRole('button', { name: /^Post (it|all \d+) now$/ })
    .first()
    .click()
  await page.getByText(/orders? done/).waitFor()
  await page.context().close()
})

test('a reconciliation shows each day, what differs, and how to mend it, also after a new one was asked for', async () => {
  const page = await open('/reconciliation', { viewport: { width: 390, height: 844 } })
  const missing = page.locator('li', { hasText: 'which is not in NetSuite any more' }).first()
  await missing.getByText('Post it again').waitFor()
  expect(await page.getByRole('row', { name: /^Total/ }).count()).toBe(1)
  await page.getByRole('button', { name: 'Compare now' }).click()
  await page.getByText('Comparing …').waitFor()
  await page.getByText('Nothing is unexplained').waitFor({ timeout: 60_000 })
  await missing.getByRole('link').first().click()
  await page.getByRole('button', { name: 'Let it be' }).waitFor()
  await page.goto(`${demo.url}/connections`)
  await page.getByRole('link', { name: /nothing unexplained/ }).click()
  await page.getByRole('heading', { name: 'Reconciliation', level: 1 }).waitFor()
  await page.context().close()
}, 90_000)

test('the keyboard searches, moves, opens and posts', async () => {
  const page = await open('/')
  const [failing] = (await ordersOf('post_error')).filter(
    ({ problem }) => problem?.code === 'customer_other_subsidiary',
  )
  const row = page.locator(`tr[data-order="${failing!.number}"]`)

  await page.keyboard.press('/')
  await page.keyboard.type(failing!.customer!.name!)
  await expect.poll(() => new URL(page.url()).searchParams.get('search')).toBe(failing!.customer!.name)
  await expect.poll(() => page.locator('tbody tr').count()).toBeLessThan(10)
  await row.waitFor()
  await page.keyboard.press('ArrowDown')
  expect(await page.evaluate('document.activeElement.tagName')).toBe('TR')
  for (let n = await page.locator('tbody tr').count(); n > 0; n -= 1) {
    if ((await page.locator('tr:focus').getAttribute('data-order')) === failing!.number) break
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('p')
  await page.getByText(`Order ${failing!.number} is on its way to NetSuite`).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `Order ${failing!.number}` }).waitFor()
  await page.goBack()
  expect(await page.getByRole('searchbox').inputValue()).toBe(failing!.customer!.name)
  await page.context().close()
})

test('filters are in the address, counted, and find what they say', async () => {
  const page = await open('/')
  const held = await ordersOf('held')
  await page.getByRole('button', { name: new RegExp(`^Held ?${held.length}$`) }).click()
  await expect.poll(() => page.locator('tbody tr').count()).toBe(held.length)
  expect(new URL(page.url()).search).toBe('?status=held')
  expect(await page.locator('tbody tr').getByText('Held', { exact: true }).count()).toBe(held.length)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  const rows = parse<Record<string, string>>(await readFile(await file.path()), { columns: true, bom: true })
  expect(rows.map((row) => row['Order']).toSorted()).toEqual(held.map(({ number }) => number).toSorted())
  await page.getByRole('button', { name: /^All/ }).click()
  await expect.poll(() => new URL(page.url()).search).toBe('')
  await page.context().close()
})

test('a day and a total narrow the list, stay in the address, and are cleared with the rest', async () => {
  const page = await open('/')
  const { items } = await demo.api<List<Order>>('/orders?limit=200&amountFrom=60')
  await page.getByRole('button', { name: 'Day and total' }).click()
  const from = page.getByLabel('Total from')
  await from.fill('60,x')
  await page.getByText('An amount such as 12.30').waitFor()
  await from.fill('60,00')
  await from.press('Enter')
  await expect.poll(() => new URL(page.url()).searchParams.get('amountFrom')).toBe('60.00')
  await expect.poll(() => page.locator('tbody tr').count()).toBe(Math.min(50, items.length))
  await page.getByLabel('Placed up to (UTC)').fill('2001-01-01')
  await page.getByText('No order matches').waitFor()
  await page.reload()
  expect(await page.getByLabel('Placed up to (UTC)').inputValue()).toBe('2001-01-01')
  expect(await page.getByLabel('Total from').inputValue()).toBe('60.00')
  await page.getByRole('button', { name: 'Clear all filters' }).click()
  await expect.poll(() => new URL(page.url()).search).toBe('')
  await page.context().close()
})

test('several orders are acted on at once, and those that refuse say why', async () => {
  const page = await open('/')
  const [held] = await ordersOf('held')
  const [failing] = (await ordersOf('post_error')).filter(({ problem }) => problem?.code === 'missing_field')
  for (const { number } of [held!, failing!]) await page.getByLabel(`Select order ${number}`).check()
  const bar = page.getByRole('region', { name: 'Selected orders' })
  await bar.getByText('2 orders selected').waitFor()
  await bar.getByRole('button', { name: 'Post', exact: true }).click()
  await page.getByText('1 order done, 1 refused').waitFor()
  expect(await page.getByText('a rule holds it').count()).toBe(1)
  await page.context().close()
})

test('several orders are put on hold, and go back to where they were by the undo, but for one that refused', async () => {
  const page = await open('/')
  const failing = (await ordersOf('post_error')).filter(({ record }) => record === null).slice(0, 2)
  const [posted] = await ordersOf('posted')
  const numbers = [...failing, posted!].map(({ number }) => number)
  for (const number of numbers) await page.getByLabel(`Select order ${number}`).check()
  const statuses = async () =>
    Promise.all(
      [...failing, posted!].map(async ({ id }) => (await demo.api<OrderDetail>(`/orders/${id}`)).status),
    )
  await page
    .getByRole('region', { name: 'Selected orders' })
    .getByRole('button', { name: 'Put on hold' })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put on hold' }).click()
  const said = page.getByRole('alert').filter({ hasText: '2 orders done, 1 refused' })
  await said.waitFor()
  expect(await statuses()).toEqual(['held', 'held', 'posted'])
  await said.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('alert').filter({ hasText: '2 orders done' }).last().waitFor()
  await expect.poll(statuses, { timeout: 15_000 }).toEqual(['post_error', 'post_error', 'posted'])
  await page.context().close()
})

test('of many that refuse each is named with its reason, until that is closed', async () => {
  const page = await open('/?status=posted')
  const posted = (await ordersOf('posted')).slice(0, 5).map(({ number }) => number)
  for (const number of posted) await page.getByLabel(`Select order ${number}`).check()
  const bar = page.getByRole('region', { name: 'Selected orders' })
  await bar.getByRole('button', { name: 'Delete' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete/ })
    .click()
  await page.getByText('0 orders done, 5 refused').waitFor()
  const refused = page.getByRole('region', { name: '5 orders refused' })
  expect((await refused.getByRole('link').allInnerTexts()).toSorted()).toEqual(posted.toSorted())
  expect(await refused.getByText('it is in the backend').count()).toBe(5)
  expect(await brokenRules(page)).toEqual([])
  await refused.getByRole('button', { name: 'Close' }).click()
  await refused.waitFor({ state: 'detached' })
  await page.context().close()
})

test('whoever is told by webhook and does not take it is named where notices are, accessibly and without running over', async () => {
  const receiver = await openReceiver()
  receiver.answer({ status: 403 })
  const configure = (webhooks: object[]) =>
    demo.api('/configuration', {
      method: 'POST',
      body: JSON.stringify({ yaml: JSON.stringify({ notifications: { webhooks } }) }),
    })
  await configure([{ url: receiver.url }])
  const page = await open('/notices')
  const told = page.getByRole('region', { name: 'Who is told besides by mail' })
  await told.getByRole('button', { name: 'Send a test' }).click()
  await told.getByText(/403/).first().waitFor()
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await brokenRulesInBothSchemes(page)).toEqual([])
    expect(await overWidth(page)).toBeLessThanOrEqual(0)
  }
  await configure([])
  await receiver.close()
  await page.context().close()
}, 60_000)

test('the first page is under 300 kB, compressed, from this server alone', async () => {
  const context = await desk.browser.newContext({ storageState: desk.session })
  const page = await context.newPage()
  const requests: string[] = []
  const sizes: Promise<number>[] = []
  const encodings = new Set<string | undefined>()
  page.on('request', (request) => requests.push(request.url()))
  page.on('response', (response) => {
    if (!/\.(js|css)$/.test(response.url())) return
    if (response.url().includes('/assets/')) encodings.add(response.headers()['content-encoding'])
    sizes.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    )
  })
  await page.goto(demo.url)
  await page.locator('tr[data-order]').first().waitFor()
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  expect(total).toBeGreaterThan(50_000)
  expect(total).toBeLessThan(300_000)
  expect([...encodings]).toEqual(['br'])
  expect(requests.filter((url) => !url.startsWith(demo.url) && !url.startsWith('data:'))).toEqual([])
  await context.close()
})

test('it says when the server is away or the session has ended, and goes on by itself', async () => {
  const page = await open('/')
  const context = page.context()
  await context.setOffline(true)
  await page.getByRole('button', { name: /^Held/ }).click()
  await page.getByText('Waybill does not answer').waitFor()
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByText('Waybill does not answer').waitFor({ state: 'detached' })
  await page.locator('tbody tr').first().waitFor()

  await context.clearCookies()
  await page.getByRole('button', { name: /^Error posting/ }).click()
  await page.getByText('Your session has ended').waitFor()
  expect(await page.getByText('Waybill does not answer').count()).toBe(0)
  await context.close()
})

test('dark and light follow the system until one is chosen', async () => {
  const page = await open('/', { colorScheme: 'dark' })
  const scheme = () => page.evaluate('document.documentElement.dataset.mantineColorScheme')
  expect(await scheme()).toBe('dark')
  await page.getByRole('button', { name: /^Colours: as the system/ }).click()
  expect(await scheme()).toBe('light')
  await page.reload()
  await shown(page)
  expect(await scheme()).toBe('light')
  await page.context().close()
})

test('what holds orders is named with its orders, and a status is let through from now on', async () => {
  const page = await open('/?status=held')
  const rules = page.getByRole('region', { name: 'What holds orders' })
  const { items } = await demo.api<List<HeldGroup>>('/held')
  await expect.poll(() => rules.getByRole('article').count()).toBe(items.length)
  const { channelStatus, connection, orders } = items.find(({ rule }) => rule === 'status')!
  const rule = rules.getByRole('article').filter({ hasText: `“${channelStatus}”` })
  await rule.getByText(`Their status in ${connection} is “${channelStatus}”, which is not imported`).waitFor()
  await rule.getByRole('button', { name: /^\d+ orders?$/ }).click()
  await expect.poll(() => page.locator('tbody tr').count()).toBe(orders)
  expect(new URL(page.url()).searchParams.get('channelStatus')).toBe(channelStatus)

  await rule.getByRole('button', { name: `Import “${channelStatus}” from now on` }).click()
  await page.getByText(`“${channelStatus}” is imported from now on`).waitFor()
  await rule.waitFor({ state: 'detached' })
  await becomes(async () => (await demo.api<List<HeldGroup>>('/held')).items.length === items.length - 1)
  await page.context().close()
})

test('nothing that the pages did was against the content policy, which takes no inline style', async () => {
  expect(desk.refusedByPolicy).toEqual([])
  const page = await open('/')
  await page.evaluate(
    "document.head.append(Object.assign(document.createElement('style'), { textContent: 'i {}' }))",
  )
  await expect.poll(() => desk.refusedByPolicy.join()).toContain('inline style')
  await page.context().close()
})
