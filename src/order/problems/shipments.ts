import { cancel, type Entry, resendShipment } from './entry.ts'

/** A shipment could not be reported to the shop. */
export const shipments = {
  shipment_rejected: {
    scope: 'shipment',
    title: () => 'The shop refused the shipment',
    example: '',
    cause:
      'The order has left, and the shop did not take the tracking number. Its reason is shown word for word.',
    fix: 'Mend what the shop names, then send the shipment again. If it says that the key may only read, give the key "Read/Write" in WooCommerce (Settings > Advanced > REST API).',
    fixes: [resendShipment],
    avoid:
      'Do not change the lines of an order in the shop while it is on its way: a shipment names the lines it carries.',
  },
  shipment_gone_at_channel: {
    scope: 'shipment',
    title: () => 'The shop does not have the shipment any more',
    example: '',
    cause:
      'The shop was told that the parcel has left, and has that no more: somebody has deleted it there, or has switched the fulfilments of the shop off. NetSuite has another tracking number for it now, which has no place to stand in the shop.',
    fix: 'Send the shipment again: it is made anew in the shop with the tracking number of now, and the customer is mailed once more.',
    fixes: [resendShipment],
    avoid: 'Change a fulfilment in NetSuite instead of deleting it in the shop.',
  },
  order_gone_at_channel: {
    scope: 'shipment',
    title: () => 'The order does not exist in the shop any more',
    example: '',
    cause: 'The order was deleted in the shop after it was posted, so its shipment cannot be reported there.',
    fix: 'In WooCommerce open Orders > Trash, restore the order, and send the shipment again. If it was deleted for good, cancel the order here.',
    fixes: [resendShipment, cancel],
    avoid: 'Set orders that nobody wants any more to "Cancelled" in WooCommerce instead of deleting them.',
    said: { woocommerce: ['woocommerce_rest_shop_order_invalid_id: Invalid ID.'] },
  },
} as const satisfies Record<string, Entry>
