import { troubles } from './random-order.ts'
import { statusLabel, visibleStatuses, type Order, type Shop } from './state.ts'
import { gmtText } from './time.ts'

const shownOrders = 40
const shownRequests = 25

const style = `
:root { color-scheme: light dark; --line: light-dark(#ddd6cc, #3b3a38); --ink: light-dark(#2b2926, #e9e4dc); --soft: light-dark(#f6f2ec, #242322); --accent: light-dark(#5b4a9c, #b7a8f0) }
body { margin: 0 auto; max-width: 1180px; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#fffdfa, #1b1a19) }
h1 { margin: 0; font-size: 1.4rem } h2 { margin: 0 0 .6rem; font-size: 1rem } p { margin: .2rem 0 .8rem }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin: 1.2rem 0 }
section { border: 1px solid var(--line); border-radius: 8px; padding: 1rem; background: var(--soft) }
form { display: flex; flex-wrap: wrap; gap: .4rem; margin: .3rem 0; align-items: center }
label { display: inline-flex; gap: .3rem; align-items: center }
input, select, textarea, button { font: inherit; padding: .25rem .5rem; border: 1px solid var(--line); border-radius: 5px; background: light-dark(#fff, #2b2a29); color: inherit }
input[type=number] { width: 4rem } textarea { width: 100%; min-height: 5rem; font-family: ui-monospace, monospace; font-size: 12px }
button { cursor: pointer; border-color: var(--accent) } button.plain { border-color: var(--line) }
table { width: 100%; border-collapse: collapse; font-size: 14px } td, th { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line) }
td.amount { text-align: right; font-variant-numeric: tabular-nums } th.amount { text-align: right } td form { margin: 0 .4rem 0 0; display: inline-flex } .toggle { justify-content: space-between }
.said { padding: .5rem .8rem; border-left: 3px solid var(--accent); background: var(--soft); white-space: pre-wrap }
.on { font-weight: 600 } code { font-size: 12px }
@media (max-width: 600px) { .wide { overflow-x: auto } }
`

/** The page on which a person plays with the shop: plain HTML, no script. */
export function controlPage(shop: Shop, said: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(shop.name)} – sandbox shop</title><style>${style}</style></head><body>
<h1>${text(shop.name)}</h1>
<p>A sandbox shop that speaks WooCommerce at <code>${text(shop.home)}</code>: ${shop.orders.size} orders, ${shop.webhooks.size} webhooks, ${shop.journal.count} requests.</p>
${said === '' ? '' : `<p class="said" role="status">${text(said)}</p>`}
<div class="grid">${newOrders()}${availability(shop)}${answers(shop)}${accessRules(shop)}</div>
<section class="wide"><h2>Orders</h2>${orderTable(shop)}</section>
<section class="wide"><h2>Requests</h2>${requestTable(shop)}</section>
</body></html>`
}

const text = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const form = (name: string, inside: string, button: string): string =>
  `<form method="post" action="/_control/${name}">${inside}<button>${button}</button></form>`

const hidden = (name: string, value: string | number): string =>
  `<input type="hidden" name="${name}" value="${value}">`

const select = (name: string, label: string, options: [value: string, label: string][]): string =>
  `<label>${label}<select name="${name}">${options.map(([value, shown]) => `<option value="${value}">${shown}</option>`).join('')}</select></label>`

const number = (name: string, label: string, value: string | number, unit = ''): string =>
  `<label>${label}<input type="number" min="0" name="${name}" value="${value}">${unit}</label>`

function newOrders(): string {
  const kinds: [string, string][] = [
    ['', 'that passes'],
    ...troubles.map((name): [string, string] => [name, name.replaceAll('_', ' ')]),
  ]
  return `<section><h2>New order</h2>
${form('order', select('trouble', 'One', kinds), 'Place it')}
${form('drip', number('seconds', 'One every', 20, 's'), 'Start')}
${form('drip', hidden('seconds', 0), 'Stop')}
<details><summary>Like this payload</summary>
<form method="post" action="/_control/order-like"><textarea name="payload" aria-label="Order as JSON" required></textarea>
<button>As new orders</button><button class="plain" formaction="/_control/load">Byte for byte</button></form></details></section>`
}

function availability(shop: Shop): string {
  const { movedTo } = shop.faults
  return `<section><h2>Reachable?</h2>
${form('down', hidden('mode', 'maintenance'), 'Maintenance page (503)')}
${form('down', hidden('mode', 'reset'), 'Cut every connection')}
${form('down', hidden('mode', 'refused') + number('seconds', 'Refuse connections for', 30, 's'), 'Do it')}
${form('up', '', 'Up again')}
${form(
  'move',
  `<input name="home" aria-label="New address" placeholder="https://new.example" value="${text(movedTo?.home ?? '')}">${select(
    'mode',
    '',
    [
      ['answers', 'goes on answering'],
      ['redirect', 'redirects'],
    ],
  )}`,
  'Move',
)}
${movedTo ? `<p class="on">Moved to ${text(movedTo.home)}.</p>${form('reset', '', 'Move back and reset')}` : ''}</section>`
}

function answers(shop: Shop): string {
  const kinds: [string, string][] = [
    ['error', 'error 500'],
    ['throttle', '429, retry after 2 s'],
    ['slow', 'slowly (5 s)'],
    ['html', 'HTML instead of JSON'],
    ['php_warning', 'a PHP warning before JSON'],
    ['printed', 'text printed before JSON'],
    ['bom', 'a byte order mark first'],
    ['empty', 'nothing at all'],
    ['cut', 'half of the answer'],
    ['lose_answer', 'lost after the write'],
    ['error_after_write', '500 after the write'],
    ['orders_table_missing', 'an empty list'],
  ]
  const active = shop.faults.active.map(
    (fault) =>
      `<li>${fault.kind}, ${fault.left === null ? 'until reset' : `${fault.left} more`}, met ${fault.met}</li>`,
  )
  return `<section><h2>Answers</h2>
${form(
  'fault',
  select('kind', '', kinds) +
    select('on', '', [
      ['', 'as fits'],
      ['any', 'all requests'],
      ['reads', 'reads'],
      ['writes', 'writes'],
    ]) +
    number('times', 'times', 1) +
    hidden('ms', 5000),
  'Do it',
)}
<ul>${active.join('')}</ul>
${form('webhooks', number('drop', 'Webhooks: drop the next', shop.faults.webhooks.drop) + number('duplicate', 'send twice the next', shop.faults.webhooks.duplicate), 'Set')}
${form('late', number('seconds', 'List new orders', shop.faults.listedLateSeconds, 's late'), 'Set')}
${form('reset', '', 'End all trouble')}</section>`
}

function accessRules(shop: Shop): string {
  const key = shop.keys[0]!
  const toggle = (name: string, on: boolean, label: string): string =>
    `<form method="post" action="/_control/${name}" class="toggle">${hidden('on', on ? 'off' : 'on')}<span class="${on ? 'on' : ''}">${label}: ${on ? 'yes' : 'no'}</span><button class="plain" aria-label="${label}: switch ${on ? 'off' : 'on'}">Switch ${on ? 'off' : 'on'}</button></form>`
  return `<section><h2>Key and shop</h2>
<p>Key: ${key.permissions.replace('_', '/')}, user: ${key.user.replace('_', ' ')}</p>
${form(
  'key',
  select('permissions', '', [
    ['', 'same permissions'],
    ['read_write', 'read/write'],
    ['read', 'read'],
    ['write', 'write'],
  ]) +
    select('user', '', [
      ['', 'same user'],
      ['shop_manager', 'shop manager'],
      ['customer', 'demoted'],
      ['deleted', 'deleted, key revoked'],
    ]),
  'Set',
)}
${toggle('fulfillments', shop.fulfillmentsOn, 'Fulfilments feature')}
${toggle('plain-permalinks', shop.plainPermalinks, 'Plain permalinks')}
${toggle('strip-authorization', shop.faults.stripAuthorization, 'Authorization header stripped')}
${toggle('deactivate', shop.faults.deactivated, 'WooCommerce switched off')}</section>`
}

function orderTable(shop: Shop): string {
  const newest = [...shop.orders.values()].sort((a, b) => b.modifiedAt - a.modifiedAt || b.id - a.id)
  const statuses = visibleStatuses(shop).map((slug): [string, string] => [slug, statusLabel(shop, slug)])
  const rows = newest.slice(0, shownOrders).map((order) => orderRow(order, statuses))
  const more = newest.length > shownOrders ? `<p>and ${newest.length - shownOrders} more</p>` : ''
  return `<table><thead><tr><th>Order</th><th>Customer</th><th>Status</th><th class="amount">Total</th><th>Modified (UTC)</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>${more}`
}

function orderRow(order: Order, statuses: [string, string][]): string {
  const value = (name: string): string => {
    const found = order.body?.[name]
    return typeof found === 'string' || typeof found === 'number' ? text(String(found)) : ''
  }
  const billing = order.body?.['billing']
  const address = billing && typeof billing === 'object' && !Array.isArray(billing) ? billing : {}
  const name = [address['first_name'], address['last_name']].filter(Boolean).join(' ')
  const ordered = [['', 'status'] as [string, string], ...statuses]
  return `<tr><td>${value('number') || order.id}${order.raw === undefined ? '' : ' <small>loaded</small>'}</td><td><bdi>${text(name)}</bdi></td>
<td>${order.status}</td><td class="amount">${value('total')} ${value('currency')}</td><td>${gmtText(order.modifiedAt).replace('T', ' ')}</td>
<td>${form('edit', hidden('id', order.id) + select('status', '', ordered) + `<input type="number" min="0" name="quantity" placeholder="qty" aria-label="Quantity of the first line">`, 'Edit')}
${form('cancel', hidden('id', order.id), 'Cancel')}${order.status === 'trash' ? form('restore', hidden('id', order.id), 'Restore') : form('trash', hidden('id', order.id), 'Trash')}</td></tr>`
}

function requestTable(shop: Shop): string {
  const rows = shop.journal.entries
    .slice(-shownRequests)
    .reverse()
    .map(
      (entry) =>
        `<tr><td>${entry.at.slice(11, 19)}</td><td>${entry.method}</td><td><code>${text(entry.path)}${entry.query ? `?${text(entry.query)}` : ''}</code></td><td>${entry.status || '–'}</td><td>${entry.fault ?? ''}</td></tr>`,
    )
  return `<table><thead><tr><th>Time</th><th></th><th>Address</th><th>Answer</th><th>Fault</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}
