/**
 * Why something is stopped. The code picks title, cause and fixes from the catalogue below; `subject` is what the
 * problem is about (a SKU, a payment method): orders with the same code and subject have one problem in common.
 */
export interface Problem {
  code: ProblemCode
  subject: string
  detail: string
  /** The vendor's own words, unchanged; null where the problem is Waybill's own finding. */
  vendorMessage: string | null
}

export interface Fix {
  action: FixAction
  label: string
}

/** What a button or command can do about a problem. */
export type FixAction =
  | 'map_sku'
  | 'map_payment'
  | 'map_shipping'
  | 'map_tax'
  | 'map_item_kind'
  | 'post'
  | 'check_again'
  | 'accept_total'
  | 'open_in_backend'
  | 'open_in_channel'
  | 'import_again'
  | 'cancel'
  | 'uncancel'
  | 'import_anyway'
  | 'edit_connection'
  | 'check_connection'
  | 'refresh_items'
  | 'resend_shipment'

interface Entry {
  /** Who stops: this order alone, one of its shipments, or the whole connection. */
  scope: 'order' | 'shipment' | 'connection'
  title: (subject: string) => string
  cause: string
  fix: string
  fixes: Fix[]
}

const post: Fix = { action: 'post', label: 'Post again' }
const importAgain: Fix = { action: 'import_again', label: 'Read it from the shop again' }
const cancel: Fix = { action: 'cancel', label: 'Cancel the order' }
const editConnection: Fix = { action: 'edit_connection', label: 'Edit the connection' }
const checkConnection: Fix = { action: 'check_connection', label: 'Check the connection' }
const openInBackend: Fix = { action: 'open_in_backend', label: 'Open in NetSuite' }

export const problemCatalogue = {
  unreadable_order: {
    scope: 'order',
    title: () => 'The shop sent an order that cannot be read',
    cause:
      'A field that every order needs is missing or has a value of the wrong kind; a plug-in in the shop often causes it.',
    fix: 'Open the order in the shop, save it once, and read it again. The stored original stays here meanwhile.',
    fixes: [importAgain, { action: 'open_in_channel', label: 'Open in the shop' }],
  },
  totals_do_not_add_up: {
    scope: 'order',
    title: () => "The order's lines do not add up to its total",
    cause:
      'Lines, discounts, shipping, fees and taxes of the order give another sum than the total the shop states: a plug-in changed one without the other.',
    fix: 'Correct the order in the shop (open it, press "Recalculate", save), then read it again.',
    fixes: [importAgain, { action: 'open_in_channel', label: 'Open in the shop' }],
  },
  unknown_sku: {
    scope: 'order',
    title: (sku) => `SKU "${sku}" is not an item in NetSuite`,
    cause:
      'The order has a product whose SKU no active or inactive item in NetSuite carries in the SKU field of this route.',
    fix: 'Say which NetSuite item this SKU is, or create the item in NetSuite, then post again.',
    fixes: [
      { action: 'map_sku', label: 'Choose the item' },
      { action: 'refresh_items', label: 'Look in NetSuite again' },
    ],
  },
  ambiguous_sku: {
    scope: 'order',
    title: (sku) => `Several NetSuite items have the SKU "${sku}"`,
    cause:
      'More than one item carries this SKU in the SKU field of this route, so the right one cannot be told.',
    fix: 'Say which item it is, or make the SKU unique in NetSuite.',
    fixes: [
      { action: 'map_sku', label: 'Choose the item' },
      { action: 'refresh_items', label: 'Look in NetSuite again' },
    ],
  },
  inactive_item: {
    scope: 'order',
    title: (sku) => `The NetSuite item for SKU "${sku}" is inactive`,
    cause: 'NetSuite takes no orders for an inactive item.',
    fix: 'Make the item active in NetSuite (Lists > Accounting > Items), or choose another item for this SKU.',
    fixes: [
      { action: 'refresh_items', label: 'Look in NetSuite again' },
      { action: 'map_sku', label: 'Choose another item' },
    ],
  },
  line_without_sku: {
    scope: 'order',
    title: (name) => `"${name}" has no SKU`,
    cause:
      'The product has no SKU in the shop (or was deleted there), and this route names no item for lines without one.',
    fix: 'Choose the item that stands for lines without a SKU, or give the product a SKU in the shop and read the order again.',
    fixes: [{ action: 'map_item_kind', label: 'Choose an item' }, importAgain],
  },
  unmapped_item_kind: {
    scope: 'order',
    title: (kind) => `No NetSuite item is chosen for ${kind.replace('_', ' ')} lines`,
    cause:
      'The order has such a line (a fee, discount, tip or gift card), and the route does not say which item carries it.',
    fix: 'Choose the item.',
    fixes: [{ action: 'map_item_kind', label: 'Choose an item' }],
  },
  unmapped_payment_method: {
    scope: 'order',
    title: (method) => `Payment method "${method}" is not mapped`,
    cause: 'This payment method has not been seen before, and the route says to stop at unknown ones.',
    fix: 'Say which NetSuite payment method it is, or that it is left out.',
    fixes: [{ action: 'map_payment', label: 'Choose the payment method' }],
  },
  unmapped_shipping_method: {
    scope: 'order',
    title: (method) => `Shipping method "${method}" is not mapped`,
    cause: 'This shipping method has not been seen before, and the route says to stop at unknown ones.',
    fix: 'Say which NetSuite shipping item it is.',
    fixes: [{ action: 'map_shipping', label: 'Choose the shipping item' }],
  },
  unmapped_tax: {
    scope: 'order',
    title: (rate) => `Tax "${rate}" is not mapped`,
    cause: 'The order has a tax for which the route names no NetSuite tax code.',
    fix: 'Choose the tax code.',
    fixes: [{ action: 'map_tax', label: 'Choose the tax code' }],
  },
  currency_not_in_backend: {
    scope: 'order',
    title: (currency) => `NetSuite has no currency ${currency}`,
    cause: "The order's currency is not set up in the NetSuite account, or the customer does not carry it.",
    fix: 'Add the currency in NetSuite (Lists > Accounting > Currencies) and to the customer, then post again.',
    fixes: [post],
  },
  customer_not_identified: {
    scope: 'order',
    title: () => 'The order names no customer',
    cause: 'It has neither an e-mail address nor a name, and the route names no customer for such orders.',
    fix: 'Add the customer to the order in the shop and read it again, or name a fallback customer in the route.',
    fixes: [importAgain],
  },
  ambiguous_customer: {
    scope: 'order',
    title: (email) => `Several NetSuite customers have the e-mail ${email}`,
    cause: 'More than one active customer carries this e-mail address, so the right one cannot be told.',
    fix: 'Merge the customers in NetSuite (or make the others inactive), then post again.',
    fixes: [post, openInBackend],
  },
  customer_other_subsidiary: {
    scope: 'order',
    title: (customer) => `Customer ${customer} belongs to another subsidiary`,
    cause: "NetSuite takes an order only for a customer of the order's subsidiary.",
    fix: 'Add the subsidiary to the customer in NetSuite (Subsidiaries tab), then post again.',
    fixes: [post, openInBackend],
  },
  customer_inactive: {
    scope: 'order',
    title: (customer) => `Customer ${customer} is inactive in NetSuite`,
    cause: 'NetSuite takes no orders for an inactive customer.',
    fix: 'Make the customer active again in NetSuite, then post again.',
    fixes: [post, openInBackend],
  },
  customer_not_found: {
    scope: 'order',
    title: (customer) => `NetSuite has no customer for ${customer}`,
    cause: 'No customer matches the order, and the route says not to create customers and names no fallback.',
    fix: 'Create the customer in NetSuite, or let the route create customers or use a fallback, then post again.',
    fixes: [post],
  },
  customer_id_taken: {
    scope: 'order',
    title: () => 'Another NetSuite customer has this name already',
    cause: 'NetSuite takes each customer name once, and this one belongs to another customer.',
    fix: 'Rename or merge the customers in NetSuite, or turn on automatic numbering for customers, then post again.',
    fixes: [post],
  },
  customer_overloaded: {
    scope: 'order',
    title: () => 'The NetSuite customer holds too much',
    cause: 'So many addresses or transactions have gathered on one customer that NetSuite takes no more.',
    fix: 'Let the route create a customer for each buyer, or use another fallback customer, then post again.',
    fixes: [post],
  },
  period_closed: {
    scope: 'order',
    title: () => "The order's day is in a closed accounting period",
    cause: 'NetSuite refuses this date: its accounting period is closed or locked, or there is none for it.',
    fix: 'Open the period in NetSuite (Setup > Accounting > Manage Accounting Periods), then post again.',
    fixes: [post],
  },
  inventory_detail_required: {
    scope: 'order',
    title: () => 'NetSuite wants serial, lot or bin numbers',
    cause: 'An item of the order is tracked by serial number, lot or bin, and NetSuite wants them at once.',
    fix: 'Let NetSuite assign them by itself, or enter them in NetSuite, then post again.',
    fixes: [post],
  },
  field_not_settable: {
    scope: 'order',
    title: (field) => `NetSuite does not take a value for "${field}"`,
    cause:
      'The field is hidden or locked on the form, its feature is switched off, it has another name, or the role may not write it.',
    fix: "Show the field on the form that these orders use, or take it out of the route's mapping, then post again.",
    fixes: [post],
  },
  no_lines: {
    scope: 'order',
    title: () => 'The order has no lines to post',
    cause: 'NetSuite wants at least one line with a quantity.',
    fix: 'Cancel the order here, or add a line to it in the shop and read it again.',
    fixes: [importAgain, cancel],
  },
  line_without_quantity: {
    scope: 'order',
    title: (name) => `"${name}" has an amount but no quantity`,
    cause: 'The line was edited in the shop: its quantity is 0 and its amount is not.',
    fix: 'Correct the line in the shop, then read the order again.',
    fixes: [importAgain],
  },
  missing_field: {
    scope: 'order',
    title: (field) => `NetSuite wants a value for "${field}"`,
    cause: 'The form used for these orders makes this field mandatory, and the route does not fill it.',
    fix: 'Map a value to the field in the route, or make it optional on the form in NetSuite, then post again.',
    fixes: [post],
  },
  field_too_long: {
    scope: 'order',
    title: (field) => `The value for "${field}" is too long for NetSuite`,
    cause: 'NetSuite limits how long this field may be.',
    fix: 'Shorten it in the shop and read the order again.',
    fixes: [importAgain],
  },
  invalid_reference: {
    scope: 'order',
    title: (subject) => `NetSuite does not know ${subject}`,
    cause:
      'The route names a NetSuite record that does not exist, is inactive, or belongs to another subsidiary.',
    fix: "Correct the record's id in the route's mapping, or the record in NetSuite, then post again.",
    fixes: [post],
  },
  total_would_differ: {
    scope: 'order',
    title: () => 'NetSuite would come to another total',
    cause:
      'With the taxes and roundings of NetSuite the order would not have the total of the shop, so it was not sent.',
    fix: 'Check the tax codes of the route, or choose another way to send taxes (tax item line), then post again.',
    fixes: [post, { action: 'map_tax', label: 'Choose the tax code' }],
  },
  total_differs: {
    scope: 'order',
    title: () => "NetSuite's total differs from the shop's",
    cause:
      'The order is in NetSuite, but NetSuite came to another total: a tax code, a price level, a script or a workflow changed an amount.',
    fix: 'Open the record and correct it, then check again; or accept the difference. It is never posted a second time.',
    fixes: [
      { action: 'check_again', label: 'Check again' },
      { action: 'accept_total', label: 'Accept the difference' },
      openInBackend,
    ],
  },
  locked_by_workflow: {
    scope: 'order',
    title: () => 'A NetSuite workflow has locked the record',
    cause: 'A workflow in the NetSuite account keeps this record from being written.',
    fix: 'Ask your NetSuite administrator to let the integration role pass the workflow, then post again.',
    fixes: [post],
  },
  permission_missing_for_record: {
    scope: 'order',
    title: (subject) => `The NetSuite role may not write ${subject}`,
    cause: "The role of Waybill's token lacks a permission that this order needs.",
    fix: 'Add the permission to the role in NetSuite (Setup > Users/Roles > Manage Roles), then post again.',
    fixes: [post],
  },
  external_id_taken: {
    scope: 'order',
    title: () => 'NetSuite says that a record with this external id exists, but does not show it',
    cause:
      'A record of another type, or one that the role may not see, carries the external id of this order.',
    fix: 'Look for the external id in NetSuite as an administrator; rename it there, then post again.',
    fixes: [post],
  },
  rejected: {
    scope: 'order',
    title: () => 'NetSuite refused the order',
    cause: 'NetSuite gave the reason below.',
    fix: 'Mend what NetSuite names, then post again.',
    fixes: [post, cancel],
  },
  gave_up_retrying: {
    scope: 'order',
    title: () => 'Sending the order failed again and again',
    cause: 'Each attempt ended in a fault of the other side that concerns this order alone.',
    fix: 'Read the last answer below; post again when its cause is gone.',
    fixes: [post, cancel],
  },
  program_fault: {
    scope: 'order',
    title: () => 'Waybill itself failed at this order',
    cause: 'A fault in the program, not in the order or the connection.',
    fix: 'Post again after an update of Waybill; report the message below, so that it is mended.',
    fixes: [post, cancel],
  },
  shipment_rejected: {
    scope: 'shipment',
    title: () => 'The shop refused the shipment',
    cause: 'The shop gave the reason below.',
    fix: 'Mend what the shop names, then send the shipment again.',
    fixes: [{ action: 'resend_shipment', label: 'Send again' }],
  },
  order_gone_at_channel: {
    scope: 'shipment',
    title: () => 'The order does not exist in the shop any more',
    cause: 'It was deleted in the shop after it was posted, so its shipment cannot be reported there.',
    fix: 'Restore the order from the trash in the shop and send again, or cancel it here.',
    fixes: [{ action: 'resend_shipment', label: 'Send again' }, cancel],
  },
  address_unknown: {
    scope: 'connection',
    title: (host) => `The address ${host} does not exist`,
    cause: 'Its name cannot be resolved: the domain moved, expired or is misspelt.',
    fix: "Correct the connection's address. Everything missed meanwhile is read afterwards.",
    fixes: [editConnection, checkConnection],
  },
  address_not_allowed: {
    scope: 'connection',
    title: (host) => `${host} is a private address`,
    cause:
      'The name leads to a private or loopback address, which connections may not use unless WAYBILL_ALLOW_HOSTS names it.',
    fix: 'Correct the address, or add the host to WAYBILL_ALLOW_HOSTS and start again.',
    fixes: [editConnection],
  },
  address_moved: {
    scope: 'connection',
    title: (host) => `The shop answers that it has moved (${host})`,
    cause: 'The address redirects to another host, or the shop names another address as its own.',
    fix: 'Check the new address and put it into the connection; it is followed only to the same shop.',
    fixes: [editConnection, checkConnection],
  },
  different_account: {
    scope: 'connection',
    title: () => 'The address leads to another shop than before',
    cause: "The shop's permanent identity is not the one this connection was made with.",
    fix: 'Put the address of the right shop into the connection; for another shop, make another connection.',
    fixes: [editConnection, checkConnection],
  },
  certificate_invalid: {
    scope: 'connection',
    title: (host) => `The certificate of ${host} is not valid`,
    cause: 'It is expired, self-signed or made for another name.',
    fix: 'Renew the certificate of the site. Waybill goes on by itself once it is valid.',
    fixes: [checkConnection, editConnection],
  },
  connection_refused: {
    scope: 'connection',
    title: (host) => `${host} refuses connections`,
    cause: 'The server is down, or a firewall keeps Waybill out.',
    fix: "Ask the site's host; Waybill tries again by itself.",
    fixes: [checkConnection],
  },
  timed_out: {
    scope: 'connection',
    title: (host) => `${host} does not answer in time`,
    cause: 'The server is overloaded or unreachable.',
    fix: 'Waybill tries again by itself; if it lasts, ask the host.',
    fixes: [checkConnection],
  },
  connection_lost: {
    scope: 'connection',
    title: (host) => `The connection to ${host} breaks off`,
    cause: 'The server, or a firewall or proxy before it, ended the connection without an answer.',
    fix: 'Waybill tries again by itself; if it lasts, ask the host.',
    fixes: [checkConnection],
  },
  in_maintenance: {
    scope: 'connection',
    title: (host) => `${host} is in maintenance`,
    cause: 'The site is updating itself or was switched off for a while.',
    fix: 'Nothing to do: Waybill goes on by itself when the site is back. If it lasts for hours, look at the site.',
    fixes: [checkConnection],
  },
  unreadable_answer: {
    scope: 'connection',
    title: (host) => `${host} sends an answer that cannot be read`,
    cause: 'The answer is empty, cut off, too large or of another form: a plug-in or proxy often causes it.',
    fix: 'Waybill tries again by itself; if it lasts, switch off the plug-in that was changed last, or ask the host.',
    fixes: [checkConnection],
  },
  credentials_refused: {
    scope: 'connection',
    title: () => 'The credentials are refused',
    cause:
      'The key was revoked or mistyped, its user was deleted, or the web server removes the header that carries it.',
    fix: 'Make a new key and put it into the connection.',
    fixes: [editConnection, checkConnection],
  },
  permission_missing: {
    scope: 'connection',
    title: (what) => `The credentials do not reach far enough${what ? `: ${what}` : ''}`,
    cause: 'The key works, but its user, role or scope does not allow what Waybill needs.',
    fix: 'Give the user or role the permission that is named, or use the key of an administrator or shop manager.',
    fixes: [editConnection, checkConnection],
  },
  api_not_found: {
    scope: 'connection',
    title: (host) => `There is no order API at ${host}`,
    cause: 'The address is wrong, WooCommerce is switched off, or permalinks are set to "Plain".',
    fix: 'Check the address; in WordPress choose Settings > Permalinks > Post name, and check that WooCommerce is active.',
    fixes: [editConnection, checkConnection],
  },
  rest_services_off: {
    scope: 'connection',
    title: (host) => `There are no REST web services at ${host}`,
    cause: 'The account ID or the address is wrong, or the feature is switched off in NetSuite.',
    fix: 'Check the account ID; in NetSuite choose Setup > Company > Enable Features > SuiteCloud and tick REST Web Services.',
    fixes: [editConnection, checkConnection],
  },
  not_json: {
    scope: 'connection',
    title: (host) => `${host} answers with a web page instead of data`,
    cause: 'A maintenance page, a security plug-in or a login page stands in front of the API.',
    fix: 'Wait for the end of the maintenance, or let Waybill pass the security plug-in.',
    fixes: [checkConnection, editConnection],
  },
  throttled: {
    scope: 'connection',
    title: () => 'The other side asks for fewer requests',
    cause: 'Its limit is used up, by Waybill or by another program that shares it.',
    fix: 'Nothing to do: Waybill slows down and goes on by itself.',
    fixes: [checkConnection],
  },
  server_error: {
    scope: 'connection',
    title: (host) => `${host} reports an error of its own`,
    cause: 'The server failed while it answered.',
    fix: 'Waybill tries again by itself; if it lasts, read the error log of the site.',
    fixes: [checkConnection],
  },
  invalid_configuration: {
    scope: 'connection',
    title: (field) => `The connection's ${field} cannot be right`,
    cause: 'A value has the wrong form.',
    fix: 'Correct it in the connection.',
    fixes: [editConnection],
  },
} as const satisfies Record<string, Entry>

export type ProblemCode = keyof typeof problemCatalogue

/** A problem as it is shown: what the catalogue says of its code, and what this one adds. */
export function describeProblem(problem: Problem) {
  const entry: Entry = problemCatalogue[problem.code]
  return {
    code: problem.code,
    title: entry.title(problem.subject),
    detail: problem.detail,
    vendorMessage: problem.vendorMessage,
    cause: entry.cause,
    fix: entry.fix,
    fixes: entry.fixes,
    subject: problem.subject,
    fingerprint: fingerprintOf(problem),
  }
}

/** Problems with the same fingerprint are one cause: fixed once, fixed for all their orders. */
export function fingerprintOf(problem: Pick<Problem, 'code' | 'subject'>): string {
  return `${problem.code}:${problem.subject}`
}
