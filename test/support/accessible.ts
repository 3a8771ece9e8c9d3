import { afterAll, beforeAll, expect, test } from 'vitest'
import { brokenRulesInBothSchemes, overWidth } from './axe.ts'
import { type Desk, openDesk, shown } from './desk.ts'

/** Looks at every page in a window of this size, light and dark: rules of accessibility, its width, what it complains of. */
export function describeAccessiblePages(viewport: { width: number; height: number }): void {
  let desk: Desk
  beforeAll(async () => {
    desk = await openDesk()
  }, 180_000)
  afterAll(() => desk?.close(), 30_000)

  test(`at ${viewport.width} pixels no page breaks a rule of accessibility, light or dark, runs over its width or complains`, async () => {
    const page = await desk.open('/', { viewport, reducedMotion: 'reduce' })
    const faults: string[] = []
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('pageerror', (error) => faults.push(error.message))
    for (const [name, address] of Object.entries(desk.addresses)) {
      await page.goto(desk.demo.url + address)
      await shown(page)
      faults.push(...(await brokenRulesInBothSchemes(page)).map((fault) => `${name}: ${fault}`))
      const over = await overWidth(page)
      if (over > 0) faults.push(`${name}: ${over} pixels wider than the window`)
    }
    expect(faults).toEqual([])
    await page.context().close()
  }, 300_000)
}
