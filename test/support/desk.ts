import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Import, List, Order, OrderCounts, Reconciliation } from '../../web/src/api/types.ts'
import { launchBrowser } from './browser.ts'
import { type Demo, startDemo, warnOfOrdersInError } from './demo.ts'

/** The operator's desk before a real browser that is signed in, with orders of every kind and nothing that moves by itself. */
export interface Desk {
  demo: Demo
  browser: Browser
  session: Awaited<ReturnType<BrowserContext['storageState']>>
  /** Every kind of page, by name. */
  addresses: Record<string, string>
  /** What the browser did not do because the content policy forbids it, on any page that `open` opened. */
  refusedByPolicy: string[]
  open(address: string, options?: Parameters<Browser['newContext']>[0]): Promise<Page>
  ordersOf(status: string): Promise<Order[]>
  close(): Promise<void>
}

export async function openDesk(): Promise<Desk> {
  const demo = await startDemo()
  const browser = await launchBrowser()
  const close = async () => {
    await browser.close()
    await demo.stop()
  }
  try {
    return { ...(await prepare(demo, browser)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function prepare(demo: Demo, browser: Browser): Promise<Omit<Desk, 'close'>> {
  // No further orders come by themselves: what is counted stays as it is.
  await demo.shopDoes('drip', { seconds: 0 })
  const first = await browser.newContext()
  await (await first.newPage()).goto(demo.link)
  const session = await first.storageState()
  await first.close()
  const refusedByPolicy: string[] = []
  return {
    demo,
    browser,
    session,
    addresses: await everyPage(demo),
    refusedByPolicy,
    ordersOf: (status) => ordersOf(demo, status),
    open: async (address, options = {}) => {
      const context = await browser.newContext({ storageState: session, ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) refusedByPolicy.push(message.text())
      })
      await page.goto(demo.url + address)
      await shown(page)
      return page
    },
  }
}

/** Sees to it that each kind of page has something to show. */
async function everyPage(demo: Demo): Promise<Record<string, string>> {
  await seeded(demo)
  const { items } = await demo.api<List<Order>>('/orders?search=MUG-RED&status=post_error')
  const [done] = await ordersOf(demo, 'posted')
  const { id } = await demo.api<Import>('/imports', {
    method: 'POST',
    body: JSON.stringify({ connection: 'nordlys-shop', orders: [done!.number, '999999'] }),
  })
  const compared = await compare(demo)
  await warnOfOrdersInError(demo)
  return {
    overview: '/overview',
    orders: '/',
    'held orders': '/?status=held',
    'an order in NetSuite': `/orders/${done!.id}`,
    'an order with a problem': `/orders/${items[0]!.id}`,
    problems: '/problems',
    notices: '/notices',
    connections: '/connections',
    'an import': `/imports/${id}`,
    'a reconciliation': `/reconciliation?run=${compared}`,
    why: `/?why=${items[0]!.number}`,
    'no result': '/?search=nothing-like-it',
    'no such page': '/nowhere',
  }
}

const ordersOf = async (demo: Demo, status: string) =>
  (await demo.api<List<Order>>(`/orders?status=${status}`)).items

const counts = async (demo: Demo) => (await demo.api<OrderCounts>('/orders/counts')).byStatus!

/** The demo's shop has orders of every kind; all that can be posted are, once this is. */
const seeded = (demo: Demo) =>
  becomes(async () => {
    const { post_error: stopped, posted, held } = await counts(demo)
    return stopped > 8 && posted > 30 && held > 2
  })

/** Compares the demo's shop, with a record of these days that somebody has deleted in NetSuite; returns the result's id. */
async function compare(demo: Demo): Promise<string> {
  await becomes(async () => {
    const { scheduled, posting } = await counts(demo)
    return scheduled + posting === 0
  })
  const [, order] = await ordersOf(demo, 'posted')
  const deleting = `${demo.netsuite.url}/_control/orders/${order!.record!.id}/delete`
  expect((await fetch(deleting, { method: 'POST' })).ok).toBe(true)
  const asked = { method: 'POST', body: JSON.stringify({ connection: 'nordlys-shop', since: '7d' }) }
  const { id } = await demo.api<Reconciliation>('/reconciliations', asked)
  await becomes(async () => (await demo.api<Reconciliation>(`/reconciliations/${id}`)).state === 'done')
  return id
}

export async function becomes(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('The demo did not get there within a minute')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** The event stream never ends, so that the network is never idle: a page is there when it shows a heading and waits for nothing. */
export const shown = async (page: Page): Promise<void> => {
  await page.locator('h1, h2').first().waitFor()
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
}
