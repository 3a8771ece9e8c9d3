import { type Entry, importAgain, refreshItems } from './entry.ts'

/** Something of the shop has no counterpart in NetSuite yet. */
export const mapping = {
  unknown_sku: {
    scope: 'order',
    title: (sku) => `SKU "${sku}" is not an item in NetSuite`,
    example: 'MUG-RED',
    cause:
      'The order has a product with this SKU, and no item in NetSuite carries it. The SKU may be spelt differently there, or the item does not exist yet.',
    fix: 'Say which NetSuite item this SKU is. Or create the item in NetSuite (Lists > Accounting > Items > New), then look again.',
    fixes: [{ action: 'map_sku', label: 'Choose the item' }, refreshItems],
    avoid:
      'Create new products in NetSuite before they go on sale, and copy the SKU rather than typing it. If your SKUs stand in another field than the item name (the UPC code, say), set mapping.items.skuField in waybill.yaml.',
  },
  ambiguous_sku: {
    scope: 'order',
    title: (sku) => `Several NetSuite items have the SKU "${sku}"`,
    example: 'MUG-RED',
    cause: 'More than one item in NetSuite carries this SKU, so Waybill cannot tell which one was sold.',
    fix: 'Choose the right item. Or open the others in NetSuite (Lists > Accounting > Items), change their SKU, and look again.',
    fixes: [{ action: 'map_sku', label: 'Choose the item' }, refreshItems],
    avoid: 'Give every item a SKU of its own; do not copy an item in NetSuite without changing it.',
  },
  inactive_item: {
    scope: 'order',
    title: (sku) => `The NetSuite item for SKU "${sku}" is inactive`,
    example: 'TEA-LAPSANG-100',
    cause: 'The item exists in NetSuite but is marked inactive, and NetSuite takes no orders for it.',
    fix: 'In NetSuite open Lists > Accounting > Items, tick "Show Inactives", and untick "Inactive" of the item; then look again. Or choose another item.',
    fixes: [refreshItems, { action: 'map_sku', label: 'Choose another item' }],
    avoid:
      'Take a product off sale in the shop first. Make its item inactive in NetSuite only when its last order has been posted.',
  },
  line_without_sku: {
    scope: 'order',
    title: (name) => `"${name}" has no SKU`,
    example: 'Gift wrapping',
    cause:
      'The product has no SKU in the shop, or was deleted there after it was sold, and no item has been chosen for such lines.',
    fix: 'Choose the NetSuite item that stands for all lines without a SKU. Or give the product a SKU in WooCommerce (Products > the product > Inventory) and read the order again.',
    fixes: [{ action: 'map_item_kind', label: 'Choose an item' }, importAgain],
    avoid:
      'Give every product, and every variation of it, a SKU before it goes on sale, and move sold-out products to drafts instead of deleting them.',
  },
  unmapped_item_kind: {
    scope: 'order',
    title: (kind) => `No NetSuite item is chosen for ${kind.replace('_', ' ')} lines`,
    example: 'fee',
    cause:
      'The order has a line that is not a product: a fee, a discount, a tip, a gift card, shipping or tax. In NetSuite such a line needs an item as well, and none has been chosen.',
    fix: 'Choose the item. If you have none for it, create one in NetSuite (Lists > Accounting > Items > New > Other Charge Item, For Sale), then choose it.',
    fixes: [{ action: 'map_item_kind', label: 'Choose an item' }],
    avoid:
      'Choose the items for all kinds at once, in waybill.yaml under mapping.items.byKind, before the first order needs one.',
  },
  unmapped_payment_method: {
    scope: 'order',
    title: (method) => `Payment method "${method}" is not mapped`,
    example: 'mobilepay',
    cause:
      'An order was paid in a way that Waybill has not met before, and it does not guess which NetSuite payment method that is.',
    fix: 'Choose the NetSuite payment method, or leave it out. All orders paid this way then go.',
    fixes: [{ action: 'map_payment', label: 'Choose the payment method' }],
    avoid:
      'When you switch on a new payment method in the shop, add it to mapping.payment.methods in waybill.yaml. To let unknown ones pass, set mapping.payment.otherwise to leave_out.',
  },
  unmapped_shipping_method: {
    scope: 'order',
    title: (method) => `Shipping method "${method}" is not mapped`,
    example: 'flat_rate:3',
    cause:
      'An order was shipped in a way that Waybill has not met before, and it does not guess which NetSuite shipping item that is.',
    fix: 'Choose the NetSuite shipping item. All orders shipped this way then go.',
    fixes: [{ action: 'map_shipping', label: 'Choose the shipping item' }],
    avoid:
      'When you add a shipping method or zone in the shop, add it to mapping.shipping.methods in waybill.yaml. One entry for the method alone (flat_rate) stands for all its zones.',
  },
  unmapped_tax: {
    scope: 'order',
    title: (rate) =>
      rate === 'none'
        ? 'No NetSuite tax code is chosen for lines without tax'
        : `Tax "${rate}" is not mapped`,
    example: 'DE:19',
    cause:
      'The order has a tax (country and percent are in the title) for which no NetSuite tax code has been chosen.',
    fix: 'Choose the tax code. All orders with this tax then go. If NetSuite has none, create it first (Setup > Accounting > Tax Codes).',
    fixes: [{ action: 'map_tax', label: 'Choose the tax code' }],
    avoid:
      'Before you sell to a new country, create its tax code in NetSuite and add it to mapping.tax.codes in waybill.yaml.',
  },
} as const satisfies Record<string, Entry>
