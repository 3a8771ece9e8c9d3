import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { netsuite, type NetSuiteDraft } from '../../src/connectors/netsuite/index.ts'
import {
  currencyDigits,
  divide,
  multiply,
  negate,
  round,
  subtract,
  toCurrency,
} from '../../src/order/money.ts'
import type { LineKind, Order, OrderLine } from '../../src/order/order.ts'
import { computeTotals } from '../../src/sandbox/netsuite/totals.ts'
import { line, orderOf, tax } from '../support/orders.ts'
import { lookupsOf } from '../support/netsuite-lookups.ts'

const codes = { '19': '11', '7': '12', '8.875': '14' }
const rates = { '11': '19', '12': '7', '13': '0', '14': '8.875' }

const item = { withoutSku: 80, shipping: 81, fee: 82, discount: 83, tip: 84, gift_card: 85, custom: 86 }
const mappings = {
  taxCode: { tax: { codes, none: 13 } },
  'taxCode, discounts folded': { tax: { codes, none: 13 }, items: { byKind: { discount: undefined } } },
  taxItemLine: { tax: { mode: 'taxItemLine', item: 95, none: 13 } },
  suiteTaxOverride: { tax: { mode: 'suiteTaxOverride', codes } },
} as const

function mappingFor(name: keyof typeof mappings) {
  const folded = name === 'taxCode, discounts folded'
  const byKind = folded ? { ...item, discount: undefined } : item
  const { tax: given } = mappings[name]
  return netsuite.mapping.parse({
    items: { byKind: JSON.parse(JSON.stringify(byKind)) },
    shipping: { methods: { dhl: 51 } },
    tax: given,
  })
}

const kinds: LineKind[] = ['product', 'product', 'product', 'fee', 'tip', 'custom', 'shipping', 'discount']

/** A line as shops make them: a price, perhaps a discount, and tax rounded on the line. */
const anyLine = (digits: number, name: keyof typeof mappings) =>
  fc
    .record({
      // Without an item for discounts there can be none as lines.
      kind: fc.constantFrom(
        ...kinds.filter((kind) => name !== 'taxCode, discounts folded' || kind !== 'discount'),
      ),
      quantity: fc.constantFrom('1', '2', '3', '7', '0.5', '1.25'),
      unit: fc.integer({ min: 0, max: 250_000 }),
      percentOff: fc.constantFrom('0', '0', '0', '5', '10', '33'),
      rate: fc.constantFrom(null, '19', '19', '7', '8.875'),
    })
    .map(({ kind, quantity, unit, percentOff, rate }) => {
      const part = (amount: string, percent: string) =>
        round(multiply(amount, divide(percent, '100', 8)), digits)
      const unitPrice = divide(String(unit), String(10 ** digits), digits)
      const product = kind === 'product'
      const gross = product ? round(multiply(unitPrice, quantity), digits) : unitPrice
      const discount = product ? part(gross, percentOff) : '0'
      const net = kind === 'discount' ? negate(part(gross, '10')) : subtract(gross, discount)
      const taxes = rate === null || kind === 'discount' ? [] : [tax(rate, rate, part(net, rate))]
      return { kind, quantity: product ? quantity : '1', unitPrice, discount, net, taxes }
    })

const anyOrder = (name: keyof typeof mappings) =>
  fc.constantFrom('EUR', 'JPY', 'KWD').chain((currency) =>
    fc.array(anyLine(currencyDigits(currency), name), { minLength: 1, maxLength: 8 }).map((lines) => {
      const first = line('0', { sku: 'MUG', net: toCurrency('99', currency) })
      return orderOf([first, ...lines.map((given, at) => made(String(at + 1), given))], { currency })
    }),
  )

const made = (id: string, given: Parameters<typeof line>[1]): OrderLine =>
  line(id, {
    ...given,
    sku: given.kind === 'product' ? 'TEA' : null,
    code: given.kind === 'shipping' ? 'dhl' : null,
  })

function prepare(order: Order, name: keyof typeof mappings) {
  return netsuite.prepare({
    order,
    mapping: mappingFor(name),
    lookups: lookupsOf({ taxRates: rates }),
    externalId: 'wb_woocommerce_0a1b2c3d_1',
    customerExternalId: 'wb_c_woocommerce_0a1b2c3d_1',
  })
}

interface SentLine {
  quantity?: number
  rate?: number
  amount?: number
  taxCode?: { id: string }
}

/** What NetSuite makes of the body, computed by the sandbox's own arithmetic. */
function totalOf(draft: NetSuiteDraft): string {
  const body = draft.order as {
    item: { items: SentLine[] }
    shippingCost?: number
    shippingTaxCode?: { id: keyof typeof rates }
    taxDetails?: { items: { taxAmount: number }[] }
  }
  const text = (value: number | undefined) => (value === undefined ? {} : { amount: String(value) })
  return computeTotals({
    digits: currencyDigits(draft.currency),
    lines: body.item.items.map((sent) => ({
      ...text(sent.amount),
      taxPercent: sent.taxCode ? rates[sent.taxCode.id as keyof typeof rates] : '0',
    })),
    ...(body.shippingCost !== undefined && { shippingCost: String(body.shippingCost) }),
    shippingTaxPercent: body.shippingTaxCode ? rates[body.shippingTaxCode.id] : '0',
    ...(body.taxDetails && { taxDetails: body.taxDetails.items.map((detail) => String(detail.taxAmount)) }),
  }).total
}

describe.each(Object.keys(mappings) as (keyof typeof mappings)[])('any order, with %s', (name) => {
  it("has the shop's total in NetSuite, or stops with both sums", () => {
    let sent = 0
    fc.assert(
      fc.property(anyOrder(name), (order) => {
        const prepared = prepare(order, name)
        if (prepared.ok) sent++
        const outcome = prepared.ok ? totalOf(prepared.value) : prepared.error.map(({ code }) => code).join()
        expect([toCurrency(order.total, order.currency), 'total_would_differ']).toContain(outcome)
      }),
      { numRuns: 300 },
    )
    expect(sent).toBeGreaterThan(270)
  })

  it('has rates that agree with its amounts', () => {
    fc.assert(
      fc.property(anyOrder(name), (order) => {
        const prepared = prepare(order, name)
        if (!prepared.ok) return
        const digits = currencyDigits(order.currency)
        for (const sent of (prepared.value.order['item'] as { items: SentLine[] }).items) {
          if (sent.rate === undefined) continue
          const product = round(multiply(String(sent.rate), String(sent.quantity ?? 1)), digits)
          expect(Number(product)).toBe(sent.amount)
        }
      }),
    )
  })

  it('names every line of the order that the record carries, once', () => {
    fc.assert(
      fc.property(anyOrder(name), (order) => {
        const prepared = prepare(order, name)
        if (!prepared.ok) return
        const lines = netsuite.linesOf(prepared.value)
        const items = (prepared.value.order['item'] as { items: SentLine[] }).items
        expect(new Set(lines.map((each) => each.channelLineId)).size).toBe(lines.length)
        expect(new Set(lines.map((each) => each.backendLine)).size).toBe(lines.length)
        for (const each of lines) expect(items[Number(each.backendLine) - 1]).toBeDefined()
        const products = order.lines.filter(({ kind }) => kind === 'product').map(({ id }) => id)
        expect(lines.map((each) => each.channelLineId)).toEqual(expect.arrayContaining(products))
      }),
    )
  })
})

describe('an order whose shop keeps more decimals than its currency', () => {
  it('agrees as well, each amount less than a cent from the exact one', () => {
    const exact = fc.array(fc.integer({ min: 1, max: 9_999_999 }), { minLength: 2, maxLength: 9 })
    fc.assert(
      fc.property(exact, (amounts) => {
        const lines = amounts.map((net, at) =>
          line(String(at), { sku: 'TEA', net: divide(String(net), '10000', 4) }),
        )
        const whole = orderOf(lines)
        const order = { ...whole, total: round(whole.total, 2) }
        const prepared = prepare(order, 'taxItemLine')
        if (!prepared.ok) throw new Error(prepared.error[0].detail)
        expect(totalOf(prepared.value)).toBe(toCurrency(order.total, 'EUR'))
        const sent = (prepared.value.order['item'] as { items: SentLine[] }).items
        lines.forEach((each, at) => expect(Math.abs(sent[at]!.amount! - Number(each.net))).toBeLessThan(0.01))
      }),
    )
  })
})

const schemaFile = new URL(
  '../../../shared/specs/netsuite/record-v1-2026.1.subset.schema.json',
  import.meta.url,
)

/** Objects that declare their properties take no others; what the schema leaves open stays open. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)])
  return { ...Object.fromEntries(entries), ...('properties' in schema && { additionalProperties: false }) }
}

describe.skipIf(!existsSync(schemaFile))(
  'the body, held against SuiteTalk REST 2026.1 (../shared/specs/netsuite)',
  () => {
    const validator = () => {
      const ajv = new Ajv2020({ strict: false, allErrors: true })
      formats.default(ajv)
      const schema = closed(JSON.parse(readFileSync(schemaFile, 'utf8'))) as { $id: string }
      ajv.addSchema(schema)
      return ajv.compile({ $ref: `${schema.$id}#/$defs/salesOrder` })
    }

    it('has no property that NetSuite does not know, and the right types', () => {
      const validate = validator()
      const full = netsuite.mapping.parse({
        items: { byKind: item },
        shipping: { methods: { dhl: 51 } },
        tax: { codes, none: 13 },
        payment: { field: 'paymentOption', otherwise: 5 },
        defaults: { subsidiary: 1, location: 2, department: 3, class: 4, customForm: 5 },
        fields: { custbody_phone: 'billing.phone', custbody_list: { id: 3 } },
      })
      const ways = [full, ...(Object.keys(mappings) as (keyof typeof mappings)[]).map(mappingFor)]
      fc.assert(
        fc.property(anyOrder('taxCode'), fc.constantFrom(...ways), (order, mapping) => {
          const prepared = netsuite.prepare({
            order: { ...order, payment: { code: 'x', title: 'X', transactionId: null } },
            mapping,
            lookups: lookupsOf({ taxRates: rates }),
            externalId: 'wb_woocommerce_0a1b2c3d_1',
            customerExternalId: 'wb_c_woocommerce_0a1b2c3d_1',
          })
          if (!prepared.ok) return
          const valid = validate({ ...prepared.value.order, entity: { id: '501' } })
          expect(validate.errors ?? []).toEqual([])
          expect(valid).toBe(true)
        }),
      )
    })

    it('and would notice a misspelt one', () => {
      const validate = validator()
      expect(validate({ otherRefnum: '1' })).toBe(false)
      expect(validate({ item: { items: [{ itme: { id: '1' } }] } })).toBe(false)
      expect(validate({ shippingAddress: { phone: '1' } })).toBe(false)
    })
  },
)
