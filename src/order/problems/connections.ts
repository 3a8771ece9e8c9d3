import { checkConnection, confirmAddress, editConnection, type Entry } from './entry.ts'

/** A whole connection is stopped: no order is at fault. */
export const connections = {
  address_unknown: {
    scope: 'connection',
    title: (host) => `The address ${host} does not exist`,
    example: 'shop.example.com',
    cause: 'The internet does not know this name: the domain has moved, has expired, or is misspelt.',
    fix: 'Open the address in a browser. If the shop has a new one, give it to the connection: Connections > Edit, or url in waybill.yaml and "waybill apply"; if the domain has expired, renew it. For NetSuite, compare the account ID with Setup > Company > Company Information.',
    fixes: [checkConnection, editConnection],
    avoid: 'Renew domains automatically. When the shop moves, change the connection on the same day.',
  },
  address_not_allowed: {
    scope: 'connection',
    title: (host) => `${host} is a private address`,
    example: 'intranet.example.com',
    cause:
      'The name leads to a machine inside your own network. Waybill asks no such address unless it is told that it may.',
    fix: 'Correct the address: Connections > Edit, or in waybill.yaml. If it is meant so, start Waybill with WAYBILL_ALLOW_HOSTS naming that host.',
    fixes: [editConnection],
    avoid: 'Give the shop the address under which its customers reach it.',
    meanwhile:
      'Nothing is sent to that address. It is tried again every few minutes; when the name leads to a public address, everything goes on.',
  },
  address_moved: {
    scope: 'connection',
    title: (host) => `${host} has moved to another address`,
    example: 'shop.example.com',
    cause:
      'The address sends its visitors on to another one, and Waybill could not see for itself that your shop is there. It does not follow, so that neither orders nor credentials go to a stranger.',
    fix: 'Open the address in a browser and see where it leads. Give the new address to the connection: Connections > Edit, or url in waybill.yaml and "waybill apply".',
    fixes: [checkConnection, editConnection],
    avoid:
      'When the shop gets a new address (with or without "www" counts as well), change the connection on the same day.',
  },
  address_to_confirm: {
    scope: 'connection',
    title: (address) => `The shop has moved to ${address}: is that right?`,
    example: 'https://new-shop.example.com',
    cause:
      'The old address sends its visitors on to this one. The shop there has proved that it is the same, so Waybill reads orders there already. It sends it no credentials and writes nothing there before you have confirmed it.',
    fix: 'If this is the new address of your shop, confirm it: on the page of the connection, or with "waybill confirm-address". Put it into waybill.yaml (url) as well, or the next "waybill apply" goes back to the old one.',
    fixes: [confirmAddress, checkConnection, editConnection],
    avoid: 'When the shop gets a new address, change the connection on the same day.',
    meanwhile:
      'Orders are read at the new address and posted as always. Shipments and webhooks wait until the address is confirmed.',
  },
  different_account: {
    scope: 'connection',
    title: () => 'The address leads to another shop or account than before',
    example: '',
    cause:
      'What answers there is not the one with which this connection was made: another shop, a copy for testing, or another NetSuite account.',
    fix: 'Give the connection the right address and keys: Connections > Edit, or in waybill.yaml and "waybill apply". For another shop or account, make a new connection with another name.',
    fixes: [editConnection, checkConnection],
    avoid:
      'A copy of the shop for testing needs an address and a connection of its own. A NetSuite sandbox is another account than production.',
    meanwhile:
      'Nothing is read or sent, so that no order of one shop is mixed with those of another. When the right one answers again, everything goes on by itself.',
  },
  account_already_connected: {
    scope: 'connection',
    title: (name) => `This shop or account is connected already, as "${name}"`,
    example: 'acme-shop',
    cause:
      'Two connections lead to the same shop or account. Both would bring the same orders, and together they would ask for more than the account allows.',
    fix: 'Use the connection that was there first in the route, give it the new address or keys if they changed, and take this one out of waybill.yaml. Then run "waybill apply".',
    fixes: [editConnection],
    avoid:
      'A connection keeps its name for good. To change its address or its keys, change them under that name.',
    meanwhile: 'Nothing is read or sent over the second connection. The first one goes on as before.',
  },
  certificate_invalid: {
    scope: 'connection',
    title: (host) => `The certificate of ${host} is not valid`,
    example: 'shop.example.com',
    cause:
      'The proof that this really is your site (its https certificate) has expired, is self-made, or is for another name. Browsers warn your customers as well.',
    fix: 'Ask whoever hosts the site to renew the certificate. Waybill goes on by itself as soon as it is valid.',
    fixes: [checkConnection, editConnection],
    avoid: 'Let the host renew certificates automatically; nearly all offer it at no cost.',
  },
  certificate_expiring: {
    scope: 'warning',
    title: (connection) => `The https certificate of ${connection} runs out`,
    example: 'acme-shop',
    cause:
      'The proof that this really is your site (its https certificate) has not been renewed, though it ends soon. From that day on browsers warn your customers, and Waybill reads and sends nothing.',
    fix: 'Ask whoever hosts the site to renew the certificate now, and why that did not happen by itself. The warning goes as soon as the new one is there.',
    fixes: [checkConnection],
    avoid: 'Let the host renew certificates automatically; nearly all offer it at no cost.',
    meanwhile: 'Everything goes on as always until that day. Waybill tells you once more 3 days before it.',
  },
  credentials_expiring: {
    scope: 'warning',
    title: (connection) => `The credentials of ${connection} run out`,
    example: 'netsuite',
    cause:
      'Waybill signs in with a certificate that is valid for two years at most. From its last day on NetSuite refuses every call, and orders wait in Waybill.',
    fix: 'In NetSuite, upload a new certificate for the same user, role and integration: Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup > Create New. Give its ID, key and last day to the connection: Connections > Edit, or waybill.yaml and "waybill apply".',
    fixes: [editConnection, checkConnection],
    avoid:
      'Give the certificate or its last day to the connection whenever you renew it: Waybill warns you 30 days, 7 days and 1 day before. The old certificate works beside the new one until it ends, so nothing has to stop.',
    meanwhile:
      'Everything goes on as always until that day. Waybill tells you 30 days, 7 days and 1 day before it.',
  },
  connection_refused: {
    scope: 'connection',
    title: (host) => `${host} refuses connections`,
    example: 'shop.example.com',
    cause: 'The server is switched off or restarting, or a firewall keeps Waybill out.',
    fix: 'Open the address in a browser. If nothing comes, ask whoever hosts the site. If the site is there, ask them to let the address of Waybill pass the firewall.',
    fixes: [checkConnection],
    avoid:
      'Tell the host of the site that Waybill asks it every minute, so that no firewall takes it for an attack.',
  },
  timed_out: {
    scope: 'connection',
    title: (host) => `${host} does not answer in time`,
    example: 'shop.example.com',
    cause: 'The site is overloaded, or very slow, or cannot be reached at the moment.',
    fix: 'Nothing to do at first: Waybill tries again by itself. If it lasts for more than an hour, ask whoever hosts the site.',
    fixes: [checkConnection],
    avoid:
      'If a slow shop is its normal state, let Waybill read fewer orders at once (perPage in waybill.yaml) and wait longer (timeout).',
  },
  connection_lost: {
    scope: 'connection',
    title: (host) => `The connection to ${host} breaks off`,
    example: 'shop.example.com',
    cause: 'The server, or a firewall in front of it, ended the conversation without an answer.',
    fix: 'Nothing to do at first: Waybill tries again by itself. If it lasts for more than an hour, ask whoever hosts the site.',
    fixes: [checkConnection],
    avoid: 'If it happens at the same time every day, ask the host what runs then (backups, say).',
  },
  in_maintenance: {
    scope: 'connection',
    title: (host) => `${host} is in maintenance`,
    example: 'shop.example.com',
    cause: 'The site is updating itself, or somebody has switched it off for a while.',
    fix: 'Nothing to do: Waybill goes on by itself when the site is back. If it lasts for hours, look at the site (an update may have got stuck), or for NetSuite at status.netsuite.com.',
    fixes: [checkConnection],
    avoid:
      'Update plug-ins a few at a time. If WordPress stays in maintenance, delete the file ".maintenance" in its folder.',
    said: {
      woocommerce: ['wp_die: Briefly unavailable for scheduled maintenance. Check back in a minute.'],
    },
  },
  unreadable_answer: {
    scope: 'connection',
    title: (host) => `${host} sends an answer that cannot be read`,
    example: 'shop.example.com',
    cause:
      'The answer is empty, cut off, or of another form than it should be. A plug-in in the shop or a firewall in front of it is nearly always at fault.',
    fix: 'Waybill tries again by itself. If it lasts, switch off the plug-in that was changed last, or show the host of the site the answer that is quoted.',
    fixes: [checkConnection],
    avoid: 'Try updates of plug-ins on a copy of the shop first.',
  },
  credentials_refused: {
    scope: 'connection',
    title: () => 'The credentials are refused',
    example: '',
    cause:
      'The key or certificate that Waybill signs in with was revoked, has expired or is mistyped, or its user was removed. The details say what is known.',
    fix: 'Make a new key (WooCommerce > Settings > Advanced > REST API) or certificate (NetSuite: Setup > Integration > Manage Authentication), and give it to Waybill: on the page, under Connections, or with "waybill apply".',
    fixes: [checkConnection, editConnection],
    avoid:
      'Let the key belong to a user who stays, not to a person who may leave. Note the day on which the NetSuite certificate ends, and that every refresh of a NetSuite sandbox removes its credentials.',
    meanwhile:
      'Nothing is read or sent over this connection. Orders wait where they are and none is marked as failed. Waybill tries again every few minutes; with working credentials, everything goes on by itself and what was missed is read.',
    said: {
      netsuite: ['Invalid login attempt.', 'invalid_grant'],
      woocommerce: [
        'woocommerce_rest_cannot_view: Sorry, you cannot list resources.',
        'woocommerce_rest_authentication_error: Consumer key is invalid.',
        'woocommerce_rest_authentication_error: Consumer secret is invalid.',
      ],
    },
  },
  permission_missing: {
    scope: 'connection',
    title: (what) => `The credentials do not reach far enough${what ? `: ${what}` : ''}`,
    example: 'Lists > Items',
    cause:
      'The key works, but its user or role may not do what Waybill needs. The title names what is missing, as far as the other side says it.',
    fix: 'In WooCommerce, give the key "Read/Write" and a user who is shop manager or administrator. In NetSuite, add the permission to the role (Setup > Users/Roles > Manage Roles).',
    fixes: [checkConnection, editConnection],
    avoid: 'After changing a role or a user, run "waybill check".',
    said: {
      woocommerce: [
        'woocommerce_rest_authentication_error: The API key provided does not have read permissions.',
      ],
    },
  },
  api_not_found: {
    scope: 'connection',
    title: (host) => `There is no order API at ${host}`,
    example: 'shop.example.com',
    cause:
      'Something answers there, but not WooCommerce: the address is wrong, WooCommerce is switched off, or its permalinks are set to "Plain".',
    fix: 'In WordPress look at Plugins (is WooCommerce active?) and at Settings > Permalinks (choose "Post name", save). Then check the address in waybill.yaml.',
    fixes: [checkConnection, editConnection],
    avoid: 'After moving or updating the shop, run "waybill check".',
    said: { woocommerce: ['rest_no_route: No route was found matching the URL and request method.'] },
  },
  rest_services_off: {
    scope: 'connection',
    title: (host) => `There are no REST web services at ${host}`,
    example: '1234567-sb1.suitetalk.api.netsuite.com',
    cause: 'The account ID of the connection is wrong, or REST web services are switched off in NetSuite.',
    fix: 'Compare the account ID with Setup > Company > Company Information. Then tick "REST Web Services" under Setup > Company > Enable Features > SuiteCloud.',
    fixes: [checkConnection, editConnection],
    avoid: 'A sandbox has an account ID of its own, such as 1234567_SB1.',
  },
  not_json: {
    scope: 'connection',
    title: (host) => `${host} answers with a web page instead of data`,
    example: 'shop.example.com',
    cause:
      'Something stands in front of the shop or of NetSuite: a security plug-in, a login page, a firewall, or the protection of the host against robots. The details say what it looks like.',
    fix: 'In the security plug-in, or at the host, let requests to /wp-json/wc/ pass (or those from the address of Waybill). For NetSuite, look at the network in which Waybill runs, and at the url in waybill.yaml, if there is one. Then check the connection.',
    fixes: [checkConnection, editConnection],
    avoid:
      'Before you switch on a security plug-in or a password for the whole site, make the exception for /wp-json/wc/.',
  },
  out_of_reach: {
    scope: 'connection',
    title: (channel) => `A part of what was missed lies further back than ${channel || 'the shop'} lists`,
    example: 'Shopify',
    cause:
      'The shop shows its programs only the orders of some time back, or shows older ones only to those with a further permission. The time that could not be read reaches further.',
    fix: 'Give the credentials the permission that the details name, and check the connection: the rest is read then. Or look in the shop for orders of those days, import them by their number, and close the gap on the page of the connection.',
    fixes: [checkConnection],
    avoid:
      'Mend a connection that is down within a few weeks, and give it the permission for older orders beforehand.',
    meanwhile:
      'Everything that the shop lists has been read and goes on. The gap stays open, and every few hours Waybill looks whether more of it can be read.',
  },
  throttled: {
    scope: 'connection',
    title: () => 'The other side asks for fewer requests',
    example: '',
    cause: 'Its limit is used up for the moment, by Waybill or by another program that shares it.',
    fix: 'Nothing to do: Waybill slows down and goes on by itself. If it lasts, look which other programs use the account (NetSuite: Setup > Integration > Integration Management > Integration Governance).',
    fixes: [checkConnection],
    avoid:
      'In NetSuite all programs share one budget: set concurrency in waybill.yaml to what the others leave. For a shop whose host limits requests, set requestsPerSecond.',
    meanwhile:
      'Waybill waits for as long as it was asked to, else for half a minute at most, and sends one request at a time until it is let in again. No order is marked as failed.',
    said: {
      netsuite: [
        'SSS_REQUEST_LIMIT_EXCEEDED',
        'SuiteTalk concurrent request limit exceeded. Request blocked.',
        'Only one request may be made against a session at a time',
      ],
    },
  },
  server_error: {
    scope: 'connection',
    title: (host) => `${host} reports an error of its own`,
    example: 'shop.example.com',
    cause: 'The server failed while it answered. With a shop, a plug-in is often at fault.',
    fix: 'Nothing to do at first: Waybill tries again by itself. If it lasts, read the error log of the shop (WooCommerce > Status > Logs), or ask the host.',
    fixes: [checkConnection],
    avoid: 'Try updates of plug-ins on a copy of the shop first.',
    said: {
      netsuite: ['An unexpected error occurred. Error ID: abc123'],
      woocommerce: ['internal_server_error: There has been a critical error on this website.'],
    },
  },
  work_failing: {
    scope: 'connection',
    title: (work) => `${work} fails again and again`,
    example: 'Reading shipments',
    cause:
      'The other side answers with something that Waybill cannot use, or Waybill itself has a fault. The message says which.',
    fix: 'Read the message below and check the connection. If it speaks of a fault of Waybill, update Waybill and report it.',
    fixes: [checkConnection],
    avoid: 'Nothing that you do every day causes it.',
    meanwhile:
      'Everything else over this connection goes on. What fails is tried again every few minutes, and takes up where it stood: nothing is skipped.',
  },
  webhook_without_order: {
    scope: 'connection',
    title: () => 'The shop announces an order, and sends an error in its place',
    example: '',
    cause:
      'The shop could not put the order into its own webhook, and signed and sent its error message instead. A plug-in, or how the shop runs its background work, is nearly always at fault.',
    fix: 'Nothing has to be done for the orders: Waybill reads them from the shop. If it lasts, update WooCommerce, and switch off the plug-in that was changed last.',
    fixes: [checkConnection],
    avoid: 'Try updates of plug-ins on a copy of the shop first.',
    meanwhile:
      'Everything goes on. Each such webhook makes Waybill read at once what is new in the shop, so the order that it stands for comes in all the same. This goes away by itself with the next webhook that carries an order.',
  },
  unexplained_differences: {
    scope: 'connection',
    title: () => 'Shop, Waybill and NetSuite do not agree',
    example: '',
    cause:
      'The comparison of all three found orders or records that neither their status nor what was asked explains: a record that is linked nowhere, or one that carries the id of another order.',
    fix: 'Open the reconciliation of this shop, on the page of the connections or with "waybill reconcile CONNECTION": it names each difference and what mends it. Then compare again.',
    fixes: [editConnection],
    avoid:
      'Change no external id that begins with "wb_" in NetSuite, and let no other program write such ids. Let one Waybill alone carry the orders of a shop.',
    meanwhile:
      'Everything goes on. Nothing is sent, changed or removed because of a difference; it is looked at again every night.',
  },
  invalid_configuration: {
    scope: 'connection',
    title: (field) => `The connection's ${field} cannot be right`,
    example: 'address',
    cause: 'A value of the connection has a form that cannot work.',
    fix: 'Correct it: Connections > Edit, or in waybill.yaml and "waybill apply". Both name what belongs there.',
    fixes: [editConnection],
    avoid: 'Run "waybill apply --dry-run" first: it changes nothing and names every mistake.',
  },
} as const satisfies Record<string, Entry>
