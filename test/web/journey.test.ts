import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { List, Order, OrderDetail } from '../../web/src/api/types.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Demo, startDemo } from '../support/demo.ts'

const posted = 'Order posted, waiting for shipment'
const failed = 'Error posting to NetSuite'
const missingSku = 'SKU "MUG-RED" is not an item in NetSuite'

let demo: Demo
let browser: Browser
let page: Page

beforeAll(async () => {
  demo = await startDemo()
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(20_000)
  await page.goto(demo.link)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await demo?.stop()
}, 30_000)

const rowOf = (number: string) => page.locator(`tr[data-order="${number}"]`)
const place = async (wish: { trouble?: string }): Promise<string> =>
  ((await demo.shopDoes('order', wish)) as { number: string }).number

test('the link opens the orders for one browser, once', async () => {
  await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/')
  expect(await page.title()).toBe('Orders · Waybill')

  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(demo.link)
  expect(await stranger.getByRole('heading').textContent()).toContain('has been used')
  await stranger.goto(demo.url)
  await stranger.getByText('Your session has ended').waitFor()
  expect(await stranger.locator('[data-order]').count()).toBe(0)
  await stranger.context().close()
})

test('an order placed in the shop appears by itself and goes to NetSuite', async () => {
  await page.locator('tr[data-order]').first().waitFor()
  await page.evaluate('window.notReloaded = true')

  const number = await place({})
  await rowOf(number).getByText(posted).waitFor()
  expect(await page.evaluate('window.notReloaded')).toBe(true)

  await rowOf(number).getByRole('link', { name: number }).click()
  await page.getByRole('heading', { name: `Order ${number}` }).waitFor()
  await page.getByText(/^Posted to NetSuite as SO\d+$/).waitFor()
  await page.getByText('In NetSuite, the same').waitFor()

  const [order] = (await demo.api<List<Order>>(`/orders?search=${number}`)).items
  const record = page.getByRole('link', { name: order!.record!.number! }).first()
  expect(await record.getAttribute('href')).toBe(order!.record!.url)
  const there = await fetch(order!.record!.url!)
  expect(there.status).toBe(200)
  expect(await there.text()).toContain(order!.record!.number!)

  const { externalId } = await demo.api<OrderDetail>(`/orders/${order!.id}`)
  await page.getByText(/^Show what was sent and what came back/).click()
  await page
    .getByRole('group', { name: 'Sent', exact: true })
    .getByText(`"externalId": "${externalId}"`)
    .waitFor()
})

test('an order that fails says why, and is mended where it says so', async () => {
  await page.getByRole('link', { name: 'Orders', exact: true }).first().click()
  const number = await place({ trouble: 'unknown_sku' })
  const row = rowOf(number)
  await row.getByText(failed).waitFor()
  await row.getByText(missingSku).waitFor()

  // Posting it once more changes nothing but its waybill, and says the same.
  await row.getByRole('button', { name: `More for order ${number}` }).click()
  await page.getByRole('menuitem', { name: 'Post to NetSuite' }).click()
  await page.getByText(`Order ${number} is on its way to NetSuite`).waitFor()
  await row.getByText(failed).waitFor()

  await row.getByRole('link', { name: `Fix order ${number}` }).click()
  const problem = page.getByRole('article', { name: missingSku })
  await problem.getByText('Say which NetSuite item this SKU is').waitFor()
  await page.getByText('Posting was asked for').waitFor()

  await problem.getByLabel('Which NetSuite item is “MUG-RED”?').fill('MUG-BLUE')
  await page.getByRole('option', { name: /MUG-BLUE/ }).click()
  await problem.getByRole('button', { name: /^Save and post (this order|all \d+ orders)/ }).click()

  await page.locator('header').getByText(posted).waitFor()
  await problem.waitFor({ state: 'detached' })
  const id = new URL(page.url()).pathname.split('/').at(-1)!
  const order = await demo.api<OrderDetail>(`/orders/${id}`)
  expect(order).toMatchObject({ number, status: 'posted', problems: [] })
  expect(order.record!.total).toEqual(order.total)
})

test('all orders with the same cause went along', async () => {
  await page.getByRole('link', { name: /^Problems/ }).click()
  await page.getByRole('article').first().waitFor()
  expect(await page.getByRole('article', { name: missingSku }).count()).toBe(0)

  const outcomes = async () => {
    const { items } = await demo.api<List<Order>>('/orders?search=MUG-RED&limit=200')
    return items
      .map(({ status, problem }) => problem?.title ?? status)
      .filter((outcome) => outcome !== 'held')
  }
  await expect.poll(outcomes, { timeout: 20_000 }).not.toContain(missingSku)
  expect((await outcomes()).filter((outcome) => outcome === 'posted').length).toBeGreaterThan(1)
})

test('the Why box answers on every page', async () => {
  const { items } = await demo.api<List<Order>>('/orders?status=held')
  const held = items[0]!
  const box = page.getByRole('search', { name: 'Why is an order not in NetSuite?' })
  await box.getByRole('textbox').fill(held.number)
  await box.getByRole('button', { name: 'Ask why' }).click()
  const answer = page.getByRole('dialog', { name: 'Why?' })
  await answer
    .getByText(new RegExp(`${held.number}.*${held.channelStatus!}`))
    .first()
    .waitFor()
  expect(new URL(page.url()).searchParams.get('why')).toBe(held.number)
  await page.keyboard.press('Escape')
  await answer.waitFor({ state: 'detached' })
  expect(new URL(page.url()).searchParams.get('why')).toBeNull()
})

test('an order is cancelled, and taken back by the undo', async () => {
  const number = await place({ trouble: 'missing_field' })
  await page.getByRole('link', { name: 'Orders', exact: true }).first().click()
  const row = rowOf(number)
  await row.getByText(failed).waitFor()
  await row.getByRole('button', { name: `More for order ${number}` }).click()
  await page.getByRole('menuitem', { name: 'Cancel' }).click()
  await row.getByRole('button', { name: `Uncancel and post: ${number}` }).waitFor()
  const [cancelled] = (await demo.api<List<Order>>(`/orders?search=${number}`)).items
  expect(cancelled).toMatchObject({ status: 'cancelled', cancelReason: 'by_person' })

  await page.getByRole('button', { name: 'Undo' }).click()
  await row.getByText(failed).waitFor()
  const [back] = (await demo.api<List<Order>>(`/orders?search=${number}`)).items
  expect(back).toMatchObject({ status: 'post_error', cancelReason: null })
})

test('an order is put on hold, named among what is held, let go on, and put back by the undo', async () => {
  const number = await place({ trouble: 'inactive_item' })
  const row = rowOf(number)
  await row.getByText(failed).waitFor()
  await row.getByRole('button', { name: `More for order ${number}` }).click()
  await page.getByRole('menuitem', { name: 'Put on hold' }).click()
  const question = page.getByRole('dialog', { name: `Put order ${number} on hold?` })
  await question.getByLabel('Why (if you like)').fill('They called')
  await question.getByRole('button', { name: 'Put on hold' }).click()
  await row.getByText(/^Held by a person, .*: “They called”$/).waitFor()

  await page.goto(`${demo.url}/?status=held`)
  const group = page
    .getByRole('region', { name: 'What holds orders' })
    .getByRole('article')
    .filter({ hasText: 'Put on hold by a person' })
  await group.getByText('They wait, whatever the rules say').waitFor()
  await group.getByRole('button', { name: '1 order', exact: true }).click()
  await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
  await row.getByRole('button', { name: `Let it go on: ${number}` }).click()
  await page.getByText(`Order ${number} is not on hold any more`).waitFor()
  await group.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await group.waitFor()
  const [back] = (await demo.api<List<Order>>(`/orders?search=${number}`)).items
  expect(back).toMatchObject({ status: 'held', hold: { rule: 'person', why: 'They called' } })
})

test('orders are imported by number, each with its result', async () => {
  await page.getByRole('link', { name: 'Connections', exact: true }).click()
  await page.getByRole('article', { name: 'netsuite' }).getByText('Healthy').waitFor()
  const known = (await demo.api<List<Order>>('/orders?status=posted')).items[0]!
  await page.getByLabel('Order ids or numbers').fill(`${known.number}\n999999`)
  await page.getByRole('button', { name: 'Import 2' }).click()
  await page.getByText('2 of 2 done').waitFor()
  expect(await page.locator('tr', { hasText: known.number }).textContent()).toContain('Already here')
  expect(await page.locator('tr', { hasText: '999999' }).textContent()).toContain('Not found in the shop')
})

test('orders are imported by the days they were placed', async () => {
  await page.getByRole('link', { name: 'Connections', exact: true }).click()
  await page.getByText('By date', { exact: true }).click()
  const days = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  await page.getByLabel('Placed from').fill(days(4))
  await page.getByLabel('To, that day included').fill(days(2))
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByText('so far').waitFor()
  await page.getByText('Already here').first().waitFor()
  expect(await page.getByText('Already here').count()).toBeGreaterThan(0)
})
