import { z } from 'zod'
import type { MappingFix } from '../contract.ts'

const recordId = z
  .union([z.string(), z.number().int()])
  .transform(String)
  .pipe(z.string().regex(/^-?\d+$/, 'must be the internal id of a NetSuite record'))

const choice = (...words: [string, ...string[]]) =>
  z.union([z.enum(words), recordId]) as z.ZodType<string, string | number>

/** Kinds of lines that an item has to be chosen for. Products find theirs by SKU. */
export const itemKinds = [
  'withoutSku',
  'shipping',
  'fee',
  'discount',
  'tip',
  'gift_card',
  'custom',
  'rounding',
] as const
export type ItemKind = (typeof itemKinds)[number]

const items = z
  .strictObject({
    skuField: z
      .string()
      .regex(/^[a-z]\w*$/i)
      .default('itemId')
      .describe('Item field that holds the SKU: itemId (the name), upcCode, externalId, mpn or custitem…'),
    bySku: z
      .record(z.string(), recordId)
      .default({})
      .describe('Items for SKUs that NetSuite spells otherwise: SKU to internal id of the item'),
    byKind: z
      .partialRecord(z.enum(itemKinds), recordId)
      .default({})
      .describe(
        'Items for lines that are no product with a SKU: withoutSku, shipping, fee, discount, tip (else that of fee), gift_card, custom (else that of withoutSku), rounding',
      ),
    roundingUpTo: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .default('0.05')
      .describe('The largest difference that a line with the rounding item may close, where one is chosen'),
  })
  .prefault({})

const customers = z
  .strictObject({
    match: z
      .array(z.enum(['externalId', 'email']))
      .default(['externalId', 'email'])
      .describe("How customers are found: by Waybill's external id, by e-mail address; in this order"),
    create: z.boolean().default(true).describe('Create customers that are not found'),
    fallback: recordId
      .optional()
      .describe('Customer for orders that name none, and for those not found when none may be created'),
    subsidiary: recordId
      .optional()
      .describe('Subsidiary of customers that are created; default: that of the orders'),
  })
  .prefault({})

const payment = z
  .strictObject({
    field: z
      .string()
      .regex(/^(paymentOption|paymentMethod|custbody\w+)$/)
      .optional()
      .describe(
        'Sales order field for the payment method: paymentOption or custbody…; left out: the method is not sent',
      ),
    methods: z
      .record(z.string(), choice('leave_out'))
      .default({})
      .describe("The channel's payment method to the id in NetSuite, or leave_out"),
    otherwise: choice('stop', 'leave_out')
      .default('stop')
      .describe('What happens with any other method: stop, leave_out, or the id to use'),
  })
  .prefault({})

const shipping = z
  .strictObject({
    methods: z
      .record(z.string(), choice('leave_out'))
      .default({})
      .describe(
        "The channel's shipping method (its code, or its title) to the id of a shipping item, or leave_out",
      ),
    otherwise: choice('stop', 'leave_out')
      .default('stop')
      .describe(
        'What happens with any other method: stop, leave_out, or the shipping item to use. With leave_out the cost goes on a line with the item for shipping',
      ),
  })
  .prefault({})

const tax = z
  .strictObject({
    mode: z
      .enum(['taxCode', 'suiteTaxOverride', 'taxItemLine'])
      .default('taxCode')
      .describe(
        'taxCode: every line gets a tax code and NetSuite computes; suiteTaxOverride: SuiteTax with the amounts of the shop; taxItemLine: the tax is one line with its own item',
      ),
    codes: z
      .record(z.string(), recordId)
      .default({})
      .describe(
        'Tax codes: by rate id of the channel ("5"), by country and percent ("DE:19"), or by percent ("19"). Several taxes on one line: their keys joined with + ("5+7")',
      ),
    otherwise: choice('stop').default('stop').describe('The tax code for all other taxes; default: stop'),
    none: recordId.optional().describe('Tax code of lines without tax; left out: such lines carry no code'),
    shippingTaxCode: recordId
      .optional()
      .describe("Tax code of shipping; default: by the shipping line's own tax"),
    item: recordId.optional().describe('taxItemLine: the item of the tax line'),
    type: recordId.optional().describe('suiteTaxOverride: the tax type of the tax codes'),
  })
  .prefault({})

const defaults = z
  .strictObject({
    subsidiary: recordId.optional().describe('Subsidiary of the orders; default: that of the customer'),
    location: recordId.optional().describe('Location of the orders'),
    department: recordId.optional().describe('Department of the orders'),
    class: recordId.optional().describe('Class of the orders'),
    customForm: recordId.optional().describe('Form of the orders; default: the preferred one of the role'),
    orderStatus: z
      .enum(['A', 'B'])
      .default('A')
      .describe('A: pending approval, so that nothing ships before a person looks; B: pending fulfilment'),
    priceLevel: recordId.default('-1').describe("Price level of lines; -1 is NetSuite's custom price"),
    memo: z
      .string()
      .default('Order {order.number}{refunds}{coupons}{note}')
      .describe(
        'Memo of the order: text with values such as {order.number}; {refunds}, {coupons} and {note} add what there is of them',
      ),
  })
  .prefault({})

const fromOrder = z.string().regex(/^(order|billing|shipping|customer|payment|fields)\.[\w.\- ]+$/, {
  error: 'must be a value of the order such as order.number, billing.phone or fields.vat_number',
})
const fixedValue = z.strictObject({
  value: z.union([z.string(), z.number(), z.boolean()]).describe('The same for every order'),
})

/** Where a custom field gets its value from: a path into the order, with what happens where that is empty, or a fixed value. */
export const fieldSource = z.union([
  fromOrder,
  z.strictObject({
    from: fromOrder.describe('A value of the order'),
    otherwise: z
      .union([z.enum(['leave_out', 'stop']), fixedValue])
      .describe('What happens with orders without it: leave_out, stop, or a value to use'),
  }),
  fixedValue,
  z.strictObject({ id: recordId.describe('The same list entry or record for every order') }),
])

export const mapping = z.strictObject({
  items,
  customers,
  payment,
  shipping,
  tax,
  defaults,
  addresses: z
    .strictObject({
      states: z
        .enum(['known', 'all', 'none'])
        .default('known')
        .describe(
          'Which states and provinces are sent: known (US, CA, AU: their codes are the same in NetSuite), all or none',
        ),
    })
    .prefault({}),
  fields: z
    .record(z.string().regex(/^custbody\w+$/, 'must be a custom field of orders (custbody…)'), fieldSource)
    .default({})
    .describe('Custom fields of the order: field to its source'),
})

export type NetSuiteMapping = z.output<typeof mapping>

/** The mapping with a fix that a person chose. Pure; the given one stays as it is. */
export function applyFix(current: NetSuiteMapping, fix: MappingFix): NetSuiteMapping {
  const next = structuredClone(current)
  switch (fix.action) {
    case 'map_sku':
      next.items.bySku[fix.subject] = fix.value
      break
    case 'map_payment':
      next.payment.methods[fix.subject] = fix.value
      break
    case 'map_shipping':
      next.shipping.methods[fix.subject] = fix.value
      break
    case 'map_tax':
      if (fix.subject === noTax) next.tax.none = fix.value
      else next.tax.codes[fix.subject] = fix.value
      break
    case 'map_item_kind':
      if (fix.subject === taxItem) next.tax.item = fix.value
      else next.items.byKind[itemKindOf(fix.subject)] = fix.value
      break
  }
  return mapping.parse(next)
}

/** Subjects of problems that are not about a rate or a kind of line. */
export const noTax = 'none'
export const taxItem = 'tax'

/** A problem of a line without SKU is about the line's name, the others are about a kind. */
const itemKindOf = (subject: string): ItemKind => itemKinds.find((kind) => kind === subject) ?? 'withoutSku'

/** What a person mapped, and nothing that every object has by nature (`constructor`). */
export const mapped = (record: Partial<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
