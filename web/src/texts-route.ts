import type { ItemKind } from '../../src/connectors/netsuite/mapping.ts'
import type { ConfigurationChange, RouteTrial, TriedOrder } from './api/types.ts'
import { filterTexts } from './texts-filters.ts'

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`
const orders = (n: number) => count(n, 'order', 'orders')

/** Every text of the page of a route. */
export const routeTexts = {
  title: (name: string) => `Route ${name}`,
  back: 'Connections',
  way: (from: string, to: string) => `Carries the orders of ${from} to ${to}.`,
  notFound: {
    title: 'There is no such route',
    text: 'It may have been stopped, or have another name by now.',
  },
  import: {
    title: 'Which orders are imported',
    statuses: 'Import orders with these statuses',
    statusHint:
      'Orders with any other status are held: they are listed with the reason, and nothing is sent.',
    recent: (n: number, of: number) =>
      of === 0 ? '' : `${n.toLocaleString('en')} of the last ${of.toLocaleString('en')}`,
    held: (n: number) =>
      n === 1 ? '1 held order would come in' : `${n.toLocaleString('en')} held orders would come in`,
    other: 'Another status',
    otherHint: 'A status of a plug-in, as the shop calls it',
    otherAdd: 'Add status',
    since: 'Placed from this day on',
    sinceHint: 'Older orders stay where they are. An earlier day has the shop read again from there.',
    every: 'Read new orders every',
  },
  units: { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' },
  unitOf: (label: string) => `${label}: unit`,
  posting: {
    title: 'Posting',
    automatic: 'Post orders to NetSuite by themselves',
    automaticHint: 'Without it, every order waits until a person posts it.',
    cancelled: 'When the shop cancels an order that is in NetSuite already',
    cancelledWays: {
      ask: 'Ask me',
      cancel: 'Close its sales order, unless something was shipped or billed',
      keep: 'Leave the sales order as it is',
    },
  },
  ageing: {
    title: 'Orders that stay in error',
    off: 'Wait for a person',
    on: 'Cancel after a while',
    label: 'What happens with them',
    after: 'Cancel after',
    warn: 'Warn me before that',
    warnHint: 'At least twice, such as: 3d, 1d. Left empty: three days and one day before.',
    outlook:
      'Cancelled orders can be taken up again. What it means for the orders in error now is said when you try it.',
  },
  methods: {
    word: 'In the shop',
    record: 'In NetSuite',
    orders: 'Seen',
    seen: (n: number) => (n === 0 ? '' : orders(n)),
    missing: 'Not mapped yet',
    choose: (word: string) => `${word} in NetSuite`,
    placeholder: 'Choose',
    unchosen: 'None chosen',
    remove: (word: string) => `Remove ${word}`,
    add: 'Add',
    otherwise: 'Any other',
    stop: 'Stop the order and ask me',
    leaveOut: 'Leave it out',
    record_: (id: string) => `Record ${id}`,
    byId: (id: string) => `Use the record with the id ${id}`,
    nothingFound: 'Nothing found. An id of NetSuite can be typed, too.',
    searching: 'Searching …',
    cannotAsk: 'NetSuite cannot be asked now; an id can be typed',
    none: 'No order has said any yet.',
  },
  payment: {
    title: 'Payment methods',
    hint: 'What NetSuite gets for each way to pay in the shop.',
    add: 'Another payment method, as the shop calls it',
    field: 'NetSuite field for the payment method',
    fieldHint:
      'paymentOption, or a field of your own (custbody…). Left empty: the payment method is not sent, and nothing stops for it.',
  },
  shipping: {
    title: 'Shipping methods',
    hint: 'Which shipping item of NetSuite stands for each way to ship.',
    add: 'Another shipping method, as the shop calls it',
  },
  tax: {
    title: 'Taxes',
    hint: 'Which tax code of NetSuite stands for each tax of the shop: by country and percent (DE:19), or by percent (19).',
    add: 'Another tax, such as DE:19',
    none: 'Lines without tax',
    shipping: 'Shipping, whatever the shop charged on it',
    mode: 'How the tax gets into the sales order',
    modeHint: 'Ask whoever keeps the books in NetSuite: it depends on how taxes are set up there.',
    modes: {
      taxCode: 'A tax code on every line; NetSuite computes the tax',
      suiteTaxOverride: 'SuiteTax, with the amounts of the shop',
      taxItemLine: 'One line with the tax of the shop',
    },
    item: 'The item of that line',
    type: 'Tax type of the tax codes',
    typeHint: 'Its internal id: Setup > Accounting > Tax Types.',
  },
  items: {
    skuField: 'NetSuite item field that holds the SKU',
    skuHint:
      'itemId is the name of the item; others are upcCode, externalId, mpn or a field of your own (custitem…).',
  },
  skus: {
    title: 'Products',
    hint: 'Items are found by their SKU. Below are those that are called otherwise in NetSuite.',
    add: 'Another SKU of the shop',
  },
  otherLines: {
    title: 'What is no product',
    hint: 'Which item of NetSuite carries each. What is left empty stops the orders that need it.',
    kinds: {
      withoutSku: 'Products without SKU',
      shipping: 'Shipping costs without a shipping item',
      fee: 'Fees',
      discount: 'Discounts',
      tip: 'Tips (else as fees)',
      gift_card: 'Gift cards',
      custom: 'Anything else (else as products without SKU)',
      rounding: 'Differences by rounding',
    } satisfies Record<ItemKind, string>,
    roundingUpTo: 'Round at most by',
    roundingHint: 'Where an item is chosen for it; a larger difference stops the order.',
  },
  customers: {
    title: 'Customers',
    match: 'Find customers by',
    matches: {
      'externalId,email': "Waybill's own id, then the e-mail address",
      'email,externalId': "The e-mail address, then Waybill's own id",
      externalId: "Waybill's own id alone",
      email: 'The e-mail address alone',
    } as Record<string, string>,
    create: 'Create customers that are not found',
    fallback: 'Customer for orders that name none',
    subsidiary: 'Subsidiary of customers that are created',
  },
  defaults: {
    title: 'What every sales order gets',
    hint: 'Whatever the shop says. What is left empty is as NetSuite has it.',
    records: {
      subsidiary: 'Subsidiary',
      location: 'Location',
      department: 'Department',
      class: 'Class',
    },
    priceLevel: 'Price level of lines',
    customPrice: 'Custom: the price of the shop',
    customForm: 'Form',
    customFormHint: 'Its internal id: Customization > Forms > Transaction Forms.',
    orderStatus: 'Status',
    orderStatusHint: 'Pending approval: nothing ships before a person looks.',
    orderStatuses: {
      A: 'Pending approval',
      B: 'Pending fulfilment',
    },
    states: 'States and provinces in addresses',
    statesHint: 'NetSuite has the codes of the shops for these three countries.',
    statesWays: {
      known: 'Send those of US, CA and AU',
      all: 'Send all',
      none: 'Send none',
    },
    memo: 'Memo',
    memoHint:
      'Text with values in braces: {order.number}, {billing.phone} … {refunds}, {coupons} and {note} add what there is of them.',
  },
  fields: {
    title: 'Custom fields',
    hint: 'What stands in fields of your own on the sales order.',
    field: 'Field',
    source: 'Gets its value from',
    wayOf: (field: string) => `How ${field} gets its value`,
    sourceOf: (field: string) => `${field} gets its value from`,
    valueOf: (field: string) => `What ${field} always has`,
    ways: {
      order: 'A value of the order',
      text: 'Always the same text',
      record: 'Always the same list entry',
      yes: 'Always yes',
      no: 'Always no',
    },
    placeholders: { text: 'Text', record: 'Its internal id' },
    example: (value: string) => `Such as: ${value}`,
    empty: 'Where an order has none',
    emptyWays: {
      leave_out: 'Leave the field out',
      stop: 'Stop the order and ask me',
      value: 'Use this instead',
    },
    instead: 'Instead',
    add: 'Another field (custbody…)',
    remove: (field: string) => `Remove ${field}`,
    none: 'No custom field is filled.',
  },
  rest: {
    title: 'The rest of the mapping',
    text: 'This stays as it is when you save. It is changed in waybill.yaml, with: waybill apply',
    label: 'The rest of the mapping as YAML',
  },
  save: {
    title: 'Try it, then save',
    untouched: 'Nothing has been changed.',
    hint: 'Trying shows what the last 100 orders would do by these settings. Nothing is stored or sent.',
    try: 'Try it',
    trying: 'Looking at the last 100 orders …',
    save: 'Save',
    discard: 'Discard changes',
    saved: 'Saved.',
    savedAndPosted: (n: number) => `Saved. ${orders(n)} ${n === 1 ? 'is' : 'are'} posted again.`,
    postFailed: 'Saved, but the stopped orders could not be posted again',
    mistakes: 'This cannot be saved yet',
    failed: 'That did not work',
    changedMeanwhile: 'Somebody has changed this route meanwhile',
    changedFix: 'Load it anew, and make your changes again.',
    reload: 'Load it anew',
    leave: 'What you have changed here is not saved. Leave the page all the same?',
  },
  trial: {
    label: 'What the last orders would do',
    of: (n: number) => `Of the last ${orders(n)}:`,
    nothing: 'The shop has brought no orders yet, so there is nothing to try it on.',
    counts: {
      as_before: 'as before',
      would_post: 'would now post',
      would_stop: 'would stop',
      stops_otherwise: 'would stop for another reason',
      would_be_held: 'would be held',
      no_longer_held: 'would no longer be held',
    } satisfies Record<keyof RouteTrial['counts'], string>,
    notJudged: (n: number, why: string) => `${orders(n)} could not be judged: ${why}.`,
    heldHint: 'What has come in already stays. New orders like these would be held.',
    heldBy: filterTexts.heldBy,
    stopHint: 'Orders that are posted stay posted. New orders like these would stop.',
    old: 'You have changed something since. Try it again.',
    changes: (n: number) => `What saving changes: ${count(n, 'setting', 'settings')}`,
    reason: ({ outcome, rule, problems: [problem] }: TriedOrder) =>
      outcome === 'would_be_held'
        ? rule
        : outcome === 'would_post'
          ? `Stopped until now: ${problem?.title ?? ''}`
          : outcome === 'no_longer_held'
            ? problem === undefined
              ? 'Held until now; nothing else stands against it.'
              : `Held until now, and would stop: ${problem.title}`
            : (problem?.title ?? null),
    more: (n: number) => `and ${n.toLocaleString('en')} more`,
    postAgain: 'Also post again what is stopped and would now post',
  },
  history: {
    title: 'Who changed what',
    none: 'Nothing has been changed yet.',
    older: 'Show older changes',
    who: (actor: string, action: ConfigurationChange['action'], way: ConfigurationChange['way']) =>
      [
        actor === 'person' ? 'A person' : actor === 'waybill' ? 'Waybill' : actor,
        { created: ' made the route', changed: '', removed: ' stopped the route' }[action],
        way === null
          ? ''
          : { page: ', on this page', api: ', by the API', file: ', with waybill apply' }[way],
      ].join(''),
    field: (field: string) => fieldWords[field] ?? filterTexts.setting(field) ?? field,
    value: (value: string | null) => (value === null ? 'nothing' : (valueWords[value] ?? value)),
  },
}

/** Values as a person would say them. */
const valueWords: Record<string, string> = { false: 'off', true: 'on', '': 'nothing' }

/** Settings by the words of the form. */
const fieldWords: Record<string, string> = {
  'import.statuses': 'Statuses',
  'import.since': 'Placed from',
  'import.every': 'Read new orders every',
  'post.automatic': 'Post by themselves',
  autoCancel: 'Cancel after a while',
  'autoCancel.after': 'Cancel after',
  'autoCancel.warn': 'Warn before that',
  cancelledAfterPosting: 'When the shop cancels',
}
