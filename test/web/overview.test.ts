import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OverviewJson } from '../../src/server/schemas.ts'
import { brokenRules } from '../support/axe.ts'
import { newHome, startCommand } from '../support/command.ts'
import { testDatabase } from '../support/database.ts'
import { type Desk, openDesk, shown } from '../support/desk.ts'

let desk: Desk
let demo: Desk['demo']
let open: Desk['open']
beforeAll(async () => {
  desk = await openDesk()
  ;({ demo, open } = desk)
}, 180_000)
afterAll(() => desk?.close(), 30_000)

const overview = () => demo.api<OverviewJson>('/overview')
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
/** Presses the tabulator until a link or button with this text has the focus. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate("document.activeElement?.textContent ?? ''")) === text) return
  }
  throw new Error(`The tabulator does not come to ${text}`)
}

describe('the overview', () => {
  test('comes first, says in one sentence what is wrong, and leads there by the keyboard alone', async () => {
    const page = await open('/')
    expect(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').first().innerText()).toBe(
      'Overview',
    )
    await tabTo(page, 'Overview')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    const { waiting, needsPerson } = await overview()
    expect(needsPerson).toMatchObject([{ kind: 'problems' }])
    const { groups, orders, totals } = waiting.problems
    const sentence = `${groups} problems stop ${orders} orders`
    await page.getByRole('heading', { name: sentence, level: 2 }).waitFor()
    const waits = await part(page, 'What waits for you').innerText()
    for (const { amount, currency } of totals)
      expect(waits.replace(/[,\s]/g, '')).toContain(`${amount}${currency}`)
    await tabTo(page, sentence)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Problems', level: 1 }).waitFor()
    await page.context().close()
  })

  test('shows what waits with the ways to it, the comparison, and what is going to be cancelled', async () => {
    const page = await open('/overview')
    const { waiting, endings, coverage } = await overview()
    const held = part(page, 'What waits for you').getByRole('link', {
      name: String(waiting.held),
      exact: true,
    })
    await held.last().click()
    await expect.poll(() => page.url()).toBe(`${demo.url}/?status=held`)
    await expect.poll(() => page.locator('tbody tr').count()).toBe(waiting.held)
    await page.goBack()
    await part(page, 'Cancelled by itself in 7 days')
      .getByRole('link', { name: `${endings!.orders} orders` })
      .waitFor()
    const { id, unexplained } = coverage[0]!.newest!
    await part(page, 'Compared with NetSuite')
      .getByRole('link', { name: `${unexplained} unexplained` })
      .click()
    await expect.poll(() => new URL(page.url()).searchParams.get('run')).toBe(id)
    await page.context().close()
  })

  test('has the bars as a table too, which says the same', async () => {
    await demo.shopDoes('order', {})
    await expect.poll(async () => (await overview()).lastDay.orders).toBeGreaterThan(0)
    const page = await open('/overview')
    const chart = part(page, 'Orders by the hour')
    await chart.getByRole('img', { name: /^Orders by the hour: \d+ orders?, \d+ of them stopped/ }).waitFor()
    await tabTo(page, 'The same as a table')
    await page.keyboard.press('Enter')
    await expect.poll(() => chart.getByRole('row').count()).toBe(26)
    const { hours } = (await overview()).lastDay
    const all = hours.reduce(
      (sum, { posted, moving, stopped, held, cancelled }) =>
        sum + posted + moving + stopped + held + cancelled,
      0,
    )
    const told = async () =>
      (await chart.getByRole('cell').allInnerTexts()).reduce((sum, text) => sum + Number(text), 0)
    await expect.poll(told).toBe(all)
    expect(await brokenRules(page)).toEqual([])
    await page.context().close()
  })

  test('says by itself that a shop has gone, and that it is back', async () => {
    const page = await open('/overview', { viewport: { width: 390, height: 844 } })
    // Somebody else has it checked: the page is not told of it but by the server.
    const check = () => demo.api('/connections/nordlys-shop/check', { method: 'POST' })
    await demo.shopDoes('down', { mode: 'maintenance' })
    await check()
    const trouble = /^nordlys-shop (is down|has trouble)/
    const gone = page.getByRole('link', { name: trouble })
    await gone.waitFor({ timeout: 60_000 })
    // All pages are looked at in both themes and widths elsewhere; here it is the colours of trouble.
    const dark = await open('/overview', { colorScheme: 'dark', reducedMotion: 'reduce' })
    await dark.getByRole('link', { name: trouble }).waitFor()
    expect(await brokenRules(dark)).toEqual([])
    await dark.context().close()
    await gone.click()
    await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor()
    await page.goBack()
    await demo.shopDoes('up')
    await check()
    await gone.waitFor({ state: 'detached', timeout: 60_000 })
    await page.context().close()
  }, 180_000)
})

test('a Waybill to which nothing is connected says what to do next', async () => {
  const { home, remove } = await newHome()
  const database = await testDatabase('template1')
  const env = { WAYBILL_HOME: home, DATABASE_URL: database.url, WAYBILL_LOG: 'silent' }
  const started = await startCommand(['start', '--port', '0'], env)
  try {
    const context = await desk.browser.newContext()
    const page = await context.newPage()
    await page.goto(started.ready.link!)
    await page.goto(`${started.ready.url}/overview`)
    await shown(page)
    await page.getByText('No connections yet').waitFor()
    await page.getByText('waybill apply -f waybill.yaml').waitFor()
    expect(await brokenRules(page)).toEqual([])
    await context.close()
  } finally {
    await started.stop()
    await database.drop()
    await remove()
  }
})
