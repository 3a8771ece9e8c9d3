import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Owner, startOwner } from '../support/owner.ts'

// "Why did my order not import?": the answers for orders that Waybill has and NetSuite has not. Each is one journey of a
// shop owner, from the mail to the order in NetSuite.

const posted = 'Order posted, waiting for shipment'
/** As long as shops make them, and without a place to break it. */
const sku = 'TEAPOT_CELADON_0.8L_WITH_WARMER_AND_STRAINER_HANDMADE_IN_FLENSBURG'
const failed = 'Error posting to NetSuite'

let owner: Owner
let page: Owner['page']
beforeAll(async () => {
  owner = await startOwner({ after: '1h', warn: ['40m', '20m'] })
  ;({ page } = owner)
}, 120_000)
afterAll(() => owner?.close(), 30_000)

/** The order has one record in NetSuite, and it is worth the same there. */
const inNetSuite = async (number: string) => {
  const { record, total } = (await owner.order(number))!
  const there = owner.netsuite.records.order(record!.id)
  expect(there).toMatchObject({ tranId: record!.number, total: total!.amount })
}

test('an order with an error: the mail names it, its link leads to the cause, and it is mended there', async () => {
  const order = owner.shop.draftOrder()
  order.draft.lines[0]!.sku = sku
  const { number } = owner.shop.placeOrder(order)
  await expect.poll(() => owner.status(number), { timeout: 20_000 }).toBe('post_error')
  await owner.pass(3)
  const title = `SKU "${sku}" is not an item in NetSuite`
  const mail = await owner.mail(new RegExp(title))
  expect(mail.subject).toBe(`${title}: 1 order waits`)
  expect(mail.text).toContain(`1 order: ${number}`)
  expect(mail.text!.replace(/\s+/g, ' ')).toContain('Say which NetSuite item this SKU is')

  await owner.open(mail, '/problems')
  const problem = page.getByRole('article', { name: title })
  await problem.getByText('Why', { exact: true }).waitFor()
  await problem.getByText(/^Say which NetSuite item this SKU is/).waitFor()
  await problem.getByRole('link', { name: '1 order' }).waitFor()
  await problem.getByLabel(`Which NetSuite item is “${sku}”?`).fill('MUG-BLUE')
  await page.getByRole('option', { name: /MUG-BLUE/ }).click()
  await problem.getByRole('button', { name: 'Save and post this order' }).click()
  await problem.waitFor({ state: 'detached' })

  await page.getByRole('link', { name: 'Orders', exact: true }).first().click()
  await page.locator(`tr[data-order="${number}"]`).getByText(posted).waitFor()
  await inNetSuite(number)
}, 90_000)

test('an order given up: two warnings by mail, a mail of what was cancelled, and it is taken up again and posted', async () => {
  const { number } = owner.shop.newOrder({ trouble: 'unmapped_payment' })
  await expect.poll(() => owner.status(number), { timeout: 20_000 }).toBe('post_error')
  await owner.pass(25)
  const warning = await owner.mail(/1 order will be cancelled unless its problem is solved/)
  expect(warning.text!.replace(/\s+/g, ' ')).toMatch(
    new RegExp(`- ${number}: [\\d.]+ [A-Z]{3}, Payment method ".*"`),
  )
  await owner.open(warning, '/notices')
  await page.getByRole('link', { name: number, exact: true }).click()
  await page.getByText(/^Cancelled by itself, unless fixed: (Today|\d+ \w+)$/).waitFor()

  await owner.pass(20)
  await owner.mail(/1 order will be cancelled unless its problem is solved/)
  expect(await owner.status(number)).toBe('post_error')
  await owner.pass(25)
  const end = await owner.mail(/1 order cancelled, because its problem was not solved in time/)
  expect(end.text).toContain(number)

  await owner.open(end, '/notices')
  const answer = await owner.why(number)
  await answer.getByText(`Order ${number} was cancelled by Waybill on`).waitFor()
  await answer.getByText('because its problem was not solved in time').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Take it up again' }).click()
  await page.getByText('1 order done').waitFor()

  // Nothing has been mended: it stops again, and says why.
  await page.getByRole('link', { name: 'Orders', exact: true }).first().click()
  const row = page.locator(`tr[data-order="${number}"]`)
  await row.getByText(failed).waitFor()
  await row.getByRole('link', { name: `Fix order ${number}` }).click()
  const problem = page.getByRole('article').filter({ hasText: 'Why' })
  await problem.getByLabel(/^Which NetSuite payment method is/).click()
  await page.getByRole('option').first().click()
  await problem.getByRole('button', { name: 'Save and post this order' }).click()
  await page.locator('header').getByText(posted).waitFor()
  await inNetSuite(number)
}, 90_000)

test('a posted order that is gone from NetSuite: found by comparing, told by mail, and posted again by the person', async () => {
  const { number } = owner.shop.newOrder()
  await expect.poll(() => owner.status(number), { timeout: 20_000 }).toBe('posted')
  const gone = (await owner.order(number))!.record!
  owner.netsuite.control.deleteOrder(gone.id)

  await page.getByRole('link', { name: 'Reconciliation', exact: true }).click()
  await page.getByRole('button', { name: 'Compare now' }).click()
  const difference = page.locator('li', { hasText: 'which is not in NetSuite any more' })
  await difference.getByText('Post it again').waitFor()
  await difference.getByRole('link', { name: number }).waitFor()

  await owner.pass(3)
  const mail = await owner.mail(/The order is not in NetSuite any more: 1 order/)
  expect(mail.text).toContain(`1 order: ${number}`)
  expect(mail.text!.replace(/\s+/g, ' ')).toContain('If it was deleted by mistake, post it again')
  await owner.open(mail, '/problems')
  await page.getByRole('article', { name: 'The order is not in NetSuite any more' }).waitFor()
  const answer = await owner.why(number)
  await answer.getByText(`was posted to NetSuite as ${gone.number}, and is not there any more`).waitFor()
  await answer.getByRole('button', { name: 'Post it again as a new record' }).click()
  await page.getByText(`Order ${number} is on its way to NetSuite as a new record`).waitFor()
  await expect
    .poll(async () => (await owner.order(number))!.record?.id, { timeout: 20_000 })
    .not.toBe(gone.id)
  await expect.poll(() => owner.status(number), { timeout: 20_000 }).toBe('posted')
  await inNetSuite(number)
}, 90_000)

test('no page complained on the way', () => {
  expect(owner.complaints).toEqual([])
})
