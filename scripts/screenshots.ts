// Takes the pages of the demo at 1440 and 390 pixels, light and dark, into docs/images/:
//   node scripts/screenshots.ts [page …]      all of them without a name
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { launchBrowser } from '../test/support/browser.ts'
import { startDemo, warnOfOrdersInError } from '../test/support/demo.ts'
import type { Import, List, Order, OrderCounts, Reconciliation } from '../web/src/api/types.ts'

const folder = path.resolve(import.meta.dirname, '../docs/images')
const sizes = [
  { width: 1440, height: 900, mobile: false },
  { width: 390, height: 844, mobile: true },
]
const schemes = ['light', 'dark'] as const
/** These are shown as one sees them first. */
const windowOnly = new Set(['orders', 'why'])
/** A long page is cut here: the picture shows what it is, not all of it. */
const tallest = { 1440: 1300, 390: 1500 } as Record<number, number>

const wanted = process.argv.slice(2)

const demo = await startDemo()
const browser = await launchBrowser()
try {
  const session = await signIn()
  const addresses = await setTheScene()
  await mkdir(folder, { recursive: true })
  for (const size of sizes)
    for (const scheme of schemes) {
      const context = await browser.newContext({
        storageState: session,
        viewport: size,
        isMobile: size.mobile,
        hasTouch: size.mobile,
        colorScheme: scheme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
      })
      for (const [name, address] of Object.entries(addresses))
        if (wanted.length === 0 || wanted.includes(name)) await take(context, name, address)
      await context.close()
    }

  async function take(context: BrowserContext, name: string, address: string): Promise<void> {
    const page = await context.newPage()
    await page.goto(demo.url + address)
    await page.locator('h1').first().waitFor()
    await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
    if (address.includes('why=')) await page.locator('[data-verdict]').waitFor()
    await page.waitForTimeout(300)
    const { width, height } = page.viewportSize()!
    if (!windowOnly.has(name)) {
      const whole = Number(await page.evaluate('document.documentElement.scrollHeight'))
      await page.setViewportSize({ width, height: Math.min(Math.max(whole, height), tallest[width]!) })
    }
    const scheme = (await page.evaluate('document.documentElement.dataset.mantineColorScheme')) as string
    const file = `${name}-${width}-${scheme}.png`
    await page.screenshot({ path: path.join(folder, file) })
    console.log(`docs/images/${file}`)
    await page.close()
  }
} finally {
  await browser.close()
  await demo.stop()
}

async function signIn() {
  const context = await browser.newContext()
  await (await context.newPage()).goto(demo.link)
  const state = await context.storageState()
  await context.close()
  return state
}

/** Waits for the seeded orders and does what a day brings: shipments, a cancelled order, an import. */
async function setTheScene(): Promise<Record<string, string>> {
  await until(async () => {
    const byStatus = (await demo.api<OrderCounts>('/orders/counts')).byStatus!
    return byStatus.post_error > 8 && byStatus.posted > 30 && byStatus.held > 2
  })
  const posted = await ordersOf('status=posted&limit=30')
  for (const order of posted.slice(4).filter((_, i) => i % 3 !== 0)) await ship(order.record!.id)
  const [failing] = await ordersOf('search=MUG-RED&status=post_error')
  const [cancelled] = await ordersOf('problem=missing_field')
  await demo.api(`/orders/${cancelled!.id}/cancel`, { method: 'POST' })
  await until(async () => (await ordersOf('status=complete&limit=10')).length >= 10)
  const [held] = await ordersOf('status=held')
  const [complete] = await ordersOf('status=complete')
  const imported = await demo.api<Import>('/imports', {
    method: 'POST',
    body: JSON.stringify({
      connection: 'nordlys-shop',
      orders: [complete!.number, failing!.number, held!.number, '999999'],
    }),
  })
  await until(async () => (await demo.api<Import>(`/imports/${imported.id}`)).finishedAt !== null)
  const compared = await compare(posted[1]!.record!.id)
  await warnOfOrdersInError(demo)
  return {
    overview: '/overview',
    orders: '/',
    held: '/?status=held',
    'order-problem': `/orders/${failing!.id}`,
    'order-complete': `/orders/${complete!.id}`,
    problems: '/problems',
    notices: '/notices',
    connections: '/connections',
    'connection-woocommerce': '/connections/new?kind=woocommerce',
    'connection-netsuite': '/connections/netsuite/edit',
    route: '/routes/nordlys',
    import: `/imports/${imported.id}`,
    reconciliation: `/reconciliation?run=${compared}`,
    why: `/?why=${held!.number}`,
  }
}

/** Compares all sides after somebody has deleted a sales order. */
async function compare(recordId: string): Promise<string> {
  await fetch(`${demo.netsuite.url}/_control/orders/${recordId}/delete`, { method: 'POST' })
  const { id } = await demo.api<Reconciliation>('/reconciliations', {
    method: 'POST',
    body: JSON.stringify({ connection: 'nordlys-shop' }),
  })
  await until(async () => (await demo.api<Reconciliation>(`/reconciliations/${id}`)).state === 'done')
  return id
}

async function ordersOf(query: string): Promise<Order[]> {
  return (await demo.api<List<Order>>(`/orders?${query}`)).items
}

async function ship(recordId: string): Promise<void> {
  const response = await fetch(`${demo.netsuite.url}/_control/orders/${recordId}/ship`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tracking: `0034043416${recordId.padStart(6, '0')}` }),
  })
  if (!response.ok) throw new Error(`The sandbox did not ship ${recordId}: ${await response.text()}`)
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 90_000
  while (!(await done())) {
    if (Date.now() > end) throw new Error('The demo did not get there in 90 seconds')
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}
