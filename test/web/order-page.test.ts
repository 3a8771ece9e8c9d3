import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { List, Order, OrderDetail, OrderPreview, OrderVersions } from '../../web/src/api/types.ts'
import { brokenRules, overWidth } from '../support/axe.ts'
import { becomes, type Desk, openDesk } from '../support/desk.ts'

let desk: Desk
let demo: Desk['demo']
let open: Desk['open']
beforeAll(async () => {
  desk = await openDesk()
  ;({ demo, open } = desk)
}, 180_000)
afterAll(() => desk?.close(), 30_000)

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const theFailing = async () =>
  (await demo.api<List<Order>>('/orders?search=MUG-RED&status=post_error')).items[0]!

test('what would be sent is looked up when it is opened, shown with its totals, and can be copied', async () => {
  const [order] = await desk.ordersOf('held')
  const page = await open(`/orders/${order!.id}`, { permissions: ['clipboard-read', 'clipboard-write'] })
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const preview = panel(page, 'What would be sent now')
  expect(await preview.getByText(/^As of /).count()).toBe(0)
  await preview.getByText('Show it', { exact: true }).click()
  await preview.getByText('Nothing stands against posting it.').waitFor()
  await preview.getByText('A rule holds it').waitFor()
  await preview.getByText('In the shop, the same').waitFor()
  const sales = preview.getByRole('group', { name: 'Sales order' })
  const { records, externalId } = await demo.api<OrderPreview>(`/orders/${order!.id}/preview`)
  await sales.getByText(`"externalId": "${externalId}"`).waitFor()
  await preview.getByRole('button', { name: 'Copy: Sales order' }).click()
  await preview.getByText('Copied').waitFor()
  const copied = (await page.evaluate('navigator.clipboard.readText()')) as string
  expect(JSON.parse(copied)).toEqual(records.at(-1)!.body)
  expect(asked.filter((path) => path.endsWith('/preview'))).toHaveLength(1)
  await preview.getByRole('button', { name: 'Look again' }).click()
  await expect.poll(() => asked.filter((path) => path.endsWith('/preview')).length).toBe(2)
  await page.context().close()
})

test('an order that would stop says so before it is posted, and names the others that stop for it', async () => {
  const order = await theFailing()
  const page = await open(`/orders/${order.id}`)
  const preview = panel(page, 'What would be sent now')
  await preview.getByText('Show it', { exact: true }).click()
  await preview.getByText('Posting it now would stop:').waitFor()
  await preview.getByText(order.problem!.title).waitFor()

  const others = page.getByRole('region', { name: 'Other orders with this problem' })
  const { related } = await demo.api<OrderDetail>(`/orders/${order.id}`)
  expect(related[0]!.count).toBeGreaterThan(0)
  const [other] = related[0]!.orders
  await others.getByRole('link', { name: other!.number, exact: true }).click()
  await page.getByRole('heading', { name: `Order ${other!.number}` }).waitFor()
  await page
    .getByRole('region', { name: 'Other orders with this problem' })
    .getByRole('link', { name: order.number, exact: true })
    .waitFor()
  await page.context().close()
})

test('a note is written where it stands, as text, and appears to others by itself', async () => {
  const order = await theFailing()
  const page = await open(`/orders/${order.id}`)
  const colleague = await open(`/orders/${order.id}`)
  const text = 'Ada rang: <img src=x onerror="window.wrong=1"> ship it whole'
  const add = page.getByRole('button', { name: 'Add note' })
  expect(await add.isDisabled()).toBe(true)
  await page.getByLabel('Note for this order').fill(`${text}\nand soon`)
  await add.click()
  for (const each of [page, colleague]) {
    const note = panel(each, 'Waybill').locator('li', { hasText: 'Note by a person' })
    await note.getByText(text).waitFor()
    expect(await note.locator('img').count()).toBe(0)
  }
  await expect.poll(() => page.getByLabel('Note for this order').inputValue()).toBe('')
  expect(await page.evaluate('window.wrong')).toBeUndefined()
  const { events } = await demo.api<OrderDetail>(`/orders/${order.id}`)
  expect(events.at(-1)).toMatchObject({ kind: 'note', actor: 'person', text: `${text}\nand soon` })
  await page.context().close()
  await colleague.context().close()
})

test('after an edit, what the shop has now and what was posted stand beside each other, with all totals', async () => {
  const order = (await desk.ordersOf('posted')).at(-1)!
  await demo.shopDoes('edit', { id: Number(order.channelOrderId), quantity: 17 })
  const now = () => demo.api<OrderDetail>(`/orders/${order.id}`)
  await becomes(async () => (await now()).difference !== null)
  const { comparison } = await now()
  const page = await open(`/orders/${order.id}`)
  const shownAs = ({ amount }: { amount: string }) =>
    Number(amount).toLocaleString('en', { minimumFractionDigits: 2 })
  const total = panel(page, 'Lines').getByRole('row', { name: /^Total/ })
  expect(await total.getByRole('cell').allInnerTexts()).toEqual(
    [comparison!.newest!.total, comparison!.posted!.total, comparison!.record!].map(shownAs),
  )
  await page.getByText('NetSuite has what was posted, to the cent.').waitFor()
  await page
    .getByText(`The shop has changed the total since: +${shownAs(comparison!.newestLessPosted!)}`)
    .waitFor()

  const sent = panel(page, 'What the shop sent')
  await sent.getByText('Show it', { exact: true }).click()
  const { newest, posted, fields } = await demo.api<OrderVersions>(`/orders/${order.id}/versions`)
  await sent.getByRole('row').nth(fields.length).waitFor()
  expect(await sent.locator('tr[data-differs="true"]').count()).toBe(
    fields.filter(({ differs }) => differs).length,
  )
  for (const [i, version] of [newest, posted!].entries()) {
    const file = page.waitForEvent('download')
    await sent.getByRole('link', { name: 'Download' }).nth(i).click()
    expect(await readFile(await (await file).path(), 'utf8')).toBe(version.text)
  }
  await page.context().close()
})

test.for([
  [1440, 'light'],
  [390, 'dark'],
] as const)(
  'all of it opened at %i pixels, %s, is accessible and no wider than the screen',
  { timeout: 120_000 },
  async ([width, scheme]) => {
    const [order] = (await demo.api<List<Order>>('/orders?decision=changed')).items
    const page = await open(`/orders/${order!.id}`, { viewport: { width, height: 900 }, colorScheme: scheme })
    for (const summary of await page.getByText('Show it', { exact: true }).all()) await summary.click()
    await page.getByText(/^As of /).waitFor()
    await panel(page, 'What the shop sent').getByRole('row').first().waitFor()
    expect(await brokenRules(page)).toEqual([])
    expect(await overWidth(page)).toBe(0)
    expect(desk.refusedByPolicy).toEqual([])
    await page.context().close()
  },
)

test('an order is deleted from its menu only after a question that says what that means, and its page is left', async () => {
  const [order] = await desk.ordersOf('held')
  const page = await open(`/orders/${order!.id}`)
  const menu = page.getByRole('button', { name: `More for order ${order!.number}` })
  const question = page.getByRole('dialog', { name: `Delete order ${order!.number}?` })
  const ask = async () => {
    await menu.click()
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click()
    await question.getByText('Everything Waybill has of it goes, for good').waitFor()
  }
  await ask()
  // The dialog has a header of its own beside the page's: good practice would name them, WCAG does not ask for it.
  const landmarks = /^landmark-(no-duplicate-banner|unique):/
  expect((await brokenRules(page)).filter((fault) => !landmarks.test(fault))).toEqual([])
  await question.getByRole('button', { name: 'Keep it' }).click()
  await question.waitFor({ state: 'hidden' })
  expect((await demo.api<OrderDetail>(`/orders/${order!.id}`)).status).toBe('held')

  await ask()
  await question.getByLabel('Why (if you like)').fill('a test')
  await question.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText(`Order ${order!.number} is deleted`).waitFor()
  await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor()
  await page.goto(`${demo.url}/?why=${order!.id}`)
  const answer = page.getByRole('dialog')
  await answer.getByText(`Order ${order!.number}`, { exact: false }).first().waitFor()
  await answer.getByText('(“a test”): Waybill does not take it in by itself any more').waitFor()
  await answer.getByRole('button', { name: 'Import it again' }).click()
  await expect
    .poll(async () => (await demo.api<List<Order>>(`/orders?search=${order!.number}`)).items.length, {
      timeout: 15_000,
    })
    .toBe(1)
  expect(desk.refusedByPolicy).toEqual([])
  await page.context().close()
})

test('the file for support is downloaded where the order is, and names no customer', async () => {
  const order = await theFailing()
  const page = await open(`/orders/${order.id}`)
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: `File for support: Order ${order.number}` }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe(`waybill-support-order-${order.number}.json`)
  const text = await readFile(await download.path(), 'utf8')
  expect(text).toContain(order.problem!.code)
  expect(text).not.toContain(order.customer!.email!)
  await page.context().close()
})
