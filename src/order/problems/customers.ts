import { type Entry, post } from './entry.ts'

/** NetSuite has no customer, or not the right one, for the order. */
export const customers = {
  ambiguous_customer: {
    scope: 'order',
    title: (email) => `Several NetSuite customers have the e-mail ${email}`,
    example: 'jo@example.com',
    cause:
      'More than one active customer in NetSuite has this e-mail address, so Waybill cannot tell who bought.',
    fix: 'In NetSuite merge them (Lists > Mass Update > Mass Duplicate Record Merge), or mark all but one inactive; then post again.',
    fixes: [post],
    avoid:
      'Look for the e-mail address before creating a customer by hand, and switch on duplicate detection in NetSuite (Setup > Company > Duplicate Detection).',
  },
  customer_other_subsidiary: {
    scope: 'order',
    title: (customer) => `Customer ${customer} belongs to another subsidiary`,
    example: 'Acme Ltd',
    cause:
      'The customer exists in NetSuite, but not in the subsidiary to which this shop sells. NetSuite takes an order only for a customer of its own subsidiary.',
    fix: 'Open the customer in NetSuite (Lists > Relationships > Customers), add the subsidiary on the Subsidiaries tab, save, then post again.',
    fixes: [post],
    avoid:
      'Create customers in the subsidiary of the shop they buy from. If you have several subsidiaries, switch on Multi-Subsidiary Customer in NetSuite (Setup > Company > Enable Features).',
    said: { netsuite: ["Invalid entity reference key '35007' for subsidiary 2."] },
  },
  customer_inactive: {
    scope: 'order',
    title: (customer) => `Customer ${customer} is inactive in NetSuite`,
    example: 'Acme Ltd',
    cause: 'The customer exists in NetSuite but is marked inactive, and NetSuite takes no orders for it.',
    fix: 'In NetSuite open Lists > Relationships > Customers, tick "Show Inactives", untick "Inactive" of the customer, then post again.',
    fixes: [post],
    avoid:
      'To stop selling to somebody, block the account in the shop as well. After merging customers in NetSuite, keep the one that still buys.',
  },
  customer_not_found: {
    scope: 'order',
    title: (customer) => `NetSuite has no customer for ${customer}`,
    example: 'jo@example.com',
    cause:
      'No customer in NetSuite has this e-mail address, and the route says that Waybill must not create customers.',
    fix: 'Create the customer in NetSuite with this e-mail address (Lists > Relationships > Customers > New), then post again.',
    fixes: [post],
    avoid:
      'Let Waybill create customers (mapping.customers.create: true in waybill.yaml), or name one customer for all such orders (mapping.customers.fallback).',
  },
  customer_id_taken: {
    scope: 'order',
    title: () => 'Another NetSuite customer has this name already',
    example: '',
    cause:
      'NetSuite takes each customer name once. Waybill tried this one, and the name with the order number behind it, and both belong to other customers.',
    fix: 'In NetSuite switch on automatic numbers for customers (Setup > Company > Auto-Generated Numbers, Entities), then post again. Or rename the other customer.',
    fixes: [post],
    avoid:
      'With automatic numbers, two customers may have one name. Without them, every namesake is a problem, for people as well as for programs.',
    said: {
      netsuite: [
        'A customer record with this ID already exists. You must enter a unique customer ID for each record you create.',
      ],
    },
  },
  customer_overloaded: {
    scope: 'order',
    title: () => 'The NetSuite customer holds too much',
    example: '',
    cause:
      'All orders have been put on one customer, and so many addresses or transactions have gathered there that NetSuite takes no more.',
    fix: 'Let Waybill create a customer for each buyer (mapping.customers.create: true in waybill.yaml), or name a fresh fallback customer; apply it, then post again.',
    fixes: [post],
    avoid: 'Use a fallback customer only for orders that really name nobody.',
  },
} as const satisfies Record<string, Entry>
