import { Big } from 'big.js'
import { z } from 'zod'
import { err, ok, type Result } from '../../result.ts'
import type { Refusal } from './answers.ts'

/**
 * The request bodies the sandbox reads, closed: what is not named here is a misspelt property. Names and types are
 * those of SuiteTalk REST record v1 2026.1; a test holds them against Oracle's own schema. `spec` in a field's
 * metadata is the type it has there.
 */
const spec = <T extends z.ZodType>(schema: T, type: string) => schema.meta({ spec: type }).optional()

const text = (max: number) => spec(z.string().max(max), 'string')
const numeric = spec(
  z.number().transform((value) => new Big(value).toFixed()),
  'number',
)
const whole = spec(z.number().int(), 'integer')
const flag = spec(z.boolean(), 'boolean')
const id = z.union([z.string().min(1), z.number().int()]).transform(String)

/** `2026-03-01`; Oracle's own samples write `2026-3-1` as well. */
const day = spec(
  z
    .string()
    .regex(/^\d{4}-\d{1,2}-\d{1,2}$/)
    .transform((value) =>
      value
        .split('-')
        .map((part) => part.padStart(2, '0'))
        .join('-'),
    ),
  'date',
)

export interface Reference {
  id?: string | undefined
  externalId?: string | undefined
}

/** `{ id }`, `{ externalId }`, or the bare id of Oracle's older samples. */
const reference = z.union([
  z.strictObject({
    id: id.optional(),
    externalId: z.string().optional(),
    refName: z.string().optional(),
    links: z.array(z.unknown()).optional(),
  }),
  id.transform((value) => ({ id: value })),
])
const toReference = (value: z.output<typeof reference>): Reference => value
const ref = spec(reference.transform(toReference), 'nsResource')

/** `{ id: 'A' }` or the bare letter. */
const choice = (...letters: string[]) =>
  spec(
    z.union([
      z.strictObject({ id: z.enum(letters), refName: z.string().optional() }).transform((value) => value.id),
      z.enum(letters),
    ]),
    'choice',
  )
const country = spec(
  z.union([
    z.strictObject({ id: z.string(), refName: z.string().optional() }).transform((value) => value.id),
    z.string(),
  ]),
  'choice',
)

const addressFields = {
  addr1: text(150),
  addr2: text(150),
  addr3: text(150),
  addrPhone: text(32),
  addrText: text(999),
  addressee: text(83),
  attention: text(83),
  city: text(50),
  country,
  override: flag,
  state: text(30),
  zip: text(36),
}
const address = spec(z.object(addressFields), 'address')

const sublist = <T extends z.ZodType>(element: T, type: string) =>
  spec(z.object({ items: z.array(element) }), type)

const orderLine = z.object({
  amount: numeric,
  class: ref,
  department: ref,
  description: text(4000),
  expectedShipDate: day,
  isClosed: flag,
  isTaxable: flag,
  item: ref,
  line: whole,
  location: ref,
  price: ref,
  quantity: numeric,
  rate: numeric,
  taxCode: ref,
  taxDetailsReference: text(40),
})

/** SuiteTax: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1531755110.html */
const taxDetail = z.object({
  taxDetailsReference: text(40),
  taxType: ref,
  taxCode: ref,
  taxBasis: numeric,
  taxRate: numeric,
  taxAmount: numeric,
})

export const salesOrderRequest = z.object({
  billAddressList: ref,
  billingAddress: address,
  class: ref,
  currency: ref,
  customForm: ref,
  department: ref,
  discountItem: ref,
  discountRate: spec(
    z.union([
      z.number().transform((value) => new Big(value).toFixed()),
      z.string().regex(/^-?\d+(\.\d+)?%?$/),
    ]),
    'number',
  ),
  email: text(254),
  entity: ref,
  exchangeRate: numeric,
  externalId: text(255),
  handlingCost: numeric,
  item: sublist(orderLine, 'salesOrder-itemElement'),
  location: ref,
  memo: text(999),
  message: text(999),
  orderStatus: choice('A', 'B'),
  otherRefNum: text(45),
  paymentOption: ref,
  shipAddressList: ref,
  shipComplete: flag,
  shipDate: day,
  shipIsResidential: flag,
  shipMethod: ref,
  shippingAddress: address,
  shippingCost: numeric,
  shippingTaxCode: ref,
  subsidiary: ref,
  taxDetails: sublist(taxDetail, 'object'),
  taxDetailsOverride: flag,
  terms: ref,
  toBeEmailed: flag,
  toBePrinted: flag,
  tranDate: day,
  tranId: text(45),
})

export type SalesOrderRequest = z.output<typeof salesOrderRequest>
export type OrderLineRequest = z.output<typeof orderLine>
export type AddressRequest = Record<string, unknown>

export const customerRequest = z.object({
  addressBook: sublist(
    z.object({
      addressBookAddress: address,
      defaultBilling: flag,
      defaultShipping: flag,
      isResidential: flag,
      label: text(83),
    }),
    'customer-addressBookElement',
  ),
  comments: text(4000),
  companyName: text(83),
  currency: ref,
  currencyList: sublist(z.object({ currency: ref }), 'customer-currencyListElement'),
  customForm: ref,
  email: text(254),
  entityId: text(83),
  externalId: text(255),
  firstName: text(32),
  isInactive: flag,
  isPerson: flag,
  lastName: text(32),
  phone: text(32),
  subsidiary: ref,
  taxable: flag,
})

export type CustomerRequest = z.output<typeof customerRequest>

export const itemFulfillmentRequest = z.object({
  externalId: text(255),
  item: sublist(
    z.object({
      itemReceive: flag,
      location: ref,
      orderLine: whole,
      quantity: numeric,
    }),
    'itemFulfillment-itemElement',
  ),
  memo: text(999),
  package: sublist(
    z.object({ packageDescr: text(100), packageTrackingNumber: text(255), packageWeight: numeric }),
    'itemFulfillment-packageElement',
  ),
  shipMethod: ref,
  shipStatus: choice('A', 'B', 'C'),
  tranDate: day,
})

export type FulfillmentRequest = z.output<typeof itemFulfillmentRequest>

/** Custom fields may stand on any record and line. */
const customField = /^(custbody|custcol|custentity|custitem|custrecord)/
export const isCustomField = (name: string): boolean => customField.test(name)

export interface ReadRequest<T> {
  value: T
  /** Custom fields of the record itself. */
  custom: Record<string, unknown>
  /** Paths of properties that the record does not have. */
  unknown: string[]
  /** Paths of fields given as null: a change empties them. */
  cleared: string[]
}

/** What the caller asks for misspelt properties in X-NetSuite-PropertyNameValidation; Warning when absent. */
export type NameValidation = 'Error' | 'Warning' | 'Ignore'

/** Reads a body: names in any case, nulls as absent, misspelt names named, types checked. */
export function readRequest<T extends z.ZodObject>(
  schema: T,
  body: unknown,
  names: NameValidation,
): Result<ReadRequest<z.output<T>>, Refusal> {
  if (!isObject(body))
    return err({
      status: 400,
      details: [
        { detail: 'Invalid content in the request body. Provide a JSON object.', code: 'INVALID_CONTENT' },
      ],
    })
  const unknown: string[] = []
  const cleared: string[] = []
  const known = canonical(schema, body, '', { unknown, cleared })
  if (names === 'Error' && unknown.length > 0)
    return err({
      status: 400,
      details: unknown.map((path) => ({
        detail: `Invalid content in the request body. The property '${path}' does not exist on the record.`,
        code: 'INVALID_CONTENT',
        path,
      })),
    })
  const parsed = schema.safeParse(known)
  if (!parsed.success) return err({ status: 400, details: parsed.error.issues.map(describe) })
  const custom = Object.fromEntries(Object.entries(body).filter(([name]) => isCustomField(name)))
  return ok({ value: parsed.data, custom, unknown, cleared })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Found {
  unknown: string[]
  cleared: string[]
}

function canonical(schema: unknown, value: unknown, path: string, found: Found): unknown {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  if (inner instanceof z.ZodArray && Array.isArray(value))
    return value.map((element, at) => canonical(inner.element, element, `${path}[${at}]`, found))
  if (!(inner instanceof z.ZodObject) || !isObject(value)) return value
  const names = new Map(Object.keys(inner.shape).map((name) => [name.toLowerCase(), name]))
  const known: Record<string, unknown> = {}
  for (const [given, content] of Object.entries(value)) {
    const name = names.get(given.toLowerCase())
    const at = path === '' ? given : `${path}.${given}`
    if (name === undefined) {
      if (!isCustomField(given) && given !== 'links') found.unknown.push(at)
    } else if (content === null) found.cleared.push(path === '' ? name : `${path}.${name}`)
    else known[name] = canonical(inner.shape[name], content, path === '' ? name : `${path}.${name}`, found)
  }
  return known
}

function describe(issue: z.core.$ZodIssue) {
  const path = issue.path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )
  const field = String(issue.path.at(-1) ?? '')
  if (issue.code === 'too_big' && issue.origin === 'string')
    return {
      detail: `Error while accessing a resource. The field ${field.toLowerCase()} contained more than the maximum number ( ${issue.maximum} ) of characters allowed.`,
      code: 'USER_ERROR',
      path,
    }
  return {
    detail: `Invalid value for the resource or sub-resource field '${field}'. Provide a valid value.`,
    code: 'INVALID_CONTENT',
    path,
  }
}
