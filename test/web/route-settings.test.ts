import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {
  List,
  Order,
  OrderCounts,
  OrderDetail,
  ProblemGroup,
  Route,
  ValuesSeen,
} from '../../web/src/api/types.ts'
import { brokenRulesInBothSchemes, overWidth } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { becomes, shown } from '../support/desk.ts'

let demo: Demo
let browser: Browser
let session: Awaited<ReturnType<BrowserContext['storageState']>>
const patiently = { timeout: 20_000 }

beforeAll(async () => {
  demo = await startDemo()
  browser = await launchBrowser()
  // No further orders come by themselves: what is counted stays as it is.
  await demo.shopDoes('drip', { seconds: 0 })
  const first = await browser.newContext()
  await (await first.newPage()).goto(demo.link)
  session = await first.storageState()
  await first.close()
  await becomes(async () => {
    const {
      scheduled,
      posting,
      post_error: stopped,
    } = (await demo.api<OrderCounts>('/orders/counts')).byStatus!
    return stopped > 8 && scheduled + posting === 0
  })
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
}, 30_000)

async function open(address: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ storageState: session, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // The browser itself tells of an answer that refuses.
    if (message.type() === 'error' && !message.text().includes('422')) complaints.push(message.text())
  })
  await page.goto(demo.url + address)
  await shown(page)
  return page
}
const complaints: string[] = []
const theRoute = async () => (await demo.api<List<Route>>('/routes')).items[0]!
const unmapped = async () =>
  (await demo.api<List<ProblemGroup>>('/problems')).items.find(
    ({ code }) => code === 'unmapped_payment_method',
  )
const trialOn = (page: Page) => page.getByRole('region', { name: 'What the last orders would do' })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('a payment method that was missing is chosen, tried and saved, and the orders that it stopped are posted', async () => {
  const before = await theRoute()
  const stopped = (await unmapped())!
  expect(stopped.orders).toBeGreaterThan(0)
  const page = await open('/connections')
  await page
    .getByRole('link', { name: `Edit route ${before.name}` })
    .first()
    .click()
  await page.getByRole('heading', { name: `Route ${before.name}`, level: 1 }).waitFor()
  const menu = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Connections' })
  expect(await menu.getAttribute('data-within')).toBe('true')

  const rows = page.getByRole('table', { name: 'Payment methods' }).getByRole('row')
  expect(await rows.nth(1).innerText()).toContain('Not mapped yet')
  expect(await rows.filter({ hasText: 'Not mapped yet' }).count()).toBe(1)
  await rows.nth(1).getByRole('combobox').fill('Stripe')
  await page.getByRole('option', { name: 'Stripe' }).click()

  await button(page, 'Try it').click()
  await trialOn(page).waitFor()
  expect(await trialOn(page).innerText()).toContain(`${stopped.orders} would now post`)
  expect(await trialOn(page).innerText()).toContain(`Stopped until now: ${stopped.title}`)
  // Trying has changed nothing.
  expect(await theRoute()).toEqual(before)
  expect(await unmapped()).toEqual(stopped)

  await button(page, 'Save').click()
  await page.getByText(`Saved. ${stopped.orders} orders are posted again.`).waitFor()
  await expect.poll(unmapped, patiently).toBeUndefined()

  const after = await theRoute()
  const methods = (before.mapping['payment'] as { methods: Record<string, string> }).methods
  const chosen = (after.mapping['payment'] as { methods: Record<string, string> }).methods
  expect(Object.keys(chosen).filter((word) => !(word in methods))).toEqual([stopped.subject])
  const without = { ...after.mapping, payment: before.mapping['payment'] }
  expect({ ...after, mapping: without, updatedAt: '' }).toEqual({ ...before, updatedAt: '' })

  const history = page.getByRole('region', { name: 'Who changed what' }).getByRole('listitem')
  await expect
    .poll(() => history.first().innerText(), patiently)
    .toMatch(
      new RegExp(`mapping\\.payment\\.methods\\.${stopped.subject}\\s*nothing → ${chosen[stopped.subject]}$`),
    )
  expect(await history.first().innerText()).toContain('A person, on this page')
  expect(complaints).toEqual([])
  await page.context().close()
})

test('mistakes stand at their fields, and what would be cancelled is said before it is saved', async () => {
  const before = await theRoute()
  const page = await open(`/routes/${before.name}`)
  const every = page.getByRole('textbox', { name: 'Read new orders every' })
  const stays = await every.inputValue()
  await every.fill('0')
  await page.getByLabel('Placed from this day on').fill('')
  await button(page, 'Save').click()
  await page.getByRole('alert').filter({ hasText: 'This cannot be saved yet' }).waitFor()
  for (const field of [every, page.getByLabel('Placed from this day on')]) {
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    const described = (await field.getAttribute('aria-describedby'))!.split(' ')
    const said = await Promise.all(described.map((id) => page.locator(`[id="${id}"]`).allInnerTexts()))
    expect(said.flat().join(' ')).toMatch(/a duration such as|a day \(/)
  }
  expect(await theRoute()).toEqual(before)

  await every.fill(stays)
  await page.getByLabel('Placed from this day on').fill(before.since.slice(0, 10))
  await page.getByText('Cancel after a while').click()
  await page.getByRole('textbox', { name: 'Cancel after', exact: true }).fill('10')
  await page.getByRole('checkbox', { name: 'On hold' }).check()
  // Enter tries; it does not save.
  await page.getByRole('textbox', { name: 'Cancel after', exact: true }).press('Enter')
  await trialOn(page).waitFor()
  expect(await trialOn(page).innerText()).toMatch(
    /orders in error now would be cancelled, the first on \d{4}-/,
  )
  expect(await trialOn(page).innerText()).toMatch(/\d would no longer be held/)
  expect(await theRoute()).toEqual(before)

  await button(page, 'Discard changes').click()
  await page.getByText('Nothing has been changed.').waitFor()
  expect(await page.getByRole('checkbox', { name: 'On hold' }).isChecked()).toBe(false)
  await page.context().close()
})

test('what every sales order gets is chosen by name, custom fields by what orders say, and the next order has it', async () => {
  const before = await theRoute()
  const page = await open(`/routes/${before.name}`)
  const department = page.getByRole('combobox', { name: 'Department', exact: true })
  await department.fill('web')
  await page.getByRole('option', { name: 'Web shop' }).click()
  await page.getByRole('textbox', { name: 'Memo' }).fill('From {order.number}')
  await page.getByRole('textbox', { name: 'Another field (custbody…)' }).fill('custbody_buyer')
  await page.getByRole('textbox', { name: 'Another field (custbody…)' }).press('Enter')
  const source = page.getByRole('combobox', { name: 'custbody_buyer gets its value from' })
  await source.fill('customer.em')
  await page.getByRole('option', { name: /^customer\.email .*@/ }).click()
  await page.getByText(/^Such as: .*@/).waitFor()
  const row = page.getByRole('row').filter({ hasText: 'custbody_buyer' })
  await row.getByRole('combobox', { name: 'Where an order has none' }).click()
  await page.getByRole('option', { name: 'Use this instead' }).click()
  await row.getByRole('textbox', { name: 'Instead' }).fill('nobody')
  await button(page, 'Try it').click()
  await trialOn(page).waitFor()
  expect(await trialOn(page).innerText()).toContain('as before')
  await button(page, 'Save').click()
  await page.getByText('Saved.', { exact: true }).waitFor()

  const { mapping } = await theRoute()
  expect(mapping).toEqual({
    ...before.mapping,
    defaults: { ...(before.mapping['defaults'] as object), department: '1', memo: 'From {order.number}' },
    fields: {
      ...(before.mapping['fields'] as object),
      custbody_buyer: { from: 'customer.email', otherwise: { value: 'nobody' } },
    },
  })
  const list = () => demo.api<List<Order>>('/orders?status=posted')
  const known = (await list()).items.map(({ id }) => id)
  await demo.shopDoes('order', {})
  const fresh = async () => (await list()).items.find(({ id }) => !known.includes(id))
  await expect.poll(fresh, patiently).toBeDefined()
  const { id, number, customer } = (await fresh())!
  const { attempts } = await demo.api<OrderDetail>(`/orders/${id}`)
  const sent = attempts
    .flatMap(({ exchanges }) => exchanges)
    .find(({ method, url }) => method === 'POST' && url.endsWith('/salesOrder'))!
  expect(JSON.parse(sent.requestBody!)).toMatchObject({
    department: { id: '1' },
    memo: `From ${number}`,
    custbody_buyer: customer!.email,
  })
  expect(complaints).toEqual([])
  await page.context().close()
})

test('what somebody else has changed meanwhile is not taken back', async () => {
  const route = await theRoute()
  const page = await open(`/routes/${route.name}`)
  const held = await demo.api<{ items: { channelStatus: string | null }[] }>('/held')
  const status = held.items.find(({ channelStatus }) => channelStatus !== null)!.channelStatus
  const asked = { method: 'POST', body: JSON.stringify({ status }) }
  await demo.api(`/routes/${route.name}/import-status`, asked)
  await page.getByRole('checkbox', { name: 'Post orders to NetSuite by themselves' }).uncheck()
  await button(page, 'Save').click()
  await page.getByText('Somebody has changed this route meanwhile').waitFor()
  expect((await theRoute()).postAutomatic).toBe(true)
  await button(page, 'Load it anew').click()
  await page.getByText('Nothing has been changed.').waitFor()
  expect((await theRoute()).statuses).toContain(status)
  await page.context().close()
})

/** Adds a filter on a field; gives the row. */
async function addFilter(page: Page, n: number, field: string) {
  await button(page, 'Add a filter').click()
  const row = page.getByRole('group', { name: `Filter ${n}` })
  await chooseField(page, n, field)
  return row
}
async function chooseField(page: Page, n: number, field: string) {
  const row = page.getByRole('group', { name: `Filter ${n}` })
  await row.getByRole('combobox', { name: 'Field of the order' }).fill(field)
  await page.getByRole('option', { name: field, exact: true }).click()
}

test('a filter has on offer what orders have, is tried and saved, and the next order is held with it named', async () => {
  const before = await theRoute()
  const { items: orders } = await demo.api<List<Order>>('/orders?limit=100')
  const coming = orders.filter(({ status }) => !['held', 'cancelled', 'import_error'].includes(status))
  const limit = coming.map(({ total }) => Number(total!.amount)).toSorted((a, b) => a - b)[9]!
  const less = coming.filter(({ total }) => Number(total!.amount) < limit).length
  expect(less).toBeGreaterThan(5)

  const page = await open(`/routes/${before.name}`)
  const row = await addFilter(page, 1, 'Delivery country')
  const [country] = (await demo.api<ValuesSeen>(`/routes/${before.name}/values?field=shipping.country`))
    .values
  await row.getByRole('combobox', { name: 'Values' }).click()
  await page.getByRole('option', { name: `${country!.value} ${country!.orders} orders` }).click()
  expect(await row.innerText()).toContain(country!.value)

  await chooseField(page, 1, 'Total')
  await row.getByRole('combobox', { name: 'Condition' }).click()
  await page.getByRole('option', { name: 'is at least' }).click()
  await button(page, 'Try it').click()
  await page.getByRole('alert').filter({ hasText: 'Filter 1' }).waitFor()
  const amount = row.getByRole('textbox', { name: 'Amount' })
  expect(await amount.getAttribute('aria-invalid')).toBe('true')
  await amount.fill(limit.toFixed(2))
  await button(page, 'Try it').click()
  await trialOn(page).waitFor()
  expect(await trialOn(page).innerText()).toContain(`${less} would be held`)
  expect(await trialOn(page).innerText()).toContain(`${less}: their total is less than ${limit.toFixed(2)}`)
  expect(await theRoute()).toEqual(before)

  await amount.fill('100000')
  await button(page, 'Save').click()
  await page.getByText('Saved.').waitFor()
  expect((await theRoute()).filters).toEqual([{ field: 'total', operator: 'atLeast', values: ['100000'] }])
  const history = page.getByRole('region', { name: 'Who changed what' }).getByRole('listitem')
  await expect
    .poll(() => history.first().innerText(), patiently)
    .toMatch(/Filter: total is at least\s*nothing → 100000$/)

  const { number } = (await demo.shopDoes('order', {})) as { number: string }
  await becomes(async () => (await orderOf(number))?.status === 'held')
  await page.goto(`${demo.url}/?status=held`)
  const rule = page.getByRole('article').filter({ hasText: 'their total is less than 100000' })
  await rule.getByText('an order is imported only if its total is at least 100000').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  expect([await brokenRulesInBothSchemes(page), await overWidth(page)]).toEqual([[], 0])
  await page.setViewportSize({ width: 1280, height: 720 })
  await rule.getByRole('button', { name: '1 order' }).click()
  await page.getByText('1 order shown').waitFor()
  await page.getByText(/^Its total is [\d.,]+ [A-Z]{3}; this route imports an order only if/).waitFor()
  await rule.getByRole('button', { name: 'Import this one anyway' }).click()
  await becomes(async () => !['held', undefined].includes((await orderOf(number))?.status))

  await page.goto(`${demo.url}/routes/${before.name}`)
  await button(page, 'Remove filter 1').click()
  await button(page, 'Save').click()
  await expect.poll(async () => (await theRoute()).filters, patiently).toEqual([])
  expect(complaints).toEqual([])
  await page.context().close()
}, 60_000)

const orderOf = async (number: string) =>
  (await demo.api<List<Order>>(`/orders?search=${number}`)).items.find((order) => order.number === number)

test('no rule of accessibility is broken, and nothing runs over the width, light and dark', async () => {
  const { name } = await theRoute()
  const page = await open(`/routes/${name}`, { reducedMotion: 'reduce' })
  await page.getByText('Cancel after a while').click()
  const another = page.getByRole('textbox', { name: 'Another payment method, as the shop calls it' })
  await another.fill('gold')
  await another.press('Enter')
  await page.getByText('Not mapped yet').first().waitFor()
  const row = await addFilter(page, 1, 'Payment method')
  await row.getByRole('combobox', { name: 'Values' }).fill('Barter')
  await page.keyboard.press('Enter')
  await row.getByText('Barter').waitFor()
  const further = await addFilter(page, 2, 'Another field of the order')
  await further.getByRole('combobox', { name: 'Its name' }).fill('created_via')
  await further.getByRole('combobox', { name: 'Condition' }).click()
  await page.getByRole('option', { name: 'is not empty' }).click()
  await button(page, 'Try it').click()
  await trialOn(page).waitFor()
  const faults: string[] = []
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    faults.push(...(await brokenRulesInBothSchemes(page)).map((fault) => `${width}: ${fault}`))
    const over = await overWidth(page)
    if (over > 0) faults.push(`${width}: ${over} pixels wider than the window`)
  }
  expect([...faults, ...complaints]).toEqual([])
  await page.context().close()
}, 300_000)
