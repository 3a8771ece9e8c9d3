import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Desk, openDesk, shown } from '../support/desk.ts'

let desk: Desk
let open: Desk['open']
beforeAll(async () => {
  desk = await openDesk()
  ;({ open } = desk)
}, 180_000)
afterAll(() => desk?.close(), 30_000)

const usual = ['Order', 'Placed', 'Customer', 'Total', 'Status', 'Reason or next step', 'NetSuite']
/** The heads of the table's columns, without those of the boxes and the actions. */
const heads = async (page: Page) => (await page.locator('thead th').allInnerTexts()).slice(1, -1)
const query = (page: Page) => new URL(page.url()).searchParams
const choice = (page: Page) => page.getByRole('dialog', { name: 'Choose columns' })
const box = (page: Page, name: string) => choice(page).getByRole('checkbox', { name, exact: true })
const faults = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html}`),
  )

async function openChoice(page: Page) {
  await page.getByRole('button', { name: 'Choose columns' }).click()
  await choice(page).waitFor()
}

describe('columns', () => {
  test('are chosen, stay after a reload, and come with the address to another browser, which keeps its own', async () => {
    const page = await open('/?status=post_error')
    expect(await heads(page)).toEqual(usual)
    await openChoice(page)
    await box(page, 'E-mail').check()
    await box(page, 'Problem').check()
    await box(page, 'Customer').uncheck()
    await box(page, 'Reason or next step').uncheck()
    const chosen = ['Order', 'Placed', 'E-mail', 'Total', 'Status', 'Problem', 'NetSuite']
    expect(await heads(page)).toEqual(chosen)
    const [first] = (await desk.ordersOf('post_error')).toSorted(
      (a, b) => Number(b.number) - Number(a.number),
    )
    const row = page.locator(`tr[data-order="${first!.number}"]`)
    expect(await row.innerText()).toContain(first!.customer!.email)
    expect(await row.innerText()).toContain(first!.problem!.title)

    await page.reload()
    await shown(page)
    expect(await heads(page)).toEqual(chosen)
    const shared = new URL(page.url())
    await page.goto(desk.demo.url)
    await shown(page)
    expect(await heads(page)).toEqual(chosen)
    expect(query(page).get('columns')).toBe(shared.searchParams.get('columns'))

    const other = await open(shared.pathname + shared.search)
    expect(await heads(other)).toEqual(chosen)
    await other.goto(desk.demo.url)
    await shown(other)
    expect(await heads(other)).toEqual(usual)

    await openChoice(page)
    await choice(page).getByRole('button', { name: 'Back to the usual columns' }).click()
    await expect.poll(() => page.url()).toBe(`${desk.demo.url}/`)
    await page.reload()
    await shown(page)
    expect(await heads(page)).toEqual(usual)
    await page.context().close()
    await other.context().close()
  })

  test('are moved by keyboard, number and actions always stay, and what makes no sense is the usual', async () => {
    const page = await open('/?columns=total,nonsense')
    expect(await heads(page)).toEqual(usual)
    await page.evaluate("localStorage.setItem('waybill-order-columns', '{broken')")
    await page.goto(`${desk.demo.url}/?columns=status,total`)
    await shown(page)
    expect(await heads(page)).toEqual(['Order', 'Status', 'Total'])

    await page.getByRole('button', { name: 'Choose columns' }).focus()
    await page.keyboard.press('Enter')
    await choice(page).waitFor()
    await page.keyboard.press('Tab')
    await choice(page).getByRole('button', { name: 'Move Status down' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => heads(page)).toEqual(['Order', 'Total', 'Status'])
    await choice(page).getByText('Status is column 3 of 3').waitFor({ state: 'attached' })
    // At the end there is only the way back.
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Move Status up')
    for (const name of ['Status', 'Total']) {
      await box(page, name).focus()
      await page.keyboard.press('Space')
    }
    await expect.poll(() => heads(page)).toEqual(['Order'])
    await page.keyboard.press('Escape')
    await choice(page).waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Choose columns')
    expect(await page.getByRole('button', { name: /^More for order/ }).count()).toBeGreaterThan(10)
    await page.reload()
    await shown(page)
    expect(await heads(page)).toEqual(['Order'])
    await page.context().close()
  })

  test('of more width than there is are scrolled, beside the number and the actions; a narrow screen has its cards', async () => {
    const all = 'connection,placedAt,customer,email,channelOrderId,total,status,next,problem,cancelsAt,record'
    const page = await open(`/?status=held&columns=${all},firstSeenAt`, {
      viewport: { width: 1000, height: 800 },
    })
    const over = () => page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
    expect(await over()).toBeLessThanOrEqual(0)
    const table = page.locator('[data-wide="true"]')
    await table.evaluate((element) => element.scrollTo({ left: 700 }))
    const row = page.locator('tbody tr').first()
    for (const cell of [row.locator('td').nth(1), row.locator('td').last()]) {
      const at = await cell.boundingBox()
      expect(at!.x).toBeGreaterThanOrEqual(0)
      expect(at!.x + at!.width).toBeLessThanOrEqual(1000)
    }
    await openChoice(page)
    expect(await faults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('li[data-order]').first().waitFor()
    expect(await page.locator('table').count()).toBe(0)
    expect(await over()).toBeLessThanOrEqual(0)
    await page.context().close()
  })
})
