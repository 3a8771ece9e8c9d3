import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe finds on a page as it is now, each with its rule and element; null looks at all its rules. */
export async function brokenRules(page: Page, rules: string[] | null = null): Promise<string[]> {
  // What is in order needs no description; and no page has frames, whose findings would be put together on another page:
  // without both, an analysis takes a third of the time. What is chosen after the options is not undone by them.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode()
  const { violations } = await (rules === null ? axe : axe.withRules(rules)).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

/** The same for a page in light and in dark; all that the dark changes is colours, so those alone are looked at twice. */
export async function brokenRulesInBothSchemes(page: Page): Promise<string[]> {
  await showIn(page, 'light')
  const inLight = await brokenRules(page)
  await showIn(page, 'dark')
  const inDark = await brokenRules(page, ['color-contrast', 'link-in-text-block'])
  return [...inLight, ...inDark.map((fault) => `dark: ${fault}`)]
}

/** How much wider than its window a page is, in pixels. */
export const overWidth = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))

async function showIn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
}
