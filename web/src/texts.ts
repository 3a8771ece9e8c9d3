import type { OrderAction, Status } from './api/types.ts'

const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many)
const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${plural(n, one, many)}`

/**
 * Every text of the page. A translation is another object of this type; what the server says (problems, verdicts,
 * labels of statuses) comes in the server's words.
 */
export const texts = {
  language: 'en',
  title: (page: string) => `${page} · Waybill`,

  shell: {
    skip: 'Skip to the content',
    home: 'Waybill, to the orders',
    nav: 'Pages',
    orders: 'Orders',
    problems: 'Problems',
    connections: 'Connections',
    problemCount: (n: number) => count(n, 'open problem', 'open problems'),
    live: {
      live: 'Live: changes show by themselves',
      waiting: 'Not live: connecting again',
    },
  },

  scheme: {
    auto: 'Colours: as the system. Change to light',
    light: 'Colours: light. Change to dark',
    dark: 'Colours: dark. Change to the system’s',
  },

  banner: {
    offline: {
      title: 'Waybill does not answer.',
      text: 'What you see may be old. The page goes on by itself when the server is back.',
    },
    signed_out: {
      title: 'Your session has ended.',
      text: 'Open the link that Waybill prints at start, or make a new one with',
    },
    command: 'waybill link',
    retry: 'Try again',
  },

  time: {
    today: 'Today',
    yesterday: 'Yesterday',
    dayAt: (day: string, time: string) => `${day}, ${time}`,
    yours: (time: string, zone: string) => `${time} where you are (${zone})`,
    shops: (time: string, zone: string) => `${time} at the shop (${zone})`,
    utc: (time: string) => `${time} UTC`,
    never: 'Never',
  },

  statusShort: {
    import_error: 'Error importing',
    held: 'Held',
    imported: 'Posting off',
    scheduled: 'Scheduled',
    posting: 'Posting',
    verifying: 'Checking',
    post_error: 'Error posting',
    posted: 'Waiting for shipment',
    partially_shipped: 'Partially shipped',
    shipment_error: 'Shipment error',
    complete: 'Complete',
    cancelled: 'Cancelled',
  } satisfies Record<Status, string>,

  actions: {
    post: 'Post to NetSuite',
    post_again: 'Post again',
    uncancelAndPost: 'Uncancel and post',
    fix: 'Fix',
    cancel: 'Cancel',
    uncancel: 'Uncancel',
    import_again: 'Read again',
    import_anyway: 'Import anyway',
    check_again: 'Check NetSuite again',
    accept_total: 'Accept the difference',
    resend_shipment: 'Send again',
    fixOrder: (number: string) => `Fix order ${number}`,
    copied: (what: string) => `${what} copied`,
    copyId: 'Copy the order’s id',
    openInBackend: 'Open in NetSuite',
    openInShop: 'Open in the shop',
    explain: 'Explain: why is it here?',
    more: (number: string) => `More for order ${number}`,
    undo: 'Undo',
    close: 'Close',
    failed: (number: string) => `Order ${number}: that did not work`,
    done: {
      post: (number: string) => `Order ${number} is on its way to NetSuite`,
      cancel: (number: string) => `Order ${number} is cancelled`,
      uncancel: (number: string) => `Order ${number} is back where it was`,
      import_again: (number: string) => `Order ${number} is being read from the shop`,
      import_anyway: (number: string) => `Order ${number} is let in`,
      check_again: (number: string) => `Order ${number} is being looked up in NetSuite`,
      accept_total: (number: string) => `Order ${number}: the difference is accepted`,
      resend_shipment: (number: string) => `Order ${number}: the shipment goes to the shop again`,
    } satisfies Record<OrderAction, (number: string) => string>,
  },

  orders: {
    title: 'Orders',
    search: 'Search orders',
    searchPlaceholder: 'Number, customer, e-mail, SKU, record …',
    all: 'All',
    statusFilter: 'Filter by status',
    clearSearch: 'Clear the search',
    anyConnection: 'All shops',
    connectionFilter: 'Filter by shop',
    anyProblem: 'Any problem',
    problemFilter: 'Filter by problem',
    clear: 'Clear all filters',
    columns: {
      select: 'Select',
      number: 'Order',
      connection: 'Shop',
      placed: 'Placed',
      customer: 'Customer',
      total: 'Total',
      status: 'Status',
      next: 'Reason or next step',
      record: 'NetSuite',
      action: 'Action',
    },
    selectAll: 'Select all orders shown',
    select: (number: string) => `Select order ${number}`,
    unreadable: 'Cannot be read',
    cancelsOn: (when: string) => `Cancelled by itself ${when} unless fixed`,
    next: {
      now: 'Goes now',
      at: (when: string) => `Goes ${when}`,
      verifying: 'The answer was lost; looking whether it arrived',
      others: (n: number) => `and ${n.toLocaleString('en')} more`,
    },
    shown: (n: number) => count(n, 'order shown', 'orders shown'),
    more: 'Show more',
    keys: { search: ['/', 'search'], move: ['↑↓', 'move'], open: ['↵', 'open'], post: ['p', 'post'] },
    empty: {
      none: {
        title: 'No orders yet',
        text: 'They appear here by themselves as soon as a shop has one. Is a shop connected, and healthy?',
        action: 'Look at the connections',
      },
      filtered: {
        title: 'No order matches',
        text: 'Waybill has no such order. If the shop has it, ask why it is not here.',
        ask: (search: string) => `Why is “${search}” not here?`,
      },
    },
    bulk: {
      label: 'Selected orders',
      failed: 'That did not work',
      selected: (n: number) => count(n, 'order selected', 'orders selected'),
      post: 'Post',
      cancel: 'Cancel',
      uncancel: 'Uncancel',
      clear: 'Clear selection',
      result: (done: number, refused: number) =>
        refused === 0
          ? `${count(done, 'order', 'orders')} done`
          : `${count(done, 'order', 'orders')} done, ${refused.toLocaleString('en')} refused`,
    },
  },

  order: {
    back: 'Orders',
    title: (number: string) => `Order ${number}`,
    placed: 'Placed',
    customer: 'Customer',
    shop: 'Shop',
    total: 'Total',
    record: 'NetSuite record',
    noRecord: 'Not in NetSuite yet',
    stations: {
      label: 'Where the order is',
      shop: 'Shop',
      waybill: 'Waybill',
      backend: 'NetSuite',
      shipped: 'Shipped',
      state: {
        done: 'done',
        here: 'here now',
        stopped: 'stopped here',
        ahead: 'still ahead',
        off: 'not any more',
      },
    },
    problem: {
      cause: 'Why',
      fix: 'What to do',
      vendor: 'The answer, word for word',
      others: (n: number) => `${count(n, 'order has', 'orders have')} this problem`,
    },
    waybill: 'Waybill',
    waybillHint: 'Everything that happened to this order, newest first',
    attempts: {
      request: 'Sent',
      answer: 'Came back',
      noAnswer: 'No answer came back',
      empty: 'No body',
      show: (n: number) => `Show what was sent and what came back (${count(n, 'call', 'calls')})`,
      headers: 'Headers',
      unknown: 'outcome not known',
      kind: {
        post: 'Sent to NetSuite',
        verify: 'Looked it up in NetSuite',
        ship: 'Sent the shipment to the shop',
        check: 'Checked the total in NetSuite',
      } as Record<string, string>,
      outcome: {
        posted: 'it is there',
        found: 'it was there already',
        ok: 'done',
        sent: 'the shop has it',
        stopped: 'stopped',
        not_found: 'it is not there',
        not_sent: 'not sent',
        unknown: 'the answer was lost',
      } as Record<string, string>,
    },
    byPerson: 'by a person',
    lines: {
      title: 'Lines',
      item: 'Item',
      sku: 'SKU',
      quantity: 'Qty',
      price: 'Price',
      discount: 'Discount',
      tax: 'Tax',
      net: 'Net',
      noSku: 'no SKU',
      kinds: {
        product: 'Product',
        shipping: 'Shipping',
        fee: 'Fee',
        discount: 'Discount',
        tip: 'Tip',
        gift_card: 'Gift card',
        custom: 'Custom line',
      },
    },
    totals: {
      lines: 'Items',
      discounts: 'Discounts',
      shipping: 'Shipping',
      fees: 'Fees',
      tax: 'Tax',
      total: 'Total',
      agrees: 'In NetSuite, the same',
      differs: 'In NetSuite',
      paidIn: (it: { paid: string; currency: string; shopCurrency: string; rate: string | null }) =>
        `The customer saw and paid ${it.paid}; the shop's own currency is ${it.shopCurrency}${it.rate === null ? '' : ` (1 ${it.shopCurrency} = ${it.rate} ${it.currency})`}`,
      refunded: 'Refunded',
    },
    people: {
      title: 'Customer',
      billing: 'Billing address',
      shipping: 'Ships to',
      same: 'The same',
      payment: 'Payment',
      note: 'Customer’s note',
      none: 'None given',
    },
    shipments: {
      title: 'Shipments',
      none: 'Nothing has shipped yet.',
      tracking: 'Tracking',
      noCarrier: 'Carrier not named',
      noTracking: 'no tracking number',
      status: {
        pending: 'Waiting to be reported to the shop',
        sending: 'Being reported to the shop',
        sent: 'Reported to the shop',
        error: 'The shop refused it',
      },
    },
    facts: {
      title: 'Ids',
      waybillId: 'Waybill id',
      channelOrderId: 'Shop’s id',
      externalId: 'External id',
      recordId: 'NetSuite id',
      channelStatus: 'Status in the shop',
      firstSeen: 'First seen',
    },
    raw: 'What the shop sent',
    rawShow: 'Show it',
    changedAfterPosting: (day: string) =>
      `Changed in the shop after it was posted (${day}): NetSuite has the version before`,
    cancelRequested: (day: string) =>
      `The shop cancelled it after it was posted (${day}): cancel it in NetSuite too`,
    rawHint: 'The order as it came, kept unchanged',
    copy: 'Copy',
    copied: 'Copied',
    notFound: {
      title: 'There is no such order here',
      text: 'The link may be old, or the order belongs to another Waybill. Ask by its number in the Why box above.',
      action: 'To the orders',
    },
  },

  fix: {
    choose: {
      map_sku: (subject: string) => `Which NetSuite item is “${subject}”?`,
      map_payment: (subject: string) => `Which NetSuite payment method is “${subject}”?`,
      map_shipping: (subject: string) => `Which NetSuite shipping item is “${subject}”?`,
      map_tax: (subject: string) => `Which NetSuite tax code is “${subject}”?`,
      map_item_kind: (subject: string) =>
        `Which NetSuite item stands for ${subject.replaceAll('_', ' ')} lines?`,
    },
    placeholder: 'Type to search in NetSuite',
    nothingFound: 'NetSuite has nothing like that',
    searching: 'Asking NetSuite …',
    cannotAsk: 'NetSuite cannot be asked now',
    save: 'Save',
    saveAndPost: (n: number) =>
      n <= 1
        ? 'Save and post this order'
        : `Save and post all ${n.toLocaleString('en')} orders with this problem`,
    postAll: (n: number) => (n === 1 ? 'Post this order' : `Post all ${n.toLocaleString('en')}`),
    done: (n: number) =>
      n === 1 ? 'Saved. 1 order is on its way' : `Saved. ${n.toLocaleString('en')} orders are on their way`,
    posted: (n: number) => `${count(n, 'order is', 'orders are')} on the way to NetSuite`,
  },

  problems: {
    title: 'Problems',
    hint: 'One cause, one fix, all of its orders.',
    orders: (n: number) => count(n, 'order', 'orders'),
    since: (when: string) => `oldest ${when}`,
    show: (n: number) => `Show the ${count(n, 'order', 'orders')}`,
    forAll: (label: string, n: number) => (n === 1 ? label : `${label} (all ${n.toLocaleString('en')})`),
    empty: { title: 'No problems', text: 'Every order is on its way, or where it should be.' },
  },

  why: {
    box: 'Why is an order not in NetSuite?',
    label: 'Why?',
    placeholder: 'Order number',
    ask: 'Ask why',
    title: 'Why?',
    asking: 'Looking …',
    checks: 'What was checked',
    outcome: { ok: 'fine', fail: 'this is it', skipped: 'not checked' },
    fixes: 'What to do',
    orders: 'The order',
    candidates: 'Which one do you mean?',
    failed: 'The question could not be answered',
  },

  connections: {
    title: 'Connections',
    health: {
      new: 'Not used yet',
      healthy: 'Healthy',
      failing: 'Having trouble',
      down: 'Down',
      needs_reauthorisation: 'Needs new credentials',
    },
    paused: 'Paused',
    role: { channel: 'Shop', backend: 'Backend' },
    since: 'since',
    lastSuccess: 'Last answered',
    lastRead: 'Last read to the end',
    nextAttempt: 'Next try',
    waiting: 'Orders waiting to go there',
    account: 'Account',
    zone: 'Time zone',
    webhooks: 'Webhooks',
    refused: 'Deliveries refused',
    refusedDetail: (n: number, why: string) =>
      `${n.toLocaleString('en')}; the last: ${why}. They changed nothing.`,
    route: (name: string) => `Route ${name}`,
    imports: (statuses: string, since: string, every: string) =>
      `takes ${statuses}, placed from ${since} on; reads every ${every}`,
    posts: (from: string, automatic: boolean) =>
      automatic
        ? `orders of ${from} are posted by themselves`
        : `orders of ${from} wait for a person to post them`,
    pause: 'Pause',
    resume: 'Resume',
    check: 'Check now',
    checkResult: 'Result of the check',
    checkOk: 'All of it works',
    checkBad: 'Something is wrong',
    moved: {
      title: 'The shop has moved to',
      text: 'The same shop answers there, and orders are read there already. Shipments and webhooks wait until you confirm the address.',
      confirm: 'Confirm the new address',
    },
    gaps: {
      title: 'Times it could not be read',
      close: 'Close it',
    },
    empty: {
      title: 'No connections yet',
      text: 'Describe your shop and your NetSuite account in waybill.yaml, then run:',
      command: 'waybill apply -f waybill.yaml',
    },
  },

  imports: {
    title: 'Import orders',
    by: 'Which orders',
    byNumber: 'By number',
    byDate: 'By date',
    first: 'Placed from',
    last: 'To, that day included',
    dateHint:
      'Days in UTC. Everything placed in that time is read again; what is here already stays as it is.',
    soFar: (n: number) => `${count(n, 'order', 'orders')} so far`,
    hint: 'Ids or order numbers from the shop, as many as you like: a column from a spreadsheet will do.',
    from: 'From',
    ids: 'Order ids or numbers',
    anyway: 'Also those a rule holds',
    start: (n: number) => (n <= 1 ? 'Import' : `Import ${n.toLocaleString('en')}`),
    resultTitle: 'Import',
    progress: (done: number, all: number) =>
      `${done.toLocaleString('en')} of ${all.toLocaleString('en')} done`,
    keep: 'It goes on when you close this page.',
    query: 'Asked for',
    result: 'Result',
    another: 'Import others',
    states: {
      waiting: 'Waiting',
      imported: 'Imported',
      already_here: 'Already here',
      held: 'Held',
      unreadable: 'Cannot be read',
      not_found: 'Not found in the shop',
      failed: 'Could not be asked for',
    },
    notFound: {
      title: 'There is no such import',
      text: 'The link may be old. Start another one on the connections page.',
    },
  },

  errors: {
    title: 'This could not be shown',
    retry: 'Try again',
    notFound: {
      title: 'There is no such page',
      text: 'The address may be misspelt.',
      action: 'To the orders',
    },
  },
}

export type Texts = typeof texts
