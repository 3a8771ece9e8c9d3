import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe finds on a page as it is now, each with its rule and element. */
export const brokenRules = (page: Page): Promise<string[]> => analyse(new AxeBuilder({ page }))

/** The same for a page in light and in dark; all that the dark changes is colours, so those alone are looked at twice. */
export async function brokenRulesInBothSchemes(page: Page): Promise<string[]> {
  await showIn(page, 'light')
  const inLight = await brokenRules(page)
  await showIn(page, 'dark')
  const inDark = await analyse(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']))
  return [...inLight, ...inDark.map((fault) => `dark: ${fault}`)]
}

/** How much wider than its window a page is, in pixels. */
export const overWidth = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))

async function showIn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
}

async function analyse(axe: AxeBuilder): Promise<string[]> {
  // What is in order needs no description; and no page has frames, whose findings would be put together on another page:
  // without both, an analysis takes a third of the time.
  const { violations } = await axe
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
