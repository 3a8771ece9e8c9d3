import { whatDoesNot } from '../../src/order/filter-words.ts'
import type {
  DoableAction,
  HeldGroup,
  OrderColumn,
  Outcome,
  OverviewThing,
  Status,
  TimesToPost,
} from './api/types.ts'

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
    overview: 'Overview',
    orders: 'Orders',
    problems: 'Problems',
    notices: 'Notices',
    connections: 'Connections',
    reconciliation: 'Reconciliation',
    problemCount: (n: number) => count(n, 'open problem', 'open problems'),
    unseenCount: (n: number) => count(n, 'new notice', 'new notices'),
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

  overview: {
    title: 'Overview',
    hint: 'Is everything all right?',
    well: (orders: number, stopped: number) =>
      `All is well: ${orders === 0 ? 'no orders' : count(orders, 'order', 'orders')} in the last 24 hours, ${
        stopped === 0 ? 'none is stopped' : `${stopped.toLocaleString('en')} stopped`
      }`,
    wellWithoutOrders: 'All is well: no order has come yet',
    mending: 'Nothing needs you: Waybill is mending what is not well',
    needs: (n: number) => `${count(n, 'thing needs', 'things need')} you`,
    alsoMending: 'And this Waybill mends by itself:',
    things: {
      problems: (n, { orders }) =>
        orders === null || orders === 0
          ? count(n, 'problem', 'problems')
          : `${count(n, 'problem stops', 'problems stop')} ${count(orders, 'order', 'orders')}`,
      changed: (n) => `${count(n, 'order was', 'orders were')} changed in the shop after posting: decide`,
      cancelled: (n) => `${count(n, 'order was', 'orders were')} cancelled in the shop after posting: decide`,
      posting_off: (n) =>
        `${count(n, 'order waits', 'orders wait')} for you to post ${n === 1 ? 'it' : 'them'}`,
      needs_reauthorisation: (_, { connection }) => `${connection} needs new credentials`,
      down: (_, { connection }) => `${connection} is down`,
      paused: (_, { connection }) => `${connection} is paused`,
      gap_out_of_reach: (_, { connection }) =>
        `A part of what ${connection} took in meanwhile cannot be read`,
      unexplained: (n, { connection }) =>
        `${count(n, 'difference', 'differences')} between ${connection} and NetSuite ${plural(n, 'is', 'are')} unexplained`,
      failing: (_, { connection }) => `${connection} has trouble; it is tried again`,
      gap: (_, { connection }) => `What was missed of ${connection} is being read`,
    } satisfies Record<OverviewThing['kind'], (n: number, about: OverviewThing) => string> as Record<
      OverviewThing['kind'],
      (n: number, about: OverviewThing) => string
    >,
    empty: {
      route: {
        title: 'Nothing is carried yet',
        text: 'Your connections are there. Say under routes in waybill.yaml which shop’s orders go to which NetSuite account, then run:',
      },
      firstOrder: {
        title: 'No orders yet',
        text: 'They appear here by themselves as soon as the shop has one. Orders from before the route’s start can be imported by number or by date.',
        action: 'Look at the connections',
      },
    },
    chart: {
      title: 'Orders by the hour',
      hint: 'The last 24 hours, by when they were placed; the colours say where they are now.',
      none: 'No order was placed in the last 24 hours.',
      summary: (orders: number, stopped: number) =>
        `${count(orders, 'order', 'orders')}, ${stopped.toLocaleString('en')} of them stopped. The table below has every hour.`,
      hour: (from: string, to: string) => `${from} to ${to}`,
      tip: (hour: string, parts: string[]) => `${hour}: ${parts.join(', ')}`,
      table: 'The same as a table',
      columns: { hour: 'Hour', all: 'All' },
      outcomes: {
        posted: 'In NetSuite',
        moving: 'On the way',
        stopped: 'Stopped',
        held: 'Held or waiting for you',
        cancelled: 'Cancelled',
      } satisfies Record<Outcome, string>,
    },
    times: {
      title: 'From placed to posted',
      p50: 'Half of them within',
      p95: '95 of 100 within',
      none: '–',
      noneSpoken: 'no order',
      columns: { day: 'Last 24 hours', week: 'Last 7 days' },
      counted: ({ orders, placedInOutage }: TimesToPost) =>
        `Counted: ${orders === 0 ? 'no order was' : count(orders, 'order', 'orders')} posted in the last 7 days, with all the time in which ${
          orders === 1 ? 'it' : 'they'
        } waited or ${plural(orders, 'was', 'were')} stopped${
          placedInOutage === 0
            ? ''
            : `; ${count(placedInOutage, 'of them was', 'of them were')} placed while the shop could not be read`
        }.`,
      notCounted: ({ placedBeforeRoute, postedAnew }: TimesToPost) =>
        `Not counted: ${[
          ...(placedBeforeRoute === 0
            ? []
            : [`${count(placedBeforeRoute, 'order', 'orders')} placed before the route was there`]),
          ...(postedAnew === 0
            ? []
            : [`${count(postedAnew, 'order', 'orders')} posted again as a new record`]),
          'what is not in NetSuite yet',
        ].join('; ')}.`,
    },
    waiting: {
      title: 'What waits for you',
      problems: 'Problems',
      problemsValue: (groups: number, orders: number) =>
        orders === 0
          ? count(groups, 'problem', 'problems')
          : `${groups.toLocaleString('en')}, stopping ${count(orders, 'order', 'orders')}`,
      changed: 'Changed after posting',
      cancelled: 'Cancelled after posting',
      postingOff: 'To be posted by you',
      connections: 'Connections in trouble',
      gaps: 'Times not read yet',
      held: 'Held by your rules or by hand',
      none: 'none',
    },
    endings: {
      title: 'Cancelled by itself in 7 days',
      none: 'No order is going to be cancelled in the next 7 days.',
      orders: (n: number) => count(n, 'order', 'orders'),
      unless: (n: number, first: string) =>
        `${plural(n, 'is', 'are')} cancelled unless ${plural(n, 'it is', 'they are')} fixed; the first: ${first}`,
    },
    coverage: {
      title: 'Compared with NetSuite',
      never: 'not compared yet; it happens every night',
      running: 'being compared now',
      unexplained: (n: number) => `${n.toLocaleString('en')} unexplained`,
      compared: (days: number, orders: number) =>
        `${count(days, 'day', 'days')}, ${count(orders, 'order', 'orders')} in the shop`,
      givenUp: (why: string) => `A newer comparison was given up: ${why}`,
      none: 'No shop has a route to NetSuite.',
    },
    connections: {
      title: 'Connections',
      answered: 'answered',
      never: 'never answered',
      waiting: (n: number) => `${count(n, 'order waits', 'orders wait')} for it`,
      gaps: (n: number) => `${count(n, 'time', 'times')} not read yet`,
    },
  },

  notices: {
    title: 'Notices',
    hint: 'What Waybill tells you by itself: new problems, connections that went down or came back, and orders that it is going to give up. It gives up on nothing before you had its warnings, here, by mail or in a chat.',
    mail: {
      nobody:
        'Nobody gets these by mail: name the addresses and a mail server under notifications in waybill.yaml.',
      to: (addresses: string) => `Also by mail to ${addresses}.`,
      trouble: 'Mails do not get through at the moment; Waybill tries again by itself.',
      test: 'Send a test mail',
      taken: (address: string) => `The mail server has taken the mail to ${address}.`,
      refused: (address: string) => `The mail server did not take the mail to ${address}:`,
      failed: 'The test mail could not be sent',
    },
    receivers: {
      label: 'Who is told besides by mail',
      webhook: (name: string) => `Also by webhook to ${name}.`,
      slack: (name: string) => `Also as messages in a chat, by ${name}.`,
      fails: 'It does not take what it is sent.',
      waiting: (n: number) => `${count(n, 'notice waits', 'notices wait')} for it.`,
      next: 'The next try:',
      givenUp: (n: number) =>
        `${count(n, 'notice was', 'notices were')} given up this week, after three days of trying; what they said stands below.`,
      test: 'Send a test to all of them',
      taken: (name: string) => `${name} has taken the test.`,
      refused: (name: string) => `${name} did not take the test:`,
      failed: 'The test could not be sent',
    },
    look: {
      '/problems': 'See the problems',
      '/connections': 'See the connections',
      '/notices': 'See the notices',
    } as Record<string, string>,
    fresh: 'New',
    orders: (n: number) => count(n, 'order', 'orders'),
    more: (n: number) => `and ${count(n, 'more', 'more')}`,
    takeUp: (n: number) => (n === 1 ? 'Take it up again' : `Take up all ${n.toLocaleString('en')} again`),
    post: (n: number) => (n === 1 ? 'Post it now' : `Post all ${n.toLocaleString('en')} now`),
    older: 'Show older ones',
    empty: {
      title: 'Nothing to tell.',
      text: 'New problems, outages and warnings stand here when there are any.',
    },
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
    post_anew: 'Post again as a new record',
    let_be: 'Let it be without a record',
    uncancelAndPost: 'Uncancel and post',
    fix: 'Fix',
    cancel: 'Cancel',
    uncancel: 'Uncancel',
    hold: 'Put on hold',
    release: 'Let it go on',
    import_again: 'Read again',
    import_anyway: 'Import anyway',
    check_again: 'Check NetSuite again',
    accept_total: 'Accept the difference',
    resend_shipment: 'Send again',
    ignore_changes: 'Leave NetSuite as it is',
    update_record: 'Bring it into NetSuite',
    replace_record: 'Close the record and post the newer version',
    cancel_record: 'Close it in NetSuite',
    keep_record: 'Keep it in NetSuite',
    delete: 'Delete',
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
      post_anew: (number: string) => `Order ${number} is on its way to NetSuite as a new record`,
      let_be: (number: string) => `Order ${number} stays as it is`,
      cancel: (number: string) => `Order ${number} is cancelled`,
      uncancel: (number: string) => `Order ${number} is back where it was`,
      hold: (number: string) => `Order ${number} is on hold`,
      release: (number: string) => `Order ${number} is not on hold any more`,
      import_again: (number: string) => `Order ${number} is being read from the shop`,
      import_anyway: (number: string) => `Order ${number} is let in`,
      check_again: (number: string) => `Order ${number} is being looked up in NetSuite`,
      accept_total: (number: string) => `Order ${number}: the difference is accepted`,
      resend_shipment: (number: string) => `Order ${number}: the shipment goes to the shop again`,
      ignore_changes: (number: string) => `Order ${number}: NetSuite stays as it is`,
      update_record: (number: string) => `Order ${number}: the change is on its way to NetSuite`,
      replace_record: (number: string) => `Order ${number}: its record is being closed`,
      cancel_record: (number: string) => `Order ${number}: its record is being closed`,
      keep_record: (number: string) => `Order ${number}: its record stays`,
    } satisfies Record<DoableAction, (number: string) => string>,
  },

  orders: {
    title: 'Orders',
    search: 'Search orders',
    searchPlaceholder: 'Number, customer, e-mail, SKU, record …',
    all: 'All',
    statusFilter: 'Filter by status',
    moreThan: (n: string) => `${n}+`,
    ranges: {
      label: 'Filter by day and total',
      show: 'Day and total',
      placedFrom: 'Placed from (UTC)',
      placedTo: 'Placed up to (UTC)',
      amountFrom: 'Total from',
      amountTo: 'Total up to',
      noAmount: 'An amount such as 12.30',
    },
    decisions: { changed: 'Changed after posting', cancelled: 'Cancelled after posting' },
    clearSearch: 'Clear the search',
    anyConnection: 'All shops',
    connectionFilter: 'Filter by shop',
    anyProblem: 'Any problem',
    problemFilter: 'Filter by problem',
    clear: 'Clear all filters',
    file: 'Download CSV',
    columns: {
      number: 'Order',
      connection: 'Shop',
      placedAt: 'Placed',
      customer: 'Customer',
      email: 'E-mail',
      channelOrderId: 'Id in the shop',
      total: 'Total',
      status: 'Status',
      next: 'Reason or next step',
      problem: 'Problem',
      cancelsAt: 'Cancelled by itself',
      record: 'NetSuite',
      firstSeenAt: 'First seen',
      action: 'Action',
    } satisfies Record<OrderColumn | 'action', string>,
    columnChoice: {
      open: 'Choose columns',
      hint: 'The order’s number and the actions are always shown.',
      up: (column: string) => `Move ${column} up`,
      down: (column: string) => `Move ${column} down`,
      place: (column: string, place: number, of: number) => `${column} is column ${place} of ${of}`,
      usual: 'Back to the usual columns',
    },
    selectAll: 'Select all orders shown',
    select: (number: string) => `Select order ${number}`,
    unreadable: 'Cannot be read',
    cancelsOn: (when: string) => `Cancelled by itself, unless fixed: ${when}`,
    next: {
      now: 'Goes now',
      at: (when: string) => `Goes ${when}`,
      verifying: 'The answer was lost; looking whether it arrived',
      onHold: ({ by, why }: { by: string | null; why: string | null }, when: string) =>
        `Held by ${by === 'person' ? 'a person' : by}, ${when}${why === null ? '' : `: “${why}”`}`,
      changing: 'Its record is being changed',
      cancelled: 'Cancelled in the shop after posting: decide',
      changed: 'Changed in the shop after posting: decide',
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
    held: {
      label: 'What holds orders',
      why: ({
        rule,
        channelStatus,
        filter,
        connection,
      }: Pick<HeldGroup, 'rule' | 'channelStatus' | 'filter' | 'connection'>) =>
        filter !== null
          ? `From ${connection}: ${whatDoesNot(filter)}`
          : rule === 'status'
            ? `Their status in ${connection} is “${channelStatus}”, which is not imported`
            : rule === 'before_start_date'
              ? `Placed in ${connection} before the route begins`
              : rule === 'person'
                ? `Put on hold by a person, from ${connection}`
                : `Held by the rule “${rule}” for ${connection}`,
      lets: ({ rule, wanted }: Pick<HeldGroup, 'rule' | 'wanted'>) =>
        wanted === null
          ? 'They wait, whatever the rules say, until they are let go on'
          : rule === 'before_start_date'
            ? `Imported: what was placed from ${wanted.slice(0, 10)} on`
            : rule === 'filter'
              ? `By a filter of the route: an order is imported only if ${wanted}`
              : `Imported: ${wanted}`,
      change: 'Change the filters',
      orders: (n: number) => count(n, 'order', 'orders'),
      oldest: 'first placed',
      allow: (status: string, n: number) =>
        `Import “${status}” from now on, and ${n === 1 ? 'this order' : `these ${n.toLocaleString('en')}`}`,
      allowed: (status: string, n: number) =>
        `“${status}” is imported from now on; ${count(n, 'order comes', 'orders come')} in`,
      anyway: (n: number) =>
        n === 1 ? 'Import this one anyway' : `Import these ${n.toLocaleString('en')} anyway`,
      letGo: (n: number) => (n === 1 ? 'Let this one go on' : `Let these ${n.toLocaleString('en')} go on`),
    },
    holding: {
      title: (number: string | null, n: number) =>
        `Put ${number === null ? count(n, 'order', 'orders') : `order ${number}`} on hold?`,
      means: (n: number) => [
        n === 1
          ? 'It is not sent to NetSuite until it is let go on. What the shop changes is taken in meanwhile.'
          : 'They are not sent to NetSuite until they are let go on. What the shop changes is taken in meanwhile.',
      ],
      why: 'Why (if you like)',
      keep: (n: number) => plural(n, 'Leave it', 'Leave them'),
      confirm: () => 'Put on hold',
    },
    deleting: {
      title: (number: string | null, n: number) =>
        `Delete ${number === null ? count(n, 'order', 'orders') : `order ${number}`}?`,
      means: (n: number) => [
        `Everything Waybill has of ${plural(n, 'it', 'them')} goes, for good: the ${plural(n, 'customer', 'customers')}, what the shop sent, history and notes. Shop and NetSuite stay as they are.`,
        n === 1
          ? 'Its number stays, with who deleted it and when. It does not come back by itself; import it anyway to bring it back.'
          : 'Their numbers stay, with who deleted them and when. They do not come back by themselves; import them anyway to bring them back.',
      ],
      why: 'Why (if you like)',
      keep: (n: number) => plural(n, 'Keep it', 'Keep them'),
      confirm: (n: number) => (n === 1 ? 'Delete for good' : `Delete ${n.toLocaleString('en')} for good`),
      done: (number: string) => `Order ${number} is deleted`,
    },
    bulk: {
      label: 'Selected orders',
      failed: 'That did not work',
      selected: (n: number) => count(n, 'order selected', 'orders selected'),
      post: 'Post',
      cancel: 'Cancel',
      uncancel: 'Uncancel',
      hold: 'Put on hold',
      release: 'Let go on',
      delete: 'Delete',
      clear: 'Clear selection',
      progress: (asked: number, of: number) =>
        `${asked.toLocaleString('en')} of ${count(of, 'order', 'orders')} …`,
      refused: (n: number) => `${count(n, 'order', 'orders')} refused`,
      result: (done: number, refused: number) =>
        refused === 0
          ? `${count(done, 'order', 'orders')} done`
          : `${count(done, 'order', 'orders')} done, ${refused.toLocaleString('en')} refused`,
    },
  },

  views: {
    label: 'Views',
    all: 'All orders',
    more: (n: number) => `${n.toLocaleString('en')} more`,
    changed: 'changed',
    save: 'Save this view',
    update: 'Update the view',
    saveAsNew: 'Save as new',
    name: 'Name',
    placeholder: 'Waiting for me',
    confirm: 'Save',
    menu: (name: string) => `More for the view ${name}`,
    rename: 'Rename',
    delete: 'Delete',
    saved: (name: string) => `The view “${name}” is saved, for everybody`,
    updated: (name: string) => `The view “${name}” is updated, for everybody`,
    deleted: (name: string) => `The view “${name}” is deleted, for everybody`,
    back: (name: string) => `The view “${name}” is back`,
    failed: (name: string) => `The view “${name}”: that did not work`,
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
        update_record: 'Changed the record in NetSuite',
        replace_record: 'Closed the record in NetSuite',
        cancel_record: 'Closed the record in NetSuite',
      } as Record<string, string>,
      outcome: {
        posted: 'it is there',
        found: 'it was there already',
        ok: 'done',
        sent: 'the shop has it',
        stopped: 'stopped',
        not_found: 'it is not there',
        not_seen: 'it is not to be seen there yet',
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
    preview: {
      title: 'What would be sent now',
      hint: 'The sales order as it would go to NetSuite at this moment. Looking sends nothing.',
      show: 'Show it',
      asking: 'Looking up in NetSuite what it takes …',
      again: 'Look again',
      asOf: 'As of',
      old: 'the order has changed since',
      ready: 'Nothing stands against posting it.',
      stopped: 'Posting it now would stop:',
      cannotAsk: (why: string) => `NetSuite cannot be asked now: ${why}`,
      connections: 'To the connections',
      totals: { lines: 'Items', shipping: 'Shipping', tax: 'Tax', total: 'NetSuite will come to' },
      agrees: 'In the shop, the same',
      differs: 'In the shop',
    },
    related: {
      title: 'Other orders with this problem',
      more: (n: number) => `and ${n.toLocaleString('en')} more`,
    },
    notes: {
      label: 'Note for this order',
      placeholder: 'What others should know of this order',
      add: 'Add note',
      by: (actor: string) => (actor === 'person' ? 'Note by a person' : `Note by ${actor}`),
      failed: 'The note was not kept',
    },
    versions: {
      title: 'What the shop sent',
      hint: 'The order as it came, kept unchanged',
      show: 'Show it',
      fields: 'Both versions, field by field',
      field: 'What',
      newest: 'In the shop now',
      newestPosted: 'In the shop now, and as posted',
      posted: 'As posted',
      received: 'Received',
      download: 'Download',
    },
    comparison: {
      newest: 'In the shop now',
      posted: 'As posted',
      record: 'In NetSuite',
      agrees: 'All three are the same, to the cent.',
      recordAgrees: 'NetSuite has what was posted, to the cent.',
      recordDiffers: (by: string) => `NetSuite differs from what was posted: ${by}.`,
      changed: (by: string) => `The shop has changed the total since: ${by}.`,
      notComparable: 'What the shop has now cannot be compared with what was posted.',
    },
    edits: {
      changed: {
        title: 'Changed in the shop after it was posted',
        text: (day: string) => `${day}: NetSuite has the version before.`,
        needsReplacement:
          'What was bought or what it costs has changed: that takes another record in NetSuite.',
      },
      revived: {
        title: 'Wanted again in the shop',
        text: 'Its record in NetSuite was closed because the shop had cancelled the order. The shop has taken it up again.',
      },
      cancelled: {
        title: 'Cancelled in the shop after it was posted',
        text: (day: string) => `${day}: NetSuite still has it, and may ship it.`,
      },
      ignored: 'Changed in the shop after it was posted: left as it is',
      columns: {
        field: 'What',
        before: 'In NetSuite, as posted',
        after: 'In the shop now',
        sent: 'What Waybill sent',
        found: 'In NetSuite now',
      },
      none: 'nothing',
      underWay: 'It is being done now.',
      waits: (why: string) => `It waits and goes by itself: ${why}`,
      refused: (why: string) => `Not done, and nothing was changed: ${why}.`,
      byHand:
        'You can also do it in NetSuite yourself: open the record, change or close it there, then decide here.',
    },
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
    failed: 'It was not saved',
  },

  problems: {
    title: 'Problems',
    hint: 'One cause, one fix, all of its orders.',
    orders: (n: number) => count(n, 'order', 'orders'),
    since: (when: string) => `oldest ${when}`,
    cancels: (when: string) => `the first is cancelled by itself, unless fixed: ${when}`,
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
    askingNow: 'Asking the shop and NetSuite themselves …',
    checks: 'What was checked',
    outcome: { ok: 'fine', fail: 'this is it', skipped: 'not checked' },
    fixes: 'What to do',
    orders: 'The order',
    candidates: 'Which one do you mean?',
    failed: 'The question could not be answered',
    importFailed: 'The import could not be started',
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
    editRoute: (name: string) => `Edit route ${name}`,
    imports: (statuses: string, since: string, every: string) =>
      `takes ${statuses}, placed from ${since} on; reads every ${every}`,
    posts: (from: string, automatic: boolean) =>
      automatic
        ? `orders of ${from} are posted by themselves`
        : `orders of ${from} wait for a person to post them`,
    add: 'Add a connection',
    edit: 'Edit',
    editOf: (name: string) => `Edit ${name}`,
    giveKeys: 'Give new keys',
    giveKeysOf: (name: string) => `Give new keys to ${name}`,
    noRoute: 'none takes its orders yet: name it under routes in waybill.yaml',
    routes: 'Route',
    pause: 'Pause',
    resume: 'Resume',
    check: 'Check now',
    checkResult: 'Result of the check',
    checkOk: 'All of it works',
    checkBad: 'Something is wrong',
    credentials: 'Credentials',
    validUntil: (day: string) => `valid until ${day}`,
    validUnknown: 'it is not known when they run out.',
    giveEnd: 'Say it, to be warned before',
    giveEndOf: (name: string) => `Say when the credentials of ${name} run out`,
    calls: {
      title: 'Calls in the last 24 hours',
      titleOf: (name: string) => `Calls to ${name} in the last 24 hours`,
      now: (n: number) => (n === 0 ? 'None at this moment.' : `${n.toLocaleString('en')} at this moment.`),
      counts: 'Calls by the hour',
      countsOf: ({ calls, failed, throttled }: { calls: number; failed: number; throttled: number }) =>
        `${count(calls, 'call', 'calls')}, ${failed.toLocaleString('en')} failed, ${throttled.toLocaleString('en')} refused for being too many. The table below has every hour.`,
      ends: {
        answered: 'Answered',
        throttled: 'Refused: too many',
        failed: 'Failed',
      },
      times: 'How long they took',
      timesOf: (half: string, most: string) => `half of them within ${half}, 95 of 100 within ${most}`,
      p50: 'Half within',
      p95: '95 of 100 within',
      noTime: '–',
      average: 'At once, on average',
      peak: 'At once, at most',
      tip: (hour: string, parts: string[]) => `${hour}: ${parts.join(', ')}`,
      table: 'The same as a table',
      tableOf: (name: string) => `Calls to ${name}, hour by hour`,
    },
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
      text: 'Add your shop and your NetSuite account here, step by step; or describe them in waybill.yaml, and run:',
      command: 'waybill apply -f waybill.yaml',
    },
  },

  support: {
    file: 'File for support',
    fileOf: (about: string) => `File for support: ${about}`,
    text: 'All there is to know in one file, without keys and without names, addresses and telephone numbers of customers.',
  },
  reconciliation: {
    title: 'Reconciliation',
    hint: 'Shop, Waybill and NetSuite, compared day by day, by the time the orders were placed.',
    shop: 'Shop',
    start: 'Compare now',
    since: 'How far back',
    spans: { '1d': '1 day', '7d': '7 days', '30d': '30 days', '90d': '90 days' } as Record<string, string>,
    agrees: 'Nothing is unexplained',
    differs: (n: number) => count(n, 'difference', 'differences') + ' unexplained',
    running: 'Comparing …',
    givenUp: 'Given up',
    soFar: (step: string, n: number) => `${step}: ${count(n, 'order', 'orders')} so far`,
    waiting: (why: string) => `It waits: ${why}. It goes on by itself.`,
    keep: 'It goes on when you close this page.',
    daily: 'every night',
    byPerson: 'asked for',
    compared: 'compared',
    days: 'Each day of the shop',
    columns: {
      day: 'Day',
      atChannel: 'At the shop',
      inWaybill: 'In Waybill',
      inBackend: 'In NetSuite',
      imported: 'Imported now',
      explained: 'Explained',
      unexplained: 'Unexplained',
    },
    total: 'Total',
    differences: 'What differs',
    differencesHint: 'What needs you first',
    none: 'Every order of these days is at the shop, in Waybill and in NetSuite.',
    verdicts: { imported: 'Imported now', explained: 'Explained', unexplained: 'Unexplained' },
    noOrder: 'Not in Waybill',
    openRecord: (name: string) => `${name} in NetSuite`,
    fix: 'What to do',
    more: 'Show more',
    earlier: 'Before',
    never: {
      title: 'Not compared yet',
      text: 'Waybill compares every night. It can begin now: nothing is sent, and what is missing in Waybill is taken in.',
    },
    noShop: {
      title: 'No shop to compare',
      text: 'Reconciliation needs a shop with a route to NetSuite.',
    },
    notFound: {
      title: 'There is no such reconciliation',
      text: 'The link may be old: they are kept for 90 days.',
      action: 'To the newest one',
    },
    card: 'Compared with NetSuite',
    cardNever: 'not yet; it happens every night',
    cardRunning: 'being compared now',
    cardResult: (n: number) => (n === 0 ? 'nothing unexplained' : `${n.toLocaleString('en')} unexplained`),
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
    anyway: 'Also those a rule holds or a person has deleted',
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
      deleted: 'Deleted by a person',
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
