import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Account } from './account.ts'
import { controlPage } from './control-page.ts'
import type { Control } from './control.ts'
import { openLines } from './fulfillments.ts'
import { html, page, type Html } from './html.ts'
import type { FulfillmentRecord, OrderRecord, Records } from './records.ts'
import { statusNames } from './suiteql/views.ts'

/** The pages people look at: they see an order arrive, and ship or delete it. */
export function servePages(app: FastifyInstance, account: Account, control: Control, records: Records): void {
  const send = (reply: FastifyReply, title: string, query: unknown, content: Html) => {
    const error = (query as { error?: string }).error
    return reply.type('text/html; charset=utf-8').send(page(account.id, title, error, content))
  }
  app.get('/', async (request, reply) =>
    send(reply, 'Sales orders', request.query, ordersPage(records.orders())),
  )
  app.get<{ Params: { id: string } }>('/orders/:id', async (request, reply) => {
    const order = records.order(request.params.id)
    if (order === undefined)
      return send(
        reply.code(404),
        'Not found',
        {},
        html`<h1>This sales order is gone</h1>
          <a href="/">All sales orders</a>`,
      )
    return send(reply, order.tranId, request.query, orderPage(account, order, records))
  })
  // Where NetSuite's own page of a sales order is: links from elsewhere lead there.
  app.get<{ Querystring: { id?: string } }>(
    '/app/accounting/transactions/salesord.nl',
    async (request, reply) => reply.redirect(`/orders/${encodeURIComponent(request.query.id ?? '')}`, 303),
  )
  app.get('/control', async (request, reply) =>
    send(reply, 'Control', request.query, controlPage(account, control, records)),
  )
}

const shownOrders = 200

export const statusBadge = (status: string): Html => {
  const good = ['F', 'G'].includes(status) ? 'good' : ''
  return html`<span class="badge ${good}">${statusNames['SalesOrd']![status] ?? status}</span>`
}

const money = (amount: string, currency: string) => html`${amount} <small>${currency}</small>`

function ordersPage(orders: OrderRecord[]): Html {
  const rows = orders.slice(0, shownOrders).map(
    (order) =>
      html`<tr>
        <td>
          <a href="/orders/${order.id}"><b>${order.tranId}</b></a>
        </td>
        <td><code>${order.externalId}</code></td>
        <td>${order.customer.name}</td>
        <td>${statusBadge(order.status)}</td>
        <td>${order.createdDate.slice(0, 16).replace('T', ' ')}</td>
        <td class="number">${money(order.total, order.currency)}</td>
        <td class="number">${shippable(order) && shipForm(order)} ${deleteForm(order)}</td>
      </tr>`,
  )
  return html`<h1>Sales orders</h1>
    <p class="lead">
      ${orders.length} in this account, newest first. This page looks again every three seconds.
    </p>
    <div class="card">
      ${
        rows.length === 0
          ? html`<div class="empty">
              No sales order yet. The first one appears here as soon as it arrives.
            </div>`
          : html`<table>
              <thead>
                <tr>
                  <th>Number</th>
                  <th>External ID</th>
                  <th>Customer</th>
                  <th>Status</th>
                  <th>Created (UTC)</th>
                  <th class="number">Total</th>
                  <th class="number">Actions</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>`
      }
    </div>
    ${orders.length > shownOrders && html`<p class="lead">The newest ${shownOrders} are shown.</p>`}`
}

const shippable = (order: OrderRecord) => ['A', 'B', 'D', 'E'].includes(order.status)

const shipForm = (order: OrderRecord): Html =>
  html`<form method="post" action="/_control/orders/${order.id}/ship">
    <input
      class="medium"
      name="tracking"
      placeholder="Tracking number"
      aria-label="Tracking number for ${order.tranId}"
    />
    <button class="main">Ship</button>
  </form>`

const deleteForm = (order: OrderRecord): Html =>
  html`<form
    method="post"
    action="/_control/orders/${order.id}/delete"
    onsubmit="return confirm('Delete ${order.tranId}?')"
  >
    <button class="danger" aria-label="Delete ${order.tranId}">Delete</button>
  </form>`

function orderPage(account: Account, order: OrderRecord, records: Records): Html {
  const fields = records.orderFields(order.id) ?? {}
  const fulfillments = records.fulfillments(order.id)
  const custom = Object.entries(fields).filter(([name]) => name.startsWith('custbody'))
  return html`<h1>${order.tranId} ${statusBadge(order.status)}</h1>
    <p class="lead">${order.customer.name}, ${order.createdDate}</p>
    <div class="two">
      <div class="card pad">
        <dl>
          <dt>External ID</dt>
          <dd><code>${order.externalId ?? 'none'}</code></dd>
          <dt>Internal ID</dt>
          <dd>${order.id}</dd>
          <dt>Date</dt>
          <dd>${order.tranDate}</dd>
          <dt>Memo</dt>
          <dd>${order.memo ?? 'none'}</dd>
          <dt>PO number</dt>
          <dd>${String(fields['otherRefNum'] ?? 'none')}</dd>
          <dt>Ship method</dt>
          <dd>${(fields['shipMethod'] as { refName?: string } | undefined)?.refName ?? 'none'}</dd>
          ${custom.map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`,
          )}
        </dl>
      </div>
      <div class="card pad">
        <b>Ship to</b>${address(fields['shippingAddress'])}<br /><b>Bill to</b
        >${address(fields['billingAddress'])}
      </div>
    </div>
    <h2>Items</h2>
    <div class="card">${linesTable(order)}</div>
    <h2>Fulfillments</h2>
    <div class="card">
      ${fulfillments.length === 0 ? html`<div class="pad">Nothing has been shipped.</div>` : shipped(fulfillments)}
    </div>
    ${shippable(order) && shipLines(account, order, records)}
    <h2>Delete</h2>
    ${deleteForm(order)}`
}

const addressParts = [
  'addressee',
  'attention',
  'addr1',
  'addr2',
  'addr3',
  'zip',
  'city',
  'state',
  'addrPhone',
]

function address(value: unknown): Html {
  const parts = (value ?? {}) as Record<string, unknown>
  const country = (parts['country'] as { id?: string } | undefined)?.id
  const lines = [...addressParts.map((part) => parts[part]), country].filter(
    (part) => typeof part === 'string',
  )
  return html`<div>${lines.length === 0 ? 'none' : lines.join(', ')}</div>`
}

function linesTable(order: OrderRecord): Html {
  const sum = (label: string, amount: string) =>
    html`<tr class="${label.toLowerCase()}">
      <td colspan="5"></td>
      <td class="number">${label}</td>
      <td class="number">${money(amount, order.currency)}</td>
    </tr>`
  return html`<table>
    <thead>
      <tr>
        <th>Item</th>
        <th>Description</th>
        <th class="number">Quantity</th>
        <th class="number">Fulfilled</th>
        <th class="number">Rate</th>
        <th class="number">Tax</th>
        <th class="number">Amount</th>
      </tr>
    </thead>
    <tbody>
      ${order.lines.map(
        (line) =>
          html`<tr>
            <td><b>${line.item}</b></td>
            <td>${line.description}</td>
            <td class="number">${line.quantity}</td>
            <td class="number">${line.fulfilled}</td>
            <td class="number">${line.rate}</td>
            <td class="number">${line.taxAmount} <small>${line.taxCode}</small></td>
            <td class="number">${line.amount}</td>
          </tr>`,
      )}
      ${sum('Subtotal', order.subtotal)}${sum('Discount', order.discountTotal)}${sum('Shipping', order.shippingCost)}
      ${sum('Tax', order.taxTotal)}${sum('Total', order.total)}
    </tbody>
  </table>`
}

const shipped = (fulfillments: FulfillmentRecord[]): Html =>
  html`<table>
    <thead>
      <tr>
        <th>Number</th>
        <th>Status</th>
        <th>Tracking</th>
        <th>Items</th>
      </tr>
    </thead>
    <tbody>
      ${fulfillments.map(
        (each) =>
          html`<tr>
            <td><b>${each.tranId}</b></td>
            <td>${statusNames['ItemShip']![each.status] ?? each.status}</td>
            <td>
              <form method="post" action="/_control/fulfillments/${each.id}/tracking">
                <input
                  name="numbers"
                  value="${each.tracking.join(', ')}"
                  placeholder="Tracking number"
                  aria-label="Tracking number of ${each.tranId}"
                />
                <button>Save</button>
              </form>
            </td>
            <td>${each.lines.map((line) => `${line.quantity} × ${line.item}`).join(', ')}</td>
          </tr>`,
      )}
    </tbody>
  </table>`

function shipLines(account: Account, order: OrderRecord, records: Records): Html {
  const open = new Set(openLines(account, Number(order.id)).map((line) => line.line))
  const carriers = records.items().filter((item) => item.type === 'ShipItem' && !item.inactive)
  return html`<h2>Ship</h2>
    <div class="card pad">
      <form method="post" action="/_control/orders/${order.id}/ship">
        <select name="carrier" aria-label="Carrier">
          <option value="">Ship method of the order</option>
          ${carriers.map((item) => html`<option>${item.itemId}</option>`)}
        </select>
        <input name="tracking" placeholder="Tracking number" aria-label="Tracking number" />
        ${order.lines
          .filter((line) => open.has(line.line))
          .map(
            (line) =>
              html`<label
                >${line.item}
                <input
                  class="short"
                  type="number"
                  min="0"
                  step="any"
                  name="line:${line.line}"
                  value="${Number(line.quantity) - Number(line.fulfilled)}"
              /></label>`,
          )}
        <button class="main">Ship</button>
      </form>
    </div>`
}
