import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { configurationPage, file } from '../../scripts/configuration-page.ts'

test('docs/configuration.md is what the schemas say: node scripts/configuration-page.ts writes it', async () => {
  expect(await readFile(file, 'utf8')).toBe(await configurationPage())
})
