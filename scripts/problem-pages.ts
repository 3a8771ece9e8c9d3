// Writes docs/problems: one help page for each problem code, and their list. Run it after changing src/order/problems:
//   node scripts/problem-pages.ts
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { type FixAction, problemCatalogue } from '../src/order/problems.ts'
import { type Entry, meanwhileOf, type Scope } from '../src/order/problems/entry.ts'

export const folder = join(import.meta.dirname, '..', 'docs', 'problems')

const stops: Record<Scope, string> = {
  order: 'one order',
  shipment: 'a shipment on its way back to the shop',
  connection: 'a whole connection',
  warning: 'nothing yet',
}
const sections: Record<Scope, string> = {
  order: 'One order stops',
  shipment: 'A shipment does not reach the shop',
  connection: 'A connection stops',
  warning: 'A warning in good time',
}
const vendors = { netsuite: 'NetSuite', woocommerce: 'WooCommerce' } as const

const chosen =
  'Your choice is kept in the route, and all orders with this problem are posted at once. Later orders do not stop for it.'
const does: Record<FixAction, string> = {
  map_sku: `shows the items of NetSuite to choose from. ${chosen}`,
  map_payment: `shows the payment methods of NetSuite to choose from. ${chosen}`,
  map_shipping: `shows the shipping items of NetSuite to choose from. ${chosen}`,
  map_tax: `shows the tax codes of NetSuite to choose from. ${chosen}`,
  map_item_kind: `shows the items of NetSuite to choose from. ${chosen}`,
  post: 'sends the order now, as it is here and with the settings of now. On the command line: `waybill post NUMBER`.',
  post_anew:
    'makes a new sales order with an external id of its own. Make sure before that the old one is gone: two would be shipped twice. On the command line: `waybill post NUMBER --again`.',
  let_be:
    'leaves the order as it is, without a record in NetSuite. Who decided it is written down. On the command line: `waybill let-be NUMBER`.',
  check_again: 'reads the total of the sales order from NetSuite again and compares it.',
  accept_total:
    'takes the difference as it is; the order goes on as posted. Who accepted it is written down.',
  open_in_backend: 'opens the sales order in NetSuite.',
  open_in_channel: 'opens the order in the admin of the shop.',
  import_again:
    'fetches the order as it is in the shop now. On the command line: `waybill import CONNECTION NUMBER`.',
  cancel:
    'stops the order in Waybill. Nothing is changed in the shop or in NetSuite, and it can be taken up again. On the command line: `waybill cancel NUMBER`.',
  uncancel: 'takes the order up again.',
  release:
    'lets the order go on that a person has put on hold. On the command line: `waybill release NUMBER`.',
  import_anyway: 'takes the order in although a rule holds it.',
  edit_connection: 'opens the page of the connections; its settings are in `waybill.yaml`.',
  check_connection:
    'asks the other side step by step and says what does not work. On the command line: `waybill check CONNECTION`.',
  confirm_address:
    'makes the new address the one of the connection. Who confirmed it is written down. On the command line: `waybill confirm-address CONNECTION`.',
  refresh_items: 'forgets what was known of the items and posts all orders with this problem again.',
  resend_shipment: 'looks whether the shop has the shipment, and sends it if not.',
}

/** The pages by file name, formatted as the project is. */
export async function problemPages(): Promise<Map<string, string>> {
  const options = { ...(await resolveConfig(join(folder, 'README.md'))), parser: 'markdown' }
  const pages = new Map<string, string>()
  const entries = Object.entries(problemCatalogue) as [string, Entry][]
  for (const [code, entry] of entries) pages.set(`${code}.md`, await format(pageOf(code, entry), options))
  pages.set('README.md', await format(listOf(entries), options))
  return pages
}

const made = '<!-- Made from src/order/problems by scripts/problem-pages.ts: change it there. -->'

const titleOf = (entry: Entry): string => entry.title(entry.example)

function pageOf(code: string, entry: Entry): string {
  const buttons = entry.fixes.map(({ action, label }) => `- **${label}**: ${does[action]}`)
  const said = Object.entries(entry.said ?? {}).flatMap(([vendor, texts]) => [
    `## What ${vendors[vendor as keyof typeof vendors]} says`,
    'With one of these texts, or with one like it:',
    texts.map((text) => `- \`${text.replace(/^\w+: /, '')}\``).join('\n'),
  ])
  return [
    made,
    `# ${titleOf(entry)}`,
    `\`${code}\` · stops ${stops[entry.scope]} · [all problems](README.md)`,
    '## Why',
    entry.cause,
    '## What to do',
    entry.fix,
    'The buttons beside the problem:',
    buttons.join('\n'),
    '## What Waybill does meanwhile',
    entry.meanwhile ?? meanwhileOf[entry.scope],
    '## How to keep it from happening',
    entry.avoid,
    ...said,
  ].join('\n\n')
}

function listOf(entries: [string, Entry][]): string {
  const parts = Object.entries(sections).flatMap(([scope, title]) => [
    `## ${title}`,
    meanwhileOf[scope as Scope],
    entries
      .filter(([, entry]) => entry.scope === scope)
      .map(([code, entry]) => `- [${titleOf(entry)}](${code}.md)`)
      .join('\n'),
  ])
  return [
    made,
    '# Problems, and what to do',
    'Waybill never fails without saying why. Each problem has a title, the words of the vendor, a cause, and what to do, with buttons that do it. Orders that stop for one cause are one problem: solve it once, and all of them go.',
    'Here is every problem there is, with an example in the place of your own SKU, customer or address.',
    ...parts,
  ].join('\n\n')
}

if (import.meta.main) {
  const pages = await problemPages()
  await mkdir(folder, { recursive: true })
  for (const old of await readdir(folder)) if (!pages.has(old)) await rm(join(folder, old))
  for (const [name, text] of pages) await writeFile(join(folder, name), text)
}
