import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { itemFulfillmentRequest, salesOrderRequest } from '../../src/sandbox/netsuite/requests.ts'
import { Client, order, startSandbox, testSeed } from './netsuite-client.ts'

const specFile = resolve('../shared/specs/netsuite/record-v1-2026.1.subset.schema.json')
const samples = resolve('../shared/payloads/netsuite')

interface SpecField {
  $ref?: string
  type?: string
  format?: string
  properties?: Record<string, SpecField>
  items?: SpecField
}

/** The type of a field in Oracle's schema, in the words that the sandbox's request schemas use. */
function specType(field: SpecField): string {
  if (field.$ref !== undefined) return field.$ref.split('/').at(-1)!
  if (field.type === 'string') return field.format === 'date' ? 'date' : 'string'
  if (field.type !== 'object') return field.type ?? 'unknown'
  const element = field.properties?.['items']?.items
  if (element !== undefined) return specType(element)
  return field.properties?.['id'] === undefined ? 'object' : 'choice'
}

describe.skipIf(!existsSync(specFile))(
  'the request bodies, held against SuiteTalk REST record v1 2026.1',
  () => {
    const spec = existsSync(specFile)
      ? (JSON.parse(readFileSync(specFile, 'utf8')) as {
          $defs: Record<string, { properties?: Record<string, SpecField> }>
        })
      : { $defs: {} }

    /** Every field the sandbox reads, as `record.field`, with its type here and there. */
    function compare(name: string, schema: z.ZodObject): [field: string, here: unknown, there: string][] {
      const properties = spec.$defs[name]?.properties
      if (properties === undefined) return []
      return Object.entries(schema.shape).flatMap(([field, wrapped]) => {
        const known = properties[field]
        const inner = (wrapped as z.ZodOptional).unwrap() as z.ZodType
        const here = inner.meta()?.['spec']
        const there = known === undefined ? 'missing' : specType(known)
        const object = inner instanceof z.ZodObject ? inner : undefined
        const element = object?.shape['items'] instanceof z.ZodArray ? object.shape['items'].element : object
        const nested = element instanceof z.ZodObject ? compare(String(here), element) : []
        return [[`${name}.${field}`, here, there] as [string, unknown, string], ...nested]
      })
    }

    it.each([
      ['salesOrder', salesOrderRequest, 45],
      ['itemFulfillment', itemFulfillmentRequest, 9],
    ] as const)('every field of %s exists there, with the same type', (name, schema, atLeast) => {
      const fields = compare(name, schema)
      expect(fields.length).toBeGreaterThan(atLeast)
      expect(fields.filter(([, here, there]) => here !== there)).toEqual([])
    })

    it('a misspelt field would be found', () => {
      const misspelt = z.object({ memmo: z.string().meta({ spec: 'string' }).optional() })
      expect(compare('salesOrder', misspelt)).toEqual([['salesOrder.memmo', 'string', 'missing']])
      const wrongType = z.object({ shippingCost: z.string().meta({ spec: 'string' }).optional() })
      expect(compare('salesOrder', wrongType)).toEqual([['salesOrder.shippingCost', 'string', 'number']])
    })
  },
)

describe.skipIf(!existsSync(samples))("Oracle's own samples", () => {
  let sandbox: SandboxNetSuite
  let client: Client
  const sample = (name: string): unknown => JSON.parse(readFileSync(resolve(samples, name), 'utf8'))

  beforeAll(async () => {
    const ada = { ...testSeed.customers[0], externalId: 'sample' }
    sandbox = await startSandbox({
      seed: {
        ...testSeed,
        items: [{ id: 98, itemId: 'SAMPLE', basePrice: '39.95' }],
        customers: Array.from({ length: 110 }, (_, at) => ({
          ...ada,
          externalId: `c${at}`,
          lastName: `L${at}`,
        })),
        lists: { ...testSeed.lists, customform: [{ id: 68, name: 'Standard' }] },
        orderStatus: 'A',
      },
    })
    client = await Client.signIn(sandbox)
  })
  afterAll(() => sandbox.close())

  it.each(['case-1-create-your-sales-order-1.json', 'case-1-create-your-sales-order-2.json'])(
    '%s becomes an order',
    async (name) => {
      const made = await client.makeOrder(sample(name))
      expect(made).toMatchObject({ entity: { id: '110' }, total: 39.95, status: { id: 'A' } })
    },
  )

  it('an order reads as the recorded one does', async () => {
    const recorded = sample('case-3-retrieve-sales-order-1.json') as Record<string, unknown>
    const made = await client.makeOrder(sample('case-1-create-your-sales-order-2.json'))
    const read = (await client.get(`salesOrder/${String(made['id'])}`)).body
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.keys(value)
            .filter((key) => key !== 'links')
            .toSorted()
        : typeof value
    const same = [
      'id',
      'tranId',
      'tranDate',
      'createdDate',
      'subtotal',
      'taxTotal',
      'total',
      'discountTotal',
      'entity',
    ]
    for (const field of [
      ...same,
      'currency',
      'currencyName',
      'currencysymbol',
      'currencyPrecision',
      'exchangeRate',
      'subsidiary',
      'item',
    ])
      expect([field, shape(read[field])]).toEqual([field, shape(recorded[field])])
    expect(String(read['createdDate'])).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it('a change of a line, closed in lower case', async () => {
    const made = await client.makeOrder(sample('case-1-create-your-sales-order-1.json'))
    const path = `record/v1/salesOrder/${String(made['id'])}`
    expect((await client.call('PATCH', path, sample('case-4-update-sales-order-1.json'))).status).toBe(204)
    const read = await client.get(`salesOrder/${String(made['id'])}?expandSubResources=true`)
    expect(read.body['item']).toMatchObject({ items: [{ isClosed: true }] })
  })

  it('a refusal has the words of the recorded errors', async () => {
    const recorded = sample('real-errors-quoted.json') as {
      body?: { 'o:errorDetails': Record<string, string>[] }
    }[]
    const details = recorded.flatMap(
      (each) => each.body?.['o:errorDetails'].map((detail) => detail['detail']) ?? [],
    )
    const duplicate = order({
      entity: { id: '1' },
      externalId: 'dup',
      item: { items: [{ item: 98, quantity: 1 }] },
    })
    await client.post('salesOrder', duplicate)
    const again = await client.post('salesOrder', duplicate)
    const recordedDuplicate = recorded.find((each) =>
      each.body?.['o:errorDetails'].some((detail) => detail['detail']?.includes('already exists')),
    )!
    expect(again.body['o:errorDetails']).toEqual(recordedDuplicate.body!['o:errorDetails'])
    const names = await client.post('customer', { subsidiary: { id: '1' } })
    const said = (names.body['o:errorDetails'] as Record<string, string>[])[0]!['detail']
    expect(details).toContain(said)
    const item = await client.post('salesOrder', order({ item: { items: [{ item: 18099, quantity: 1 }] } }))
    expect(details).toContain((item.body['o:errorDetails'] as Record<string, string>[])[0]!['detail'])
  })

  it('a page of SuiteQL has the recorded keys', async () => {
    const recorded = sample('suiteql-page-shape.json') as Record<string, unknown>
    const page = (await client.suiteql('SELECT id FROM item')).body
    expect(Object.keys(page).toSorted()).toEqual(Object.keys(recorded).toSorted())
  })
})
