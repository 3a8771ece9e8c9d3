import { cancel, type Entry, openInBackend, post } from './entry.ts'

/** NetSuite does not take the order as it is, or made something else of it. */
export const records = {
  currency_not_in_backend: {
    scope: 'order',
    title: (currency) => `NetSuite has no currency ${currency} for this order`,
    example: 'SEK',
    cause:
      'The currency of the order is not set up in your NetSuite account, is inactive there, or is not among the currencies of this customer. The details say which.',
    fix: 'Add the currency in NetSuite (Lists > Accounting > Currencies), or to the customer (Financial tab, Currencies), then post again.',
    fixes: [post],
    avoid:
      'Add a currency in NetSuite before the shop sells in it. New customers get the currency of their order; customers who were there before need it added.',
    said: { netsuite: ['Invalid currency reference key 5 for entity 33676.'] },
  },
  period_closed: {
    scope: 'order',
    title: () => "The order's day is in a closed accounting period",
    example: '',
    cause:
      'NetSuite refuses the date of the order: the accounting period of that day is closed or locked, or there is none for it yet.',
    fix: 'Ask your accountant to open the period (Setup > Accounting > Manage Accounting Periods), then post again, and close it after that.',
    fixes: [post],
    avoid:
      'Close a period only when Waybill shows no open problem for its days. Set up the periods of the next year before it begins.',
    said: {
      netsuite: [
        'The accounting period for this transaction is closed.',
        'The transaction date you specified is not within the date range of your accounting period.',
      ],
    },
  },
  inventory_detail_required: {
    scope: 'order',
    title: () => 'NetSuite wants serial, lot or bin numbers',
    example: '',
    cause:
      'A product of this order is tracked by serial number, lot or bin, and your account wants the numbers when the order is entered. The shop does not know them.',
    fix: 'Ask your NetSuite administrator to let NetSuite assign the numbers by itself, or to ask for them at fulfilment only; then post again.',
    fixes: [post],
    avoid: 'Settle this in NetSuite before you sell products that are tracked in this way.',
    said: {
      netsuite: [
        'Please configure the inventory detail for this line.',
        'You must enter at least one serial/lot number for this item.',
      ],
    },
  },
  missing_field: {
    scope: 'order',
    title: (field) => `NetSuite wants a value for "${field}"`,
    example: 'Delivery Phone',
    cause:
      'The form that NetSuite uses for these orders makes this field mandatory, or the route says that orders without it stop; and this order has no value for it: nothing fills the field, or what fills it is empty here.',
    fix: 'Make the field optional on the form in NetSuite (Customization > Forms > Transaction Forms > Edit > Screen Fields), or fill it: on the page of the route under custom fields, or in waybill.yaml under mapping; then post again.',
    fixes: [post],
    avoid:
      'Give the orders of your shops a form of their own in NetSuite (mapping.defaults.customForm) on which only what the shop knows is mandatory. Where the value should come from the customer, make its field mandatory at the checkout.',
    said: { netsuite: ['Please enter value(s) for: Delivery Phone.'] },
  },
  field_not_settable: {
    scope: 'order',
    title: (field) => `NetSuite does not take a value for "${field}"`,
    example: 'custbody_channel',
    cause:
      'Waybill fills this field because the route says so, and NetSuite does not allow it: the field is hidden or locked on the form, has another name, its feature is switched off, or the role may not write it.',
    fix: 'Show the field on the form in NetSuite (Customization > Forms > Transaction Forms > Edit > Screen Fields: Show, display type Normal), or take it out of the mapping in waybill.yaml; then post again.',
    fixes: [post],
    avoid:
      'After changing a form in NetSuite, post one order by hand and look at it before the others follow.',
    said: {
      netsuite: [
        'You do not have permissions to set a value for element custbody_channel due to one of the following reasons: 1) The field is read-only; 2) An associated feature is disabled.',
      ],
    },
  },
  field_too_long: {
    scope: 'order',
    title: (field) => `The value for "${field}" is too long for NetSuite`,
    example: 'Shipping address line 1',
    cause:
      'NetSuite limits how long this field may be, and cutting it could send the parcel to the wrong place. So Waybill stops and asks.',
    fix: 'Shorten it in the order in WooCommerce (or move a part into the next address line), press "Update", then read the order again here.',
    fixes: [{ action: 'import_again', label: 'Read it from the shop again' }],
    avoid:
      'Limit the length of the address fields at the checkout of the shop; plug-ins for checkout fields do that.',
    said: {
      netsuite: ['The field addressee contained more than the maximum number ( 83 ) of characters allowed.'],
    },
  },
  invalid_reference: {
    scope: 'order',
    title: (subject) => `NetSuite does not know ${subject}`,
    example: 'location 443 in subsidiary 1',
    cause:
      'The order refers to this record of NetSuite, and NetSuite does not accept it there: it was deleted, made inactive or merged, or it belongs to another subsidiary than the order.',
    fix: 'Open the record in NetSuite: make it active, or add the subsidiary of the order to it. Or name another record in waybill.yaml under mapping, and apply it. Then post again.',
    fixes: [post],
    avoid:
      'Before you delete or deactivate an item, a location, a tax code, a shipping item or a customer in NetSuite, look whether waybill.yaml names it: waybill export shows the file.',
    said: {
      netsuite: [
        'Invalid entity reference key 35007.',
        'Invalid item reference key 1009 for subsidiary 1.',
        'Invalid shipmethod reference key 4115 for entity 33676.',
        'Invalid location reference key 443 for subsidiary 1.',
      ],
    },
  },
  total_would_differ: {
    scope: 'order',
    title: () => 'NetSuite would come to another total',
    example: '',
    cause:
      'With the tax rates and the rounding of NetSuite this order would not have the total that the customer paid, so it was not sent. Both sums are shown; where a tax code has another rate than the shop charged, it is named.',
    fix: 'Choose the tax code with the rate that the shop charged, or correct its rate in NetSuite (Setup > Accounting > Tax Codes). Then post again.',
    fixes: [{ action: 'map_tax', label: 'Choose the tax code' }, post],
    avoid:
      'When a country changes its tax rate, change it in the shop and in NetSuite on the same day. For differences of a cent, choose an item for rounding in waybill.yaml (mapping.items.byKind.rounding).',
    meanwhile: 'Nothing of this order is in NetSuite yet. It waits, and all other orders go on.',
  },
  total_differs: {
    scope: 'order',
    title: () => "NetSuite's total differs from the shop's",
    example: '',
    cause:
      'The order is in NetSuite, but NetSuite came to another total than the customer paid: a tax code, a price level, a script or a workflow there has changed an amount. Both sums are shown.',
    fix: 'Open the sales order in NetSuite, correct the amount that differs, then press "Check again". Or accept the difference.',
    fixes: [
      { action: 'check_again', label: 'Check again' },
      { action: 'accept_total', label: 'Accept the difference' },
      openInBackend,
    ],
    avoid:
      'Look at the lines and at the taxes of one such order in NetSuite; the first amount that is not that of the shop shows what changed it. Often it is a script that sets prices, or a customer marked as not taxable.',
    meanwhile:
      'The sales order stays in NetSuite as it is, linked here. It is never sent a second time, and never removed. If your orders begin as "Pending Approval", the warehouse does not ship it before somebody approves it.',
  },
  locked_by_workflow: {
    scope: 'order',
    title: () => 'A NetSuite workflow has locked the record',
    example: '',
    cause: 'A workflow in your NetSuite account keeps this record from being written.',
    fix: 'Ask your NetSuite administrator to let the role of Waybill pass that workflow (Customization > Workflow > Workflows), then post again.',
    fixes: [post],
    avoid: 'Leave the role of Waybill out of the conditions of workflows that lock records.',
    said: { netsuite: ['This record has been locked by a user defined workflow.'] },
  },
  permission_missing_for_record: {
    scope: 'order',
    title: (subject) => `The NetSuite role may not write ${subject}`,
    example: 'sales orders',
    cause: 'The role that Waybill signs in with lacks a permission that this order needs.',
    fix: 'Add the permission to the role in NetSuite (Setup > Users/Roles > Manage Roles > Edit > Permissions), then post again.',
    fixes: [post],
    avoid: 'Do not take permissions from the role of Waybill; "waybill check" names what is missing.',
    said: {
      netsuite: [
        "Permission Violation: You need a higher level of the 'Lists -> Customers' permission to access this page. Please contact your account administrator.",
      ],
    },
  },
  external_id_taken: {
    scope: 'order',
    title: () => 'NetSuite says this order is there already, but does not show it',
    example: '',
    cause:
      'A record with the id that Waybill gives to this order exists in NetSuite, and Waybill may not see it: it is of another type, or in a subsidiary that the role of Waybill cannot see.',
    fix: 'As administrator, search NetSuite for the external id that the order shows here. If it is this order, let the role see its subsidiary; if not, change the id of that record. Then post again.',
    fixes: [post],
    avoid:
      'Let the role of Waybill see every subsidiary to which its orders go, and let no other program write external ids that begin with "wb_".',
    said: { netsuite: ['This entity already exists.'] },
  },
  rejected: {
    scope: 'order',
    title: () => 'NetSuite refused the order',
    example: '',
    cause:
      'NetSuite gave the reason that is shown word for word. Waybill does not know this one; it often comes from a script or workflow of your own account.',
    fix: 'Mend what NetSuite names, then post again. If the text says nothing to you, show it to your NetSuite administrator.',
    fixes: [post, cancel],
    avoid:
      'If the reason comes from a script of your account, ask for an exception for the role of Waybill, or for a text that says what to do.',
  },
  record_missing: {
    scope: 'order',
    title: () => 'The order is not in NetSuite any more',
    example: '',
    cause:
      'The order was posted, and its sales order has been deleted in NetSuite since, or the role of Waybill may not see it any more.',
    fix: 'If it was deleted by mistake, post it again: a new sales order is made. If it was deleted on purpose, let it be; if the role may not see it, let it see it, then check again.',
    fixes: [
      { action: 'post_anew', label: 'Post it again as a new record' },
      { action: 'let_be', label: 'Let it be' },
      { action: 'check_again', label: 'Check again' },
    ],
    avoid: 'Close sales orders that nobody wants any more in NetSuite instead of deleting them.',
    meanwhile:
      'Nothing is sent for this order: Waybill never makes a second record by itself. All other orders go on.',
  },
  gave_up_retrying: {
    scope: 'order',
    title: () => 'Sending the order failed again and again',
    example: '',
    cause:
      'NetSuite answered every attempt with something that cannot be understood, or not at all, for this order alone. The last answer is kept with the order.',
    fix: 'Look at the last attempt of the order: it has what was sent and what came back. Post again when its cause is gone.',
    fixes: [post, cancel],
    avoid: 'If it comes again, report it with the answer that is kept: Waybill should know it.',
  },
  program_fault: {
    scope: 'order',
    title: () => 'Waybill itself failed at this order',
    example: '',
    cause: 'This is a fault in Waybill. Neither the order nor your settings are wrong.',
    fix: 'Post again; if it stays, update Waybill, and report the message that is shown.',
    fixes: [post, cancel],
    avoid: 'Nothing that you do causes it.',
  },
} as const satisfies Record<string, Entry>
