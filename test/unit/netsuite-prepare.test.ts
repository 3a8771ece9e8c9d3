import { describe, expect, it } from 'vitest'
import { netsuite, type NetSuiteDraft, type NetSuiteLookups } from '../../src/connectors/netsuite/index.ts'
import type { Order } from '../../src/order/order.ts'
import { line, orderOf, tax } from '../support/orders.ts'
import { lookupsOf } from '../support/netsuite-lookups.ts'

const externalId = 'wb_woocommerce_0a1b2c3d_1001'
const customerExternalId = 'wb_c_woocommerce_0a1b2c3d_g1'

function prepare(order: Order, mapping: unknown = {}, lookups: Partial<NetSuiteLookups> = {}) {
  return netsuite.prepare({
    order,
    mapping: netsuite.mapping.parse(mapping),
    lookups: lookupsOf(lookups),
    externalId,
    customerExternalId,
  })
}

function draftOf(...given: Parameters<typeof prepare>): NetSuiteDraft {
  const prepared = prepare(...given)
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error, null, 2))
  return prepared.value
}

function problemsOf(...given: Parameters<typeof prepare>): [string, string][] {
  const prepared = prepare(...given)
  if (prepared.ok) throw new Error('it has no problems')
  return prepared.error.map(({ code, subject }) => [code, subject])
}

const linesIn = (draft: NetSuiteDraft) => (draft.order['item'] as { items: Record<string, unknown>[] }).items
const mug = (given: Parameters<typeof line>[1] = { net: '18.00' }) => line('1', { sku: 'MUG', ...given })

describe('a sales order', () => {
  it('carries the order with a minimal mapping', () => {
    const draft = draftOf(orderOf([mug({ net: '36.00', quantity: '2' })], { number: 'A-17' }))
    expect(draft.customer).toEqual({ id: '501' })
    expect(draft.order).toEqual({
      externalId,
      currency: { id: '1' },
      tranDate: '2026-03-01',
      orderStatus: { id: 'A' },
      memo: 'Order A-17',
      otherRefNum: 'A-17',
      email: 'zoe@example.com',
      billingAddress: {
        country: { id: 'NL' },
        addressee: 'Zoë van den IJssel',
        addr1: 'Prinsengracht 263',
        city: 'Amsterdam',
        zip: '1016 GV',
        addrPhone: '+31 20 555 0121',
      },
      shippingAddress: draft.order['billingAddress'],
      item: {
        items: [
          {
            item: { id: '1001' },
            quantity: 2,
            price: { id: '-1' },
            rate: 18,
            amount: 36,
            description: 'Line 1',
          },
        ],
      },
    })
    expect(netsuite.linesOf(draft)).toEqual([{ backendLine: '1', channelLineId: '1' }])
  })

  it("is dated by the day in the account's zone", () => {
    const order = orderOf([mug()], { placedAt: '2026-03-01T23:30:00Z' })
    expect(draftOf(order, {}, { timeZone: 'Europe/Berlin' }).order['tranDate']).toBe('2026-03-02')
    expect(draftOf(order, {}, { timeZone: 'UTC-8' }).order['tranDate']).toBe('2026-03-01')
  })

  it('takes subsidiary, form, places and custom fields from the mapping', () => {
    const { order } = draftOf(
      orderOf([mug()], { fields: { vat_number: 'NL123' }, coupons: ['TEN', 'VIP'] }),
      {
        defaults: {
          subsidiary: 2,
          customForm: 101,
          location: '7',
          department: 3,
          class: 4,
          orderStatus: 'B',
        },
        fields: {
          custbody_phone: 'billing.phone',
          custbody_vat: 'fields.vat_number',
          custbody_company: 'billing.company',
          custbody_coupons: 'order.coupons',
          custbody_source: { value: 'shop' },
          custbody_channel: { id: 12 },
          custbody_danger: 'fields.constructor',
        },
      },
    )
    expect(order).toMatchObject({
      subsidiary: { id: '2' },
      customForm: { id: '101' },
      location: { id: '7' },
      department: { id: '3' },
      class: { id: '4' },
      orderStatus: { id: 'B' },
      custbody_phone: '+31 20 555 0121',
      custbody_vat: 'NL123',
      custbody_coupons: 'TEN, VIP',
      custbody_source: 'shop',
      custbody_channel: { id: '12' },
    })
    expect(order).not.toHaveProperty('custbody_company')
    expect(order).not.toHaveProperty('custbody_danger')
  })

  it('does with an order that lacks the value of a custom field what the mapping says', () => {
    const from = 'fields.vat_number'
    const fields = {
      custbody_left: { from, otherwise: 'leave_out' },
      custbody_fixed: { from, otherwise: { value: 'none' } },
    }
    const { order: without } = draftOf(orderOf([mug()]), { fields })
    expect(without).toMatchObject({ custbody_fixed: 'none' })
    expect(without).not.toHaveProperty('custbody_left')
    const stopping = { fields: { ...fields, custbody_vat: { from, otherwise: 'stop' } } }
    expect(problemsOf(orderOf([mug()]), stopping)).toEqual([['missing_field', 'custbody_vat']])
    const { order: full } = draftOf(orderOf([mug()], { fields: { vat_number: 'NL123' } }), stopping)
    expect(full).toMatchObject({ custbody_left: 'NL123', custbody_fixed: 'NL123', custbody_vat: 'NL123' })
  })

  it('keeps emoji whole and drops what no page can carry (failure mode 48)', () => {
    const name = `Mug 🫖\u0000 \ud83d${'🎁'.repeat(1200)}`
    const sent = linesIn(draftOf(orderOf([mug({ net: '1', name })])))[0]?.['description'] as string
    expect(sent.startsWith('Mug 🫖 🎁🎁')).toBe(true)
    expect([...sent]).toHaveLength(999)
    expect(sent.isWellFormed()).toBe(true)
  })

  it('tells refunds, coupons and the note in its memo, cut at 999 characters', () => {
    const memo = draftOf(
      orderOf([mug()], {
        refunds: [{ id: 'r1', reason: 'broken', amount: '5' }],
        coupons: ['TEN'],
        customerNote: 'x'.repeat(2000),
      }),
    ).order['memo'] as string
    expect(memo).toMatch(/^Order 1001; refunded in the shop: 5\.00 EUR \(broken\); coupons: TEN; note: x+…$/)
    expect([...memo]).toHaveLength(999)
  })

  it('leaves the currency out where the account has only one', () => {
    const { order } = draftOf(
      orderOf([mug()]),
      {},
      { currencies: [{ id: '1', code: 'EUR', inactive: false }] },
    )
    expect(order).not.toHaveProperty('currency')
  })

  it('ships to the billing address where the order has no other', () => {
    const { order } = draftOf(orderOf([mug()], { shipping: null }))
    expect(order['shippingAddress']).toEqual(order['billingAddress'])
    const neither = draftOf(orderOf([mug()], { shipping: null, billing: null })).order
    expect(neither).not.toHaveProperty('billingAddress')
    expect(neither).not.toHaveProperty('shippingAddress')
  })

  it.each([
    ['US', 'MA', 'known', 'MA'],
    ['US', 'US-MA', 'known', 'MA'],
    ['DE', 'DE-SH', 'known', undefined],
    ['DE', 'DE-SH', 'all', 'SH'],
    ['JP', 'JP13', 'all', '13'],
    ['GR', 'I', 'all', 'I'],
    ['US', 'MA', 'none', undefined],
  ])('in %s, %s with states: %s, sends state %s (failure mode 47)', (country, region, states, sent) => {
    const billing = { ...orderOf([]).billing!, country, region }
    const { order } = draftOf(orderOf([mug()], { billing }), { addresses: { states } })
    expect((order['billingAddress'] as Record<string, unknown>)['state']).toBe(sent)
  })

  it.each([
    ['555 01', undefined],
    ['+49 30 5550127', '+49 30 5550127'],
    ['+1 (617) 555-0107 extension 4', '+1 (617) 555-0107'],
    ['+1 ( 617 ) 555 - 01 - 07, extension 4', '+16175550107'],
    ['+1 617 555 0107 x12', '+1 617 555 0107 x12'],
    ['+'.padEnd(40, '12345'), undefined],
  ])('with the phone number "%s" sends %s (failure mode 48)', (phone, sent) => {
    const { order } = draftOf(orderOf([mug()], { billing: { ...orderOf([]).billing!, phone } }))
    expect((order['billingAddress'] as Record<string, unknown>)['addrPhone']).toBe(sent)
  })
})

describe('lines', () => {
  it('find their item by hand-made mapping first, then by SKU, whatever spaces are around it', () => {
    const order = orderOf([
      mug({ sku: ' MUG ', net: '1' }),
      line('2', { sku: 'CUP-RED', net: '2' }),
      line('3', { net: '3' }),
      line('4', { kind: 'custom', net: '4' }),
      line('5', { kind: 'fee', net: '5' }),
    ])
    const mapping = { items: { bySku: { 'CUP-RED': 77 }, byKind: { withoutSku: 88, custom: 89, fee: 90 } } }
    const ids = linesIn(draftOf(order, mapping)).map((each) => each['item'])
    expect(ids).toEqual([{ id: '1001' }, { id: '77' }, { id: '88' }, { id: '89' }, { id: '90' }])
  })

  it('may be fractional, free, or part of a bundle', () => {
    const draft = draftOf(
      orderOf([
        mug({ net: '12.49', quantity: '2.5' }),
        line('2', { sku: 'TEA', net: '0', parentId: '1' }),
        line('3', { sku: 'POT', net: '0', quantity: '0' }),
      ]),
    )
    expect(linesIn(draft)).toMatchObject([
      { item: { id: '1001' }, quantity: 2.5, rate: 4.996, amount: 12.49 },
      { item: { id: '1002' }, quantity: 1, rate: 0, amount: 0 },
    ])
    expect(netsuite.linesOf(draft)).toEqual([
      { backendLine: '1', channelLineId: '1' },
      { backendLine: '2', channelLineId: '2' },
    ])
  })

  it('have the decimals of their currency (failure mode 39)', () => {
    const yen = draftOf(orderOf([mug({ net: '2384' })], { currency: 'JPY', total: '2384' }))
    expect(linesIn(yen)[0]).toMatchObject({ rate: 2384, amount: 2384 })
    const dinar = draftOf(orderOf([mug({ net: '6.037', quantity: '3' })], { currency: 'KWD' }))
    expect(linesIn(dinar)[0]).toMatchObject({ quantity: 3, rate: 2.012333, amount: 6.037 })
  })

  it('have their discount in the price, or on a line of its own where an item is chosen (failure mode 41)', () => {
    const order = orderOf([mug({ net: '16.20', discount: '1.80', unitPrice: '18' })], { coupons: ['TEN'] })
    expect(linesIn(draftOf(order))).toMatchObject([
      { amount: 16.2, description: 'Line 1, less 1.80 discount' },
    ])
    const apart = draftOf(order, { items: { byKind: { discount: 96 } } })
    expect(linesIn(apart)).toMatchObject([
      { amount: 18 },
      { item: { id: '96' }, rate: -1.8, amount: -1.8, description: 'Discount on Line 1 (TEN)' },
    ])
    expect(linesIn(apart)[1]).not.toHaveProperty('quantity')
    expect(linesIn(apart)[1]).not.toHaveProperty('price')
    expect(netsuite.linesOf(apart)).toEqual([{ backendLine: '1', channelLineId: '1' }])
  })

  it('of discounts and gift cards are negative amounts on their items', () => {
    const order = orderOf([
      mug(),
      line('2', { kind: 'discount', net: '-3.00' }),
      line('3', { kind: 'gift_card', net: '-5.00' }),
    ])
    const draft = draftOf(order, { items: { byKind: { discount: 96, gift_card: 94 } } })
    expect(linesIn(draft).slice(1)).toMatchObject([
      { item: { id: '96' }, amount: -3 },
      { item: { id: '94' }, amount: -5 },
    ])
  })
})

describe('shipping', () => {
  const parcel = (given: Partial<Parameters<typeof line>[1]> = {}) =>
    line('9', { kind: 'shipping', name: 'DHL Paket', code: 'flat_rate:1', net: '4.90', ...given })

  it.each([{ 'flat_rate:1': 51 }, { flat_rate: 51 }, { 'DHL Paket': 51 }])(
    'is mapped by instance, method or title: %o',
    (methods) => {
      const { order } = draftOf(orderOf([mug(), parcel()]), { shipping: { methods } })
      expect(order).toMatchObject({ shipMethod: { id: '51' }, shippingCost: 4.9 })
    },
  )

  it('adds up two parcels of one method and tax', () => {
    const order = orderOf([mug(), parcel(), parcel({ id: '10', net: '2' })])
    expect(draftOf(order, { shipping: { methods: { flat_rate: 51 } } }).order).toMatchObject({
      shippingCost: 6.9,
    })
  })

  it('goes on a line where its method is unmapped, or its tax another, and an item is chosen', () => {
    const draft = draftOf(
      orderOf([
        mug(),
        parcel({ taxes: [tax('1', '19', '0.93')] }),
        parcel({ id: '10', code: 'pickup', net: '2' }),
      ]),
      {
        items: { byKind: { shipping: 92 } },
        shipping: { methods: { flat_rate: 51 } },
        tax: { codes: { '1': 11 } },
      },
    )
    expect(draft.order).toMatchObject({ shippingCost: 4.9, shippingTaxCode: { id: '11' } })
    expect(linesIn(draft)[1]).toMatchObject({ item: { id: '92' }, amount: 2, description: 'DHL Paket' })
  })

  it('without cost is left out where the mapping says so; with cost it wants an item', () => {
    const mapping = { shipping: { otherwise: 'leave_out' } }
    expect(draftOf(orderOf([mug(), parcel({ net: '0' })]), mapping).order).not.toHaveProperty('shipMethod')
    expect(problemsOf(orderOf([mug(), parcel()]), mapping)).toEqual([['unmapped_item_kind', 'shipping']])
  })
})

describe('payment', () => {
  const payment = { code: 'stripe', title: 'Credit card', transactionId: null }
  it.each([
    [{}, undefined],
    [{ field: 'paymentOption', methods: { stripe: 8 } }, { id: '8' }],
    [{ field: 'paymentOption', methods: { 'Credit card': 8 } }, { id: '8' }],
    [{ field: 'paymentOption', methods: { stripe: 'leave_out' } }, undefined],
    [{ field: 'paymentOption', otherwise: 5 }, { id: '5' }],
  ])('with %o sends %o', (given, sent) => {
    expect(draftOf(orderOf([mug()], { payment }), { payment: given }).order['paymentOption']).toEqual(sent)
  })
})

describe('the customer', () => {
  const none = { customer: { kind: 'none' } } as const
  it('is created first, a person with both names, where NetSuite has none', () => {
    expect(draftOf(orderOf([mug()]), {}, none).customer).toEqual({
      externalId: customerExternalId,
      body: {
        externalId: customerExternalId,
        isPerson: true,
        firstName: 'Zoë van den',
        lastName: 'IJssel',
        email: 'zoe@example.com',
        phone: '+31 20 555 0121',
        subsidiary: { id: '1' },
        currency: { id: '1' },
      },
      nameIfTaken: 'Zoë van den IJssel 1001',
    })
  })

  it.each([
    [
      'a company',
      { name: 'Zoë', company: 'Kölner Tassen GmbH' },
      { isPerson: false, companyName: 'Kölner Tassen GmbH' },
    ],
    ['one name', { name: '지우', company: null }, { firstName: '지우', lastName: '-' }],
    ['a very long name', { name: `${'Anna '.repeat(12)}Berg`, company: null }, { lastName: 'Berg' }],
    ['no name', { name: '', company: null }, { firstName: 'zoe', lastName: '-' }],
  ])('with %s', (_, who, body) => {
    const customer = { id: null, email: 'zoe@example.com', phone: null, ...who }
    const order = orderOf([mug()], { customer, billing: null, shipping: null })
    const made = draftOf(order, {}, none).customer
    const sent: Record<string, unknown> = 'body' in made ? made.body : {}
    expect(sent).toMatchObject(body)
    const names = [sent['firstName'], sent['lastName']].map((name) => String(name ?? '').length)
    expect(Math.max(...names)).toBeLessThanOrEqual(32)
  })

  it('falls back where the order names nobody, or none may be created (failure mode 49)', () => {
    const nobody = {
      customer: { id: null, name: ' ', company: null, email: null, phone: null },
      billing: null,
      shipping: null,
    }
    expect(draftOf(orderOf([mug()], nobody), { customers: { fallback: 900 } }, none).customer).toEqual({
      id: '900',
    })
    expect(draftOf(orderOf([mug()]), { customers: { create: false, fallback: 900 } }, none).customer).toEqual(
      { id: '900' },
    )
    expect(problemsOf(orderOf([mug()], nobody), {}, none)).toEqual([['customer_not_identified', '']])
    expect(problemsOf(orderOf([mug()]), { customers: { create: false } }, none)).toEqual([
      ['customer_not_found', 'zoe@example.com'],
    ])
  })
})

describe('taxes', () => {
  const taxed = (given: Partial<Parameters<typeof line>[1]> = {}) =>
    mug({ net: '18.00', taxes: [tax('1', '19', '3.42')], ...given })

  it.each([{ '1': 11 }, { 'NL:19': 11 }, { '19': 11 }])(
    'are mapped by id, country or percent: %o',
    (codes) => {
      const draft = draftOf(orderOf([taxed()]), { tax: { codes } })
      expect(linesIn(draft)[0]).toMatchObject({ taxCode: { id: '11' } })
    },
  )

  it('that lie on one line together have one code', () => {
    const both = taxed({ net: '100', taxes: [tax('7', '4', '4.00'), tax('5', '4.875', '4.88')] })
    const draft = draftOf(orderOf([both]), { tax: { codes: { '5+7': 14 } } })
    expect(linesIn(draft)[0]).toMatchObject({ taxCode: { id: '14' } })
    expect(problemsOf(orderOf([both]))).toEqual([['unmapped_tax', 'NL:8.875']])
  })

  it('of nothing have the code for none, if there is one', () => {
    expect(linesIn(draftOf(orderOf([mug()]), { tax: { none: 13 } }))[0]).toMatchObject({
      taxCode: { id: '13' },
    })
    expect(linesIn(draftOf(orderOf([mug()])))[0]).not.toHaveProperty('taxCode')
  })

  it('go on a line of their own in the mode taxItemLine', () => {
    const draft = draftOf(orderOf([taxed()]), { tax: { mode: 'taxItemLine', item: 95, none: 13 } })
    expect(linesIn(draft)).toMatchObject([
      { amount: 18, taxCode: { id: '13' } },
      { item: { id: '95' }, amount: 3.42, taxCode: { id: '13' }, description: 'Tax 1' },
    ])
    expect(problemsOf(orderOf([taxed()]), { tax: { mode: 'taxItemLine' } })).toEqual([
      ['unmapped_item_kind', 'tax'],
    ])
  })

  it("stand in place of SuiteTax's own in the mode suiteTaxOverride", () => {
    const parcel = line('9', { kind: 'shipping', code: 'dhl', net: '10', taxes: [tax('1', '19', '1.90')] })
    const draft = draftOf(orderOf([taxed(), parcel]), {
      tax: { mode: 'suiteTaxOverride', codes: { '19': 11 }, type: 6 },
      shipping: { methods: { dhl: 51 } },
    })
    expect(draft.order['taxDetailsOverride']).toBe(true)
    expect(draft.order['taxDetails']).toEqual({
      items: [
        {
          taxDetailsReference: 'line_1',
          taxType: { id: '6' },
          taxCode: { id: '11' },
          taxBasis: 18,
          taxRate: 19,
          taxAmount: 3.42,
        },
        {
          taxDetailsReference: 'SHIPPING',
          taxType: { id: '6' },
          taxCode: { id: '11' },
          taxBasis: 10,
          taxRate: 19,
          taxAmount: 1.9,
        },
      ],
    })
    expect(linesIn(draft)[0]).not.toHaveProperty('taxCode')
    expect(draft.order).not.toHaveProperty('shippingTaxCode')
  })
})

describe('totals (failure modes 37 and 38)', () => {
  it('that are foreseen to differ stop the order and name the tax code at fault', () => {
    const order = orderOf([mug({ net: '100', taxes: [tax('21', '24', '24.00')] })], {
      billing: { ...orderOf([]).billing!, country: 'EE' },
      shipping: null,
    })
    const prepared = prepare(order, { tax: { codes: { 'EE:24': 15 } } }, { taxRates: { '15': '22' } })
    expect(prepared).toMatchObject({
      ok: false,
      error: [
        {
          code: 'total_would_differ',
          subject: 'EE:24',
          detail:
            'Shop: 124.00 EUR. NetSuite: 122.00 EUR (lines 100.00 EUR, shipping 0.00 EUR, tax 22.00 EUR). Tax code 15 has 22 % in NetSuite, the shop charged 24 % (EE:24).',
        },
      ],
    })
  })

  it('agree by rounding amounts that the shop keeps unrounded to their other neighbour', () => {
    const thirds = ['1', '2', '3'].map((id) => line(id, { sku: 'TEA', net: '3.335' }))
    const draft = draftOf(orderOf(thirds, { total: '10.01' }))
    expect(
      linesIn(draft)
        .map((each) => each['amount'])
        .toSorted(),
    ).toEqual([3.33, 3.34, 3.34])
  })

  it('agree by folding discounts into prices where a line for them would round differently', () => {
    // 19 % of 10.01 is 1.90 and of 0.03 is 0.01, but of 9.98 it is 1.90.
    const order = orderOf([mug({ net: '9.98', discount: '0.03', taxes: [tax('1', '19', '1.90')] })])
    const draft = draftOf(order, { items: { byKind: { discount: 96 } }, tax: { codes: { '19': 11 } } })
    expect(linesIn(draft)).toMatchObject([{ amount: 9.98 }])
  })

  it('agree by a rounding line where an item for it is chosen, up to its limit', () => {
    const order = orderOf([mug({ net: '10.00', taxes: [tax('1', '19', '1.91')] })])
    const mapping = { items: { byKind: { rounding: 99 } }, tax: { codes: { '19': 11 } } }
    expect(linesIn(draftOf(order, mapping))[1]).toMatchObject({ item: { id: '99' }, amount: 0.01 })
    const strict = { ...mapping, items: { ...mapping.items, roundingUpTo: '0.001' } }
    expect(problemsOf(order, strict)).toEqual([['total_would_differ', '']])
  })
})

describe('problems', () => {
  it('are all told at once, too long fields among them (failure mode 46)', () => {
    const order = orderOf(
      [
        line('1', { sku: 'GONE', net: '1' }),
        line('2', { sku: 'OLD', net: '1' }),
        line('3', { sku: 'TWIN', net: '1' }),
        line('4', { name: 'Loose tea', net: '1' }),
        line('5', { kind: 'fee', net: '1' }),
        line('6', { kind: 'fee', net: '1' }),
        line('7', { sku: 'MUG', quantity: '0', net: '3', name: 'Ghost' }),
        line('8', { sku: 'MUG', net: '1', taxes: [tax('5', null, '0.10')] }),
        line('9', { kind: 'shipping', code: 'courier', net: '1' }),
      ],
      {
        currency: 'CHF',
        payment: { code: 'twint', title: 'TWINT', transactionId: null },
        billing: { ...orderOf([]).billing!, line1: 'x'.repeat(151) },
      },
    )
    const problems = problemsOf(
      order,
      { payment: { field: 'paymentOption' } },
      {
        customer: {
          kind: 'found',
          id: '5',
          name: 'Zoë',
          inactive: false,
          inSubsidiary: false,
          hasCurrency: true,
        },
      },
    )
    expect(problems).toEqual([
      ['currency_not_in_backend', 'CHF'],
      ['customer_other_subsidiary', 'Zoë'],
      ['unmapped_payment_method', 'twint'],
      ['field_too_long', 'Billing address line 1'],
      ['unknown_sku', 'GONE'],
      ['inactive_item', 'OLD'],
      ['ambiguous_sku', 'TWIN'],
      ['line_without_sku', 'Loose tea'],
      ['unmapped_item_kind', 'fee'],
      ['line_without_quantity', 'Ghost'],
      ['unmapped_tax', '5'],
      ['unmapped_shipping_method', 'courier'],
    ])
  })

  it.each([
    [
      { kind: 'ambiguous', email: 'zoe@example.com', ids: ['1', '2'] },
      'ambiguous_customer',
      'zoe@example.com',
    ],
    [
      { kind: 'found', id: '1', name: 'Zoë', inactive: true, inSubsidiary: true, hasCurrency: true },
      'customer_inactive',
      'Zoë',
    ],
    [
      { kind: 'found', id: '1', name: 'Zoë', inactive: false, inSubsidiary: true, hasCurrency: false },
      'currency_not_in_backend',
      'EUR',
    ],
  ] as const)('of the customer: %o', (customer, code, subject) => {
    expect(problemsOf(orderOf([mug()]), {}, { customer } as Partial<NetSuiteLookups>)).toEqual([
      [code, subject],
    ])
  })

  it('of an order without anything to post', () => {
    expect(problemsOf(orderOf([line('1', { sku: 'MUG', net: '0', quantity: '0' })]))).toEqual([
      ['no_lines', ''],
    ])
  })

  it('end with the fix that each of them offers', () => {
    const order = orderOf(
      [
        line('1', { sku: 'GONE', net: '1' }),
        line('4', { name: 'Loose tea', net: '1' }),
        line('5', { kind: 'fee', net: '1' }),
        line('8', { sku: 'MUG', net: '1', taxes: [tax('5', '10', '0.10')] }),
        line('9', { kind: 'shipping', code: 'courier', net: '1' }),
      ],
      { payment: { code: 'twint', title: 'TWINT', transactionId: null } },
    )
    let mapping = netsuite.mapping.parse({ payment: { field: 'paymentOption' } })
    const before = JSON.stringify(mapping)
    const first = prepare(order, mapping)
    if (first.ok) throw new Error('it has no problems')
    const actions = {
      unknown_sku: ['map_sku', '71'],
      line_without_sku: ['map_item_kind', '72'],
      unmapped_item_kind: ['map_item_kind', '73'],
      unmapped_tax: ['map_tax', '16'],
      unmapped_shipping_method: ['map_shipping', '51'],
      unmapped_payment_method: ['map_payment', 'leave_out'],
    } as const
    for (const { code, subject } of first.error) {
      const [action, value] = actions[code as keyof typeof actions]
      mapping = netsuite.applyFix(mapping, { action, subject, value })
    }
    expect(JSON.stringify(netsuite.mapping.parse({ payment: { field: 'paymentOption' } }))).toBe(before)
    expect(prepare(order, mapping).ok).toBe(true)
  })
})
