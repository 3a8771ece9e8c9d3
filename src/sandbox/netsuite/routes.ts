import type { Account } from './account.ts'
import {
  doesNotExist,
  errorAnswer,
  recordAnswer,
  refuse,
  userError,
  type Answer,
  type Outcome,
} from './answers.ts'
import { createCustomer, findCustomer, showCustomer } from './customers.ts'
import { findFulfillment, fulfillOrder, showFulfillment } from './fulfillments.ts'
import { listRecords, showListed } from './lists.ts'
import {
  customerRequest,
  itemFulfillmentRequest,
  readRequest,
  salesOrderRequest,
  type NameValidation,
  type ReadRequest,
} from './requests.ts'
import { createSalesOrder, findTransaction } from './sales-orders.ts'
import { deleteTransaction, updateSalesOrder } from './sales-order-changes.ts'
import { onlyFields, showSalesOrder } from './sales-order-view.ts'
import { answerSuiteql } from './suiteql/run.ts'
import type { z } from 'zod'

/** A call to the API, its body read as JSON already. */
export interface ApiRequest {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  header: (name: string) => string | undefined
  body: unknown
  /** Where the journal learns of misspelt properties that were only warned of. */
  warn: (paths: string[]) => void
}

const recordRoot = '/services/rest/record/v1/'
export const suiteqlPath = '/services/rest/query/v1/suiteql'

/** Answers a call that has been let in. All of it happens at once: what is written is committed when this returns. */
export function answerApi(account: Account, request: ApiRequest): Answer {
  if (request.path === suiteqlPath && request.method === 'POST')
    return answerSuiteql(account, {
      body: request.body,
      prefer: request.header('prefer'),
      limit: request.query.get('limit') ?? undefined,
      offset: request.query.get('offset') ?? undefined,
    })
  if (!request.path.startsWith(recordRoot)) return missing()
  const [type, key, action, target] = request.path.slice(recordRoot.length).split('/').map(decode)
  const record = (type ?? '').toLowerCase()
  const resource: Resource = { account, request, key, action, target }
  if (record === 'salesorder') return salesOrder(resource)
  if (record === 'customer') return customer(resource)
  if (record === 'itemfulfillment') return itemFulfillment(resource)
  return listed(resource, type ?? '')
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

interface Resource {
  account: Account
  request: ApiRequest
  key: string | undefined
  action: string | undefined
  target: string | undefined
}

const missing = () => fail(doesNotExist())
const notAllowed = () =>
  fail(
    refuse(405, { detail: 'The requested method is not supported by the resource.', code: 'INVALID_METHOD' }),
  )

function fail(outcome: Extract<Outcome<never>, { ok: false }>): Answer {
  return errorAnswer(outcome.error)
}

/** 204 and where the record is: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545141395.html */
const done = (account: Account, path: string): Answer => ({
  status: 204,
  headers: { location: `${account.baseUrl()}${recordRoot}${path}` },
})

function read<T extends z.ZodObject>(schema: T, request: ApiRequest): Outcome<ReadRequest<z.output<T>>> {
  const wanted = request.header('x-netsuite-propertynamevalidation') ?? 'Warning'
  const names = (['Error', 'Warning', 'Ignore'] as const).find(
    (each) => each.toLowerCase() === wanted.toLowerCase(),
  )
  if (names === undefined)
    return refuse(400, {
      detail: `Invalid value '${wanted}' for the request header 'X-NetSuite-PropertyNameValidation'. Valid values are: Error, Warning, Ignore.`,
      code: 'INVALID_HEADER',
      header: 'X-NetSuite-PropertyNameValidation',
    })
  const body = readRequest(schema, request.body, names satisfies NameValidation)
  if (body.ok && names === 'Warning' && body.value.unknown.length > 0) request.warn(body.value.unknown)
  return body
}

const expands = (request: ApiRequest) => request.query.get('expandSubResources') === 'true'
const shownFields = (request: ApiRequest) => request.query.get('fields') ?? undefined

function salesOrder({ account, request, key, action, target }: Resource): Answer {
  if (key === undefined || key === '') {
    if (request.method === 'GET') return listRecords(account, 'salesOrder', request.query)
    if (request.method !== 'POST') return notAllowed()
    const body = read(salesOrderRequest, request)
    if (!body.ok) return fail(body)
    const created = createSalesOrder(account, body.value.value, body.value.custom)
    return created.ok ? done(account, `salesOrder/${created.value}`) : fail(created)
  }
  const order = findTransaction(account, 'SalesOrd', key)
  if (order === undefined) return otherType(account, key, 'ItemShip')
  if (action === '!transform') {
    if (target?.toLowerCase() !== 'itemfulfillment' || request.method !== 'POST') return notAllowed()
    const body = read(itemFulfillmentRequest, { ...request, body: request.body ?? {} })
    if (!body.ok) return fail(body)
    const created = fulfillOrder(account, order, body.value.value)
    return created.ok ? done(account, `itemFulfillment/${created.value}`) : fail(created)
  }
  if (action !== undefined) return missing()
  if (request.method === 'GET')
    return recordAnswer(onlyFields(showSalesOrder(account, order, expands(request)), shownFields(request)))
  if (request.method === 'PATCH') {
    const body = read(salesOrderRequest, request)
    if (!body.ok) return fail(body)
    const changed = updateSalesOrder(account, order, body.value)
    return changed.ok ? done(account, `salesOrder/${order.id}`) : fail(changed)
  }
  if (request.method === 'DELETE') {
    const deleted = deleteTransaction(account, order)
    return deleted.ok ? { status: 204 } : fail(deleted)
  }
  return notAllowed()
}

/** An id of another transaction type is another error than an id of nothing. */
function otherType(account: Account, key: string, type: 'SalesOrd' | 'ItemShip'): Answer {
  return findTransaction(account, type, key) === undefined || key.startsWith('eid:')
    ? missing()
    : fail(userError('Transaction type specified is incorrect.'))
}

function customer({ account, request, key, action }: Resource): Answer {
  if (key === undefined || key === '') {
    if (request.method === 'GET') return listRecords(account, 'customer', request.query)
    if (request.method !== 'POST') return notAllowed()
    const body = read(customerRequest, request)
    if (!body.ok) return fail(body)
    const created = createCustomer(account, body.value.value, body.value.custom)
    return created.ok ? done(account, `customer/${created.value}`) : fail(created)
  }
  const found = findCustomer(account, key)
  if (found === undefined || action !== undefined) return missing()
  if (request.method !== 'GET') return notAllowed()
  return recordAnswer(onlyFields(showCustomer(account, found, expands(request)), shownFields(request)))
}

function itemFulfillment({ account, request, key, action }: Resource): Answer {
  if (key === undefined || key === '')
    return request.method === 'GET' ? listRecords(account, 'itemFulfillment', request.query) : notAllowed()
  const found = findFulfillment(account, key)
  if (found === undefined) return otherType(account, key, 'SalesOrd')
  if (action !== undefined) return missing()
  if (request.method === 'DELETE') {
    const deleted = deleteTransaction(account, found)
    return deleted.ok ? { status: 204 } : fail(deleted)
  }
  if (request.method !== 'GET') return notAllowed()
  return recordAnswer(onlyFields(showFulfillment(account, found, expands(request)), shownFields(request)))
}

function listed({ account, request, key, action }: Resource, type: string): Answer {
  if (request.method !== 'GET') return notAllowed()
  if (key === undefined || key === '') return listRecords(account, type, request.query)
  const found = action === undefined ? showListed(account, type, key) : undefined
  if (found === 'unknown type')
    return fail(refuse(404, { detail: `Record type '${type}' does not exist.`, code: 'NONEXISTENT_ID' }))
  return found === undefined ? missing() : recordAnswer(onlyFields(found, shownFields(request)))
}
