import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Desk, openDesk, shown } from './desk.ts'

/** Looks at every page in a window of this size, light and dark: rules of accessibility, its width, what it complains of. */
export function describeAccessiblePages(viewport: { width: number; height: number }): void {
  let desk: Desk
  beforeAll(async () => {
    desk = await openDesk()
  }, 180_000)
  afterAll(() => desk?.close(), 30_000)

  describe.each(['light', 'dark'] as const)(`at ${viewport.width} pixels, %s`, (colorScheme) => {
    test('no page breaks a rule of accessibility, runs over its width or complains', async () => {
      const page = await desk.open('/', { viewport, colorScheme, reducedMotion: 'reduce' })
      const faults: string[] = []
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      for (const [name, address] of Object.entries(desk.addresses)) {
        await page.goto(desk.demo.url + address)
        await shown(page)
        const axe = new AxeBuilder({ page })
        // All that the dark changes is colours; the rest has been looked at in the light.
        if (colorScheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block'])
        const { violations } = await axe.analyze()
        const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
        faults.push(...found.map((fault) => `${name}: ${fault}`))
        const over = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        if (Number(over) > 0) faults.push(`${name}: ${String(over)} pixels wider than the window`)
      }
      expect([...faults, ...complaints]).toEqual([])
      await page.context().close()
    }, 300_000)
  })
}
