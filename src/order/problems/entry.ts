/** What a button or command can do about a problem. */
export type FixAction =
  | 'map_sku'
  | 'map_payment'
  | 'map_shipping'
  | 'map_tax'
  | 'map_item_kind'
  | 'post'
  | 'post_anew'
  | 'let_be'
  | 'check_again'
  | 'accept_total'
  | 'open_in_backend'
  | 'open_in_channel'
  | 'import_again'
  | 'cancel'
  | 'uncancel'
  | 'release'
  | 'import_anyway'
  | 'edit_connection'
  | 'check_connection'
  | 'confirm_address'
  | 'refresh_items'
  | 'resend_shipment'

export interface Fix {
  action: FixAction
  label: string
}

/** Who stops: one order, one of its shipments, or the whole connection; or nobody yet. */
export type Scope = 'order' | 'shipment' | 'connection' | 'warning'

/**
 * What a problem code says to a person. `title`, `cause` and `fix` stand beside the order; the help page of the code
 * (docs/problems) has the rest. `docs/problems` is made of these entries by scripts/problem-pages.ts.
 */
export interface Entry {
  scope: Scope
  title: (subject: string) => string
  /** What a subject looks like, for the title of the help page; empty where the title needs none. */
  example: string
  cause: string
  /** What to do, with the place to click. Two sentences at most: it is read aloud in the answer to "why". */
  fix: string
  fixes: Fix[]
  /** How to keep it from happening again. */
  avoid: string
  /** What Waybill does until then, where it is not what it does for every problem of this scope. */
  meanwhile?: string
  /** The vendors' texts that lead here, as people search for them; WooCommerce's with their code in front. */
  said?: { netsuite?: string[]; woocommerce?: string[] }
}

/** What Waybill does until the problem is solved, for every problem of a scope. */
export const meanwhileOf: Record<Scope, string> = {
  order:
    'This order waits, and nothing is sent for it. All other orders go on. The order is kept as the shop sent it, and nothing is lost by waiting.',
  shipment:
    'The order is in NetSuite and has left the warehouse; only the shop does not know it yet. Other orders and other shipments go on.',
  connection:
    'Nothing is read or sent over this connection. Orders wait where they are, none is marked as failed, and no attempt is used up. Waybill tries again by itself, at first after seconds and later every minute. When it works again, everything goes on, and what was missed is read.',
  warning: 'Everything goes on as always until that day.',
}

export const post: Fix = { action: 'post', label: 'Post again' }
export const importAgain: Fix = { action: 'import_again', label: 'Read it from the shop again' }
export const cancel: Fix = { action: 'cancel', label: 'Cancel the order' }
export const editConnection: Fix = { action: 'edit_connection', label: 'Open the connection' }
export const checkConnection: Fix = { action: 'check_connection', label: 'Check the connection' }
export const confirmAddress: Fix = { action: 'confirm_address', label: 'Confirm the new address' }
export const openInBackend: Fix = { action: 'open_in_backend', label: 'Open in NetSuite' }
export const openInChannel: Fix = { action: 'open_in_channel', label: 'Open in the shop' }
export const refreshItems: Fix = { action: 'refresh_items', label: 'Look in NetSuite again' }
export const resendShipment: Fix = { action: 'resend_shipment', label: 'Send again' }
