import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { brokenRules } from '../support/axe.ts'
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
/** A busy machine takes its time. */
const patiently = { timeout: 15_000 }
const query = (page: Page) => new URL(page.url()).searchParams
const choice = (page: Page) => page.getByRole('dialog', { name: 'Choose columns' })
const box = (page: Page, name: string) => choice(page).getByRole('checkbox', { name, exact: true })

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
    await expect.poll(() => page.url(), patiently).toBe(`${desk.demo.url}/`)
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
    await expect.poll(() => heads(page), patiently).toEqual(['Order', 'Total', 'Status'])
    await choice(page).getByText('Status is column 3 of 3').waitFor({ state: 'attached' })
    // At the end there is only the way back.
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Move Status up')
    for (const name of ['Status', 'Total']) {
      await box(page, name).focus()
      await page.keyboard.press('Space')
    }
    await expect.poll(() => heads(page), patiently).toEqual(['Order'])
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
    expect(await brokenRules(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('li[data-order]').first().waitFor()
    expect(await page.locator('table').count()).toBe(0)
    expect(await over()).toBeLessThanOrEqual(0)
    await page.context().close()
  }, 120_000)
})

describe('saved views', () => {
  const tab = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name })
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const current = async (page: Page) =>
    page.getByRole('navigation', { name: 'Views' }).locator('[aria-current="page"]').allInnerTexts()
  const menu = async (page: Page, view: string, item: string) => {
    await button(page, `More for the view ${view}`).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const name = async (page: Page, text: string) => {
    await page.getByRole('dialog').getByLabel('Name').fill(text)
    await page.keyboard.press('Enter')
  }

  test('are saved, opened by somebody else, changed, updated, renamed, deleted and taken back', async () => {
    const page = await open('/')
    expect(await current(page)).toEqual(['All orders'])
    expect(await button(page, 'Save this view').count()).toBe(0)
    await page.getByRole('button', { name: /^Held/ }).click()
    await openChoice(page)
    await box(page, 'E-mail').check()
    await page.keyboard.press('Escape')
    await button(page, 'Save this view').click()
    expect(await brokenRules(page)).toEqual([])
    await name(page, 'Waiting for me')
    await page.getByText('The view “Waiting for me” is saved').waitFor()
    await expect.poll(() => current(page), patiently).toEqual(['Waiting for me'])
    expect(query(page).get('status')).toBe('held')

    // Somebody else opens it from the tab, and by its address.
    const other = await open('/')
    expect(await heads(other)).toEqual(usual)
    await tab(other, 'Waiting for me').click()
    await expect.poll(() => heads(other), patiently).toContain('E-mail')
    const held = (await desk.ordersOf('held')).length
    await expect.poll(() => other.locator('tbody tr').count(), patiently).toBe(held)
    expect(await current(other)).toEqual(['Waiting for me'])

    // What they change is theirs until they update it.
    await openChoice(other)
    await box(other, 'First seen').check()
    await other.keyboard.press('Escape')
    await expect
      .poll(() => current(other), patiently)
      .toEqual([expect.stringMatching(/^Waiting for me\s+changed$/)])
    await tab(other, 'Waiting for me').click()
    await expect.poll(() => current(other), patiently).toEqual(['Waiting for me'])
    await other.getByRole('button', { name: /^Error posting/ }).click()
    await button(other, 'Update the view').click()
    await other.getByText('The view “Waiting for me” is updated').waitFor()
    await expect.poll(() => current(other), patiently).toEqual(['Waiting for me'])
    await tab(other, 'All orders').click()
    await expect.poll(() => heads(other), patiently).toEqual(usual)

    await page.reload()
    await shown(page)
    // The address has the filters themselves.
    await expect.poll(() => page.locator('tbody tr').count(), patiently).toBe(held)
    await expect.poll(() => current(page), patiently).toEqual([expect.stringMatching(/changed$/)])
    await tab(page, 'Waiting for me').click()
    await expect.poll(() => query(page).get('status'), patiently).toBe('post_error')
    await menu(page, 'Waiting for me', 'Rename')
    await name(page, 'In error')
    await expect.poll(() => current(page), patiently).toEqual(['In error'])
    await expect
      .poll(() => page.evaluate('document.activeElement.ariaLabel'), patiently)
      .toBe('More for the view In error')

    await menu(page, 'In error', 'Delete')
    await page.getByText('The view “In error” is deleted').waitFor()
    await expect.poll(() => tab(page, 'In error').count(), patiently).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => current(page), patiently).toEqual(['In error'])
    await other.reload()
    await tab(other, 'In error').waitFor()
    await page.context().close()
    await other.context().close()
  }, 120_000)

  test('that somebody else has changed are not overwritten by who has opened them before', async () => {
    const put = (saved: object) =>
      desk.demo.api('/views/Shared', { method: 'PUT', body: JSON.stringify({ query: saved }) })
    await put({ status: ['held'] })
    const page = await open('/')
    await tab(page, 'Shared').click()
    await expect.poll(() => query(page).get('status'), patiently).toBe('held')
    await put({ status: ['cancelled'] })
    await page.getByRole('button', { name: /^Error posting/ }).click()
    await button(page, 'Update the view').click()
    await page.getByText('The view "Shared" shows something else since it was read.').waitFor()
    await tab(page, 'Shared').click()
    await expect.poll(() => query(page).get('status'), patiently).toBe('cancelled')
    await page.getByRole('button', { name: /^Error posting/ }).click()
    await button(page, 'Update the view').click()
    await page.getByText('The view “Shared” is updated').waitFor()
    await menu(page, 'Shared', 'Delete')
    await page.getByText('The view “Shared” is deleted').waitFor()
    await page.context().close()
  }, 60_000)

  test('of a name that is taken are not overwritten, and a link to a view that is gone shows the same', async () => {
    const put = (view: string, saved: object) =>
      desk.demo.api(`/views/${encodeURIComponent(view)}`, {
        method: 'PUT',
        body: JSON.stringify({ query: saved }),
      })
    await put('Taken', { search: 'first', placedFrom: '2001-01-01' })
    const page = await open('/?status=held&view=gone')
    expect(await current(page)).toEqual([])
    expect(await page.locator('tbody tr').count()).toBe((await desk.ordersOf('held')).length)
    await button(page, 'Save this view').click()
    await name(page, 'TAKEN')
    await page.getByText('There is a view "TAKEN" already').waitFor()
    await page.keyboard.press('Escape')
    await expect
      .poll(() => page.evaluate('document.activeElement.innerText'), patiently)
      .toBe('Save this view')
    await tab(page, 'Taken').click()
    expect(query(page).get('search')).toBe('first')
    expect(await page.getByLabel('Placed from (UTC)').inputValue()).toBe('2001-01-01')
    await page.context().close()
  })

  test('are reached by keyboard, more of them than fit in a menu, and on a narrow screen', async () => {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9])
      await desk.demo.api(`/views/Stack%20${n}`, {
        method: 'PUT',
        body: JSON.stringify({ query: { status: 'held', search: `1${n}` } }),
      })
    const page = await open('/?status=held', { viewport: { width: 390, height: 844 } })
    const over = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
    expect(over).toBeLessThanOrEqual(0)
    await page.getByRole('button', { name: /^\d+ more$/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Stack 9' }).focus()
    expect(await brokenRules(page)).toEqual([])
    await page.keyboard.press('Enter')
    await expect.poll(() => current(page), patiently).toEqual(['Stack 9'])
    expect(query(page).get('search')).toBe('19')
    await page.getByRole('searchbox').press('Escape')
    await expect.poll(() => current(page), patiently).toEqual([expect.stringMatching(/changed$/)])
    await button(page, 'Save as new').press('Enter')
    await name(page, 'Stack 10')
    await expect.poll(() => current(page), patiently).toEqual(['Stack 10'])
    await page.context().close()
  }, 120_000)
})
