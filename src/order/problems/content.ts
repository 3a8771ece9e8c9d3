import { cancel, type Entry, importAgain, openInChannel } from './entry.ts'

/** What came from the shop cannot be carried as it is. */
export const content = {
  unreadable_order: {
    scope: 'order',
    title: () => 'The shop sent an order that cannot be read',
    example: '',
    cause:
      'Something that every order needs is missing, or has a form that makes no sense; the details name the place. A plug-in in the shop is nearly always at fault.',
    fix: 'Open the order in WooCommerce, correct what the details name, press "Update", then read it again here.',
    fixes: [importAgain, openInChannel],
    avoid:
      'Find the plug-in that writes this part of the order (the place in the details often carries its name) and update it. If many orders have this problem, switch off the plug-in that was changed last.',
    meanwhile:
      'The order is kept exactly as the shop sent it. It is read again by itself when the shop changes it, and it is never cancelled for its age. All other orders go on.',
  },
  totals_do_not_add_up: {
    scope: 'order',
    title: () => "The order's lines do not add up to its total",
    example: '',
    cause:
      'Products, discounts, shipping, fees and taxes of this order give another sum than the total that the shop states. Somebody or a plug-in changed one without the other.',
    fix: 'Open the order in WooCommerce, set it to "Pending payment", press "Recalculate", set the status back and update it; then read it again here.',
    fixes: [importAgain, openInChannel],
    avoid:
      'After changing an order by hand in WooCommerce, always press "Recalculate" before "Update". If orders arrive like this by themselves, look for a plug-in for discounts, fees or currencies, and update it. Changing a status may send the customer a mail: switch it off for that moment under WooCommerce > Settings > Emails.',
  },
  no_lines: {
    scope: 'order',
    title: () => 'The order has nothing in it to post',
    example: '',
    cause:
      'NetSuite takes an order only with at least one line that has a quantity. This one has none, or every line has the quantity 0.',
    fix: 'Add the product to the order in WooCommerce and read it again; or, if there is nothing to deliver, cancel it here.',
    fixes: [importAgain, cancel, openInChannel],
    avoid:
      'Instead of setting every quantity to 0, set the order to "Cancelled" in WooCommerce: Waybill then leaves it out by itself.',
    said: { netsuite: ['You must have at least one valid line item for this transaction.'] },
  },
  line_without_quantity: {
    scope: 'order',
    title: (name) => `"${name}" has an amount but no quantity`,
    example: 'Blue mug',
    cause: 'The line was edited in the shop: its quantity is 0, and yet it costs something.',
    fix: 'Correct the line in WooCommerce (quantity 1, or amount 0), press "Update", then read the order again here.',
    fixes: [importAgain, openInChannel],
    avoid: 'To take a product out of an order, delete its line in WooCommerce, and press "Recalculate".',
  },
  customer_not_identified: {
    scope: 'order',
    title: () => 'The order names no customer',
    example: '',
    cause:
      'The order has no name, no company and no e-mail address, so that Waybill cannot tell in whose name NetSuite should keep it.',
    fix: 'Enter a name or an e-mail address in the order in WooCommerce, press "Update", then read it again here.',
    fixes: [importAgain, openInChannel],
    avoid:
      'If you sell without taking names (at a counter, say), create one NetSuite customer for such sales and name it in waybill.yaml as mapping.customers.fallback.',
  },
} as const satisfies Record<string, Entry>
