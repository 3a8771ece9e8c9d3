import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Activity, Connection } from '../../web/src/api/types.ts'
import { brokenRules, brokenRulesInBothSchemes, overWidth } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { becomes, shown } from '../support/desk.ts'

let demo: Demo
let browser: Browser
let page: Page
beforeAll(async () => {
  demo = await startDemo()
  browser = await launchBrowser()
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' })
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(demo.link)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
}, 30_000)

const card = (name: string) => page.getByRole('article', { name, exact: true })
const activity = (name: string) => demo.api<Activity>(`/connections/${name}/activity`)

/** Nothing is called from now on: what is counted stays as it is. */
async function pause(name: string): Promise<Activity> {
  await demo.api(`/connections/${name}/pause`, { method: 'POST' })
  await becomes(async () => (await activity(name)).atOnce.now === 0)
  return activity(name)
}

const text = (ms: number | null) =>
  ms === null ? '–' : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`

test('how much a connection is used stands there as bars and dots, and as a table that says the same', async () => {
  // The shop refuses some calls and breaks down at others.
  await demo.shopDoes('fault', { kind: 'throttle', times: 1 })
  await becomes(async () => (await activity('nordlys-shop')).total.throttled > 0)
  await demo.shopDoes('fault', { kind: 'error', times: 1 })
  await becomes(async () => (await activity('nordlys-shop')).total.failed > 0)
  const { summary, total, hours } = await pause('nordlys-shop')

  await page.goto(`${demo.url}/connections`)
  const calls = card('nordlys-shop').getByRole('region', {
    name: 'Calls to nordlys-shop in the last 24 hours',
  })
  await calls.getByText(`${summary}.`).waitFor()
  expect(summary).toMatch(/refused (once|\d+ times) for being too many in the last 24 hours$/)
  const bars = calls.getByRole('img', { name: /^Calls by the hour: / })
  expect(await bars.getAttribute('aria-label')).toContain(
    `${total.calls} calls, ${total.failed} failed, ${total.throttled} refused for being too many`,
  )
  expect(
    await calls.getByRole('img', { name: /^How long they took: / }).getAttribute('aria-label'),
  ).toContain(`half of them within ${text(total.p50Ms)}, 95 of 100 within ${text(total.p95Ms)}`)
  // Each kind has a pattern of its own, in the bars and in the legend.
  const parts = await bars.locator('rect[data-outcome]').all()
  const fills = await Promise.all(parts.map((part) => part.getAttribute('fill')))
  expect(new Set(fills)).toEqual(
    new Set(['url(#outcome-posted)', 'url(#outcome-held)', 'url(#outcome-stopped)']),
  )

  await calls.getByText('The same as a table').click()
  const rows = await calls.locator('tbody tr').all()
  const told = await Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()))
  expect(told.map((cells) => cells.toSpliced(6, 1))).toEqual(
    hours.map((hour) => {
      const from = hour.from.slice(11, 16)
      const to = new Date(Date.parse(hour.from) + 3_600_000).toISOString().slice(11, 16)
      return [
        `${from} to ${to}`,
        String(hour.calls - hour.failed - hour.throttled),
        String(hour.throttled),
        String(hour.failed),
        text(hour.p50Ms),
        text(hour.p95Ms),
        String(hour.peakAtOnce),
      ]
    }),
  )
  // Of an hour that is not over, the average becomes less while the page is opened.
  expect(told.map((cells) => Number(cells[6]))).toEqual(
    hours.map(({ averageAtOnce }) => expect.closeTo(averageAtOnce, 1)),
  )
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await brokenRulesInBothSchemes(page)).toEqual([])
    expect(await overWidth(page)).toBe(0)
  }
  await demo.api('/connections/nordlys-shop/resume', { method: 'POST' })
}, 120_000)

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

async function giveEnd(day: string): Promise<void> {
  await page.goto(`${demo.url}/connections/netsuite/edit`)
  await shown(page)
  await page.getByLabel('Valid until (optional)', { exact: true }).fill(day)
  await page.getByRole('button', { name: 'Save without a test', exact: true }).click()
}

test('credentials that run out are warned of on the card until a later day is given', async () => {
  await page.setViewportSize({ width: 390, height: 900 })
  await giveEnd('next spring')
  await page.getByText('must be a day such as 2027-05-01').waitFor()
  await giveEnd(inDays(5))
  const warning = card('netsuite').getByRole('region', { name: 'The credentials of netsuite run out' })
  await warning.getByText(/days from now\.$/).waitFor({ timeout: 60_000 })
  expect((await demo.api<Connection>('/connections/netsuite')).health).toBe('healthy')
  expect(await brokenRules(page)).toEqual([])
  expect(await overWidth(page)).toBe(0)
  await warning.getByRole('link', { name: 'Give new keys to netsuite' }).click()
  await page.getByRole('heading', { name: 'Give netsuite new keys' }).waitFor()
  await giveEnd(inDays(600))
  await card('netsuite').waitFor()
  await warning.waitFor({ state: 'detached', timeout: 60_000 })
}, 180_000)
