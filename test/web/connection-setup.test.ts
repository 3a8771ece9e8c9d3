import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { type SandboxShop, startSandboxShop } from '../../src/sandbox/shop/index.ts'
import type { Connection, StoredSettings } from '../../web/src/api/types.ts'
import { brokenRulesInBothSchemes, overWidth } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { numbersFrom } from '../support/chance.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { shown } from '../support/desk.ts'

let demo: Demo
let browser: Browser
let page: Page
let shop: SandboxShop
beforeAll(async () => {
  shop = await startSecondShop(0)
  demo = await startDemo()
  browser = await launchBrowser()
  page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(demo.link)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
  await shop?.close()
}, 30_000)

const storeId = '3f1c9a52-7a64-4c0e-9a0b-5d2f6f0e8b11'
const keys = (n: number) => ({
  consumerKey: `ck_${`${n}`.repeat(40)}`,
  consumerSecret: `cs_${`${n}`.repeat(40)}`,
})

/** The same shop each time, with the n-th pair of keys. */
const startSecondShop = (port: number, n = 1) =>
  startSandboxShop({
    port,
    now: () => new Date(),
    random: numbersFrom(7),
    seed: 'empty',
    storeId,
    credentials: keys(n),
  })

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
const field = (label: string) => page.getByLabel(label, { exact: true })
const card = (name: string) => page.getByRole('article', { name, exact: true })

/** What assistive technology says of a field that is wrong. */
async function saidOf(label: string): Promise<string> {
  expect(await field(label).getAttribute('aria-invalid')).toBe('true')
  const ids = ((await field(label).getAttribute('aria-describedby')) ?? '')
    .split(' ')
    .filter((id) => id !== '')
  return (await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()))).join(' ')
}

const typeKeys = async ({ consumerKey, consumerSecret }: ReturnType<typeof keys>) => {
  await field('Consumer key').fill(consumerKey)
  await field('Consumer secret').fill(consumerSecret)
}

test('a second shop is added through the guide, edited, and given new keys once it refuses the old ones', async () => {
  await page.goto(`${demo.url}/connections`)
  await page.getByRole('link', { name: 'Add a connection' }).click()
  await page.getByRole('link', { name: /^WooCommerce shop/ }).click()

  // What is missing is said where it is missing, and the focus goes there.
  await button('Test').click()
  expect(await saidOf('Address of the shop')).toContain('This is needed.')
  expect(await page.locator('input:focus').getAttribute('name')).toBe('url')
  await field('Address of the shop').fill(shop.url)
  const keysPage = page.getByRole('link', { name: /^Open this page of your shop/ })
  expect(await keysPage.getAttribute('href')).toBe(
    `${shop.url}/wp-admin/admin.php?page=wc-settings&tab=advanced&section=keys&create-key=1`,
  )
  await typeKeys({ consumerKey: 'ck_wrong', consumerSecret: 'cs_wrong' })
  await field('Name in Waybill').fill('nordlys-shop')
  await button('Save without a test').click()
  expect(await saidOf('Name in Waybill')).toContain('There is a connection of this name already')
  await field('Name in Waybill').fill('second-shop')

  // The wrong key first, by the keyboard alone.
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'That does not work yet' }).waitFor()
  expect(await saidOf('Consumer key')).toContain('The credentials are refused')
  expect(await field('Consumer secret').getAttribute('aria-invalid')).toBe('true')
  await button('Save all the same').waitFor()
  await typeKeys(keys(1))
  await page.getByText('Something was changed since this test').waitFor()
  await button('Test').click()
  await page.getByRole('heading', { name: /^All of it works/ }).waitFor()
  await button('Save').click()
  await page.getByText('second-shop is saved').waitFor()
  await card('second-shop').getByText('Healthy').waitFor()
  expect(await page.locator('article:focus').getAttribute('aria-label')).toBe('second-shop')

  // Edited: no key comes to the page, and the test goes with those that are stored.
  await page.getByRole('link', { name: 'Edit second-shop' }).click()
  await page.getByRole('heading', { name: 'Change second-shop' }).waitFor()
  expect(await field('Consumer key').inputValue()).toBe('')
  await field('Address of the shop').fill(`${shop.url}/wp-admin/`)
  await button('Test').click()
  await page.getByRole('heading', { name: /^All of it works/ }).waitFor()
  await button('Save').click()
  await card('second-shop').waitFor()
  const { settings } = await demo.api<StoredSettings>('/connections/second-shop/settings')
  expect(settings['url']).toBe(`${shop.url}/wp-admin/`)

  // The shop's owner revokes the key: the card leads to where new ones are given.
  const route = { name: 'second', from: 'second-shop', to: 'netsuite', mapping: demoMapping }
  await demo.api('/routes', {
    method: 'POST',
    body: JSON.stringify({ ...route, import: { since: '2026-01-01', every: '1s' } }),
  })
  const { port } = shop
  await shop.close()
  shop = await startSecondShop(port, 2)
  await card('second-shop').getByText('Needs new credentials').waitFor({ timeout: 30_000 })
  await card('second-shop').getByRole('link', { name: 'Give new keys' }).click()
  await page.getByRole('heading', { name: 'Give second-shop new keys' }).waitFor()
  await page.locator('input:focus[name="credentials.consumerKey"]').waitFor()
  await page.keyboard.insertText(keys(2).consumerKey)
  await page.keyboard.press('Tab')
  await page.keyboard.insertText(keys(2).consumerSecret)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /^All of it works/ }).waitFor()
  await button('Save').click()
  await card('second-shop').getByText('Healthy').waitFor()
  expect(await demo.api<Connection>('/connections/second-shop')).toMatchObject({
    health: 'healthy',
    problem: null,
  })
}, 180_000)

/** The widths at which each page is looked at. */
const looks: [address: string, widths: number[]][] = [
  ['new', [390]],
  ['new?kind=woocommerce', [1440, 390]],
  ['netsuite/edit?give=keys', [1440, 390]],
]

test('no page of it breaks a rule of accessibility, runs over its width or complains', async () => {
  const faults: string[] = []
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('pageerror', (error) => faults.push(error.message))
  for (const [address, widths] of looks) {
    await page.goto(`${demo.url}/connections/${address}`)
    await shown(page)
    if (address.includes('kind=')) await button('Test').click()
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 })
      faults.push(...(await brokenRulesInBothSchemes(page)).map((fault) => `${address} ${width} ${fault}`))
      const over = await overWidth(page)
      if (over > 0) faults.push(`${address}: ${over} pixels wider than ${width}`)
    }
  }
  expect(faults).toEqual([])
}, 180_000)
