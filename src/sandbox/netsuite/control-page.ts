import type { Account } from './account.ts'
import type { Control } from './control.ts'
import { html, type Html } from './html.ts'
import type { Records } from './records.ts'

const faults: [kind: string, label: string, more?: Record<string, string>][] = [
  ['down', 'Cut every connection'],
  ['maintenance', 'Maintenance page (503)'],
  ['error500', 'Answer 500'],
  ['throttle429', 'Too many requests (429)'],
  ['overload400', 'Overload as 400'],
  ['overloadAsBadLogin', 'Overload as bad login (401)'],
  ['slow', 'Three seconds slower', { ms: '3000' }],
  ['garbage', 'Answer garbage'],
  ['webPage', 'Answer with a web page'],
  ['loseAnswer', 'Lose the next answer after the commit', { times: '1' }],
  ['errorAfterCommit', 'Answer 502 after the next commit', { times: '1' }],
  ['commitLate', 'Lose the next answer, commit 1 s later', { times: '1', ms: '1000' }],
]

const button = (action: string, label: string, fields: Record<string, string> = {}, kind = ''): Html =>
  html`<form method="post" action="/_control/${action}">
    ${Object.entries(fields).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}<button class="${kind}">${label}</button>
  </form>`

/** The control page: what goes wrong, what the account holds, what was asked of it. */
export function controlPage(account: Account, control: Control, records: Records): Html {
  const state = control.state()
  return html`<h1>Control</h1>
    <p class="lead">
      ${state.inFlight} calls in flight, at most ${state.highestInFlight} at once; ${state.requests} in the
      journal. ${state.counts.orders} orders, ${state.counts.customers} customers, ${state.counts.items}
      items.
    </p>
    <h2>Let something go wrong</h2>
    <div class="buttons">
      ${faults.map(([kind, label, more]) => button('faults', label, { kind, ...more }))}
      ${button('expire-tokens', 'Expire all access tokens')}${button('revoke', 'Revoke the integration', { revoked: 'true' })}
    </div>
    <h2>Now in force</h2>
    <div class="card pad">
      ${
        state.faults.length === 0
          ? 'Nothing: the account works as it should.'
          : html`<ul>
              ${state.faults.map((fault) => html`<li><code>${JSON.stringify(fault)}</code></li>`)}
            </ul>`
      }
      <div class="buttons">
        ${button('faults/clear', 'End all of it', {}, 'main')}${button('revoke', 'Restore the integration', {
          revoked: 'false',
        })}
      </div>
    </div>
    <h2>Mandatory fields of the order form</h2>
    <div class="card pad">
      <div class="buttons">
        ${state.mandatoryFields.map((field) =>
          button(`mandatory-fields/${encodeURIComponent(field.field)}/remove`, `Remove ${field.label}`),
        )}
        <form method="post" action="/_control/mandatory-fields">
          <input name="field" placeholder="custbody_…" aria-label="Field id" />
          <input name="label" placeholder="Label" aria-label="Label" /><button>Add</button>
        </form>
      </div>
    </div>
    <h2>Items</h2>
    <div class="card pad">
      <form method="post" action="/_control/items">
        <input name="itemId" placeholder="Name (SKU)" aria-label="Item name" required /><input
          name="displayName"
          placeholder="Display name"
          aria-label="Display name"
        />
        <button>Add item</button>
      </form>
    </div>
    <div class="card">${itemsTable(records)}</div>
    <h2>Customers</h2>
    <div class="card">${customersTable(account, records)}</div>
    <h2>Tax codes</h2>
    <div class="card">${taxCodesTable(account)}</div>
    <h2>Last calls</h2>
    <div class="card">${callsTable(control)}</div>`
}

function itemsTable(records: Records): Html {
  return html`<table>
    <thead>
      <tr>
        <th>Item</th>
        <th>Type</th>
        <th>Internal ID</th>
        <th>Status</th>
        <th></th>
      </tr>
    </thead>
    <tbody>
      ${records.items().map(
        (item) =>
          html`<tr>
            <td><b>${item.itemId}</b></td>
            <td>${item.type}</td>
            <td>${item.id}</td>
            <td>
              ${item.inactive ? html`<span class="badge">Inactive</span>` : html`<span class="badge good">Active</span>`}
            </td>
            <td class="number">
              ${button(`items/${item.id}`, item.inactive ? 'Activate' : 'Deactivate', {
                inactive: String(!item.inactive),
              })}
              <form method="post" action="/_control/items/${item.id}">
                <input name="itemId" placeholder="New name" aria-label="New name of ${item.itemId}" /><button>
                  Rename
                </button>
              </form>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function customersTable(account: Account, records: Records): Html {
  const subsidiaries = account.sql('SELECT id, name FROM ns_subsidiary ORDER BY id').all()
  return html`<table>
    <thead>
      <tr>
        <th>Customer</th>
        <th>E-mail</th>
        <th>Primary subsidiary</th>
        <th></th>
      </tr>
    </thead>
    <tbody>
      ${records
        .customers()
        .slice(0, 100)
        .map(
          (customer) =>
            html`<tr>
              <td><b>${customer.name}</b></td>
              <td>${customer.email}</td>
              <td>
                ${String(subsidiaries.find((each) => String(each['id']) === customer.subsidiary)?.['name'] ?? customer.subsidiary)}
              </td>
              <td class="number">
                <form method="post" action="/_control/customers/${customer.id}">
                  <select name="subsidiary" aria-label="Subsidiary for ${customer.name}">
                    ${subsidiaries.map((each) => html`<option value="${String(each['id'])}">${String(each['name'])}</option>`)}
                  </select>
                  <button>Add subsidiary</button>
                </form>
              </td>
            </tr>`,
        )}
    </tbody>
  </table>`
}

function taxCodesTable(account: Account): Html {
  const codes = account.sql('SELECT id, name, rate FROM ns_tax_code ORDER BY id').all()
  return html`<table>
    <thead>
      <tr>
        <th>Tax code</th>
        <th>Internal ID</th>
        <th>Rate in percent</th>
      </tr>
    </thead>
    <tbody>
      ${codes.map(
        (code) =>
          html`<tr>
            <td><b>${String(code['name'])}</b></td>
            <td>${String(code['id'])}</td>
            <td>
              <form method="post" action="/_control/tax-codes/${String(code['id'])}">
                <input
                  class="short"
                  name="rate"
                  value="${String(code['rate'])}"
                  aria-label="Rate of ${String(code['name'])}"
                /><button>Change</button>
              </form>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function callsTable(control: Control): Html {
  const calls = control.requests().slice(-30).toReversed()
  return html`<table>
    <thead>
      <tr>
        <th>Time (UTC)</th>
        <th>Call</th>
        <th>Status</th>
        <th class="number">In flight</th>
        <th>Fault</th>
      </tr>
    </thead>
    <tbody>
      ${calls.map(
        (call) =>
          html`<tr>
            <td>${call.at.slice(11, 19)}</td>
            <td>${call.method} <code>${call.path}</code></td>
            <td>${call.status ?? 'no answer'}</td>
            <td class="number">${call.inFlight}</td>
            <td>${call.faults.join(', ')}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}
