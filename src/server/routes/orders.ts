import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOnOrders } from '../../flows/actions.ts'
import type { Deps } from '../../flows/deps.ts'
import { type Db, inSnapshot } from '../../ledger/database.ts'
import { type NamedTombstone, tombstonesNamed } from '../../ledger/tombstones.ts'
import { countDecisions, countOrders } from '../../ledger/views/order-counts.ts'
import { listOrders, orderIds, type Sort } from '../../ledger/views/order-pages.ts'
import { type OrderView, ordersNamed, orderViews } from '../../ledger/views/orders.ts'
import { type Status, statuses } from '../../order/status.ts'
import { quoted } from '../../quoted.ts'
import { actorOf } from '../auth.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { findOrder } from '../find-order.ts'
import { orderDetailJson, ordersJson } from '../order-json.ts'
import { ordersCsv } from '../orders-csv.ts'
import { Refusal } from '../refusal.ts'
import { timeJson } from '../values-json.ts'
import {
  bulkRequest,
  bulkResult,
  type OrderAction,
  orderActions,
  orderCounts,
  orderCountsQuery,
  orderDetail,
  orderFileQuery,
  orderPage,
  orderQuery,
  tombstone,
  type TombstoneJson,
  toLedgerFilter,
  whyRequest,
} from '../schemas.ts'

const positionIn = (sort: Sort) =>
  z.object({ sort: z.literal(sort), at: z.iso.datetime().nullable(), id: z.uuid(), named: z.boolean() })
export const named = z.object({
  id: z.string().min(1).max(200).describe('Waybill id, channel id or order number'),
})
export const within = z.object({
  connection: z.string().optional().describe('Only orders of this connection'),
})

const summaries: Record<OrderAction, string> = {
  post: 'Post it (again) now',
  post_anew: 'Make another record: the one it had is gone from the backend',
  let_be: 'Leave it as it is though its record is gone from the backend',
  cancel: 'Cancel it here: no data moves any more',
  uncancel: 'Take it up again where it was',
  hold: 'Put it on hold: it does not go on until a person releases it',
  release: 'Let it go on that a person has put on hold',
  import_again: 'Read it from the channel again',
  import_anyway: 'Import it although a rule holds it',
  check_again: "Compare the record's total again",
  accept_total: "Accept the difference of the record's total",
  resend_shipment: 'Report its failed shipments to the channel again',
  ignore_changes: 'Leave the record as it is, although the channel changed the order after posting',
  update_record: 'Bring what the channel changed into the record, where nobody has edited it there',
  replace_record: 'Close the record in the backend, and post the newer version as another one',
  cancel_record: 'Close the record in the backend, because the channel has cancelled the order',
  keep_record: 'Keep the record although the channel has cancelled the order',
  delete: 'Delete it here for good: a tombstone keeps it from coming back unasked',
}

const mostAtOnce = 20_000

const everyStatus = (counts: Map<Status, number>) =>
  Object.fromEntries(statuses.map((status) => [status, counts.get(status) ?? 0])) as Record<Status, number>

export function orderRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  const detailOf = (find: (db: Db) => Promise<OrderView>) =>
    inSnapshot(deps.db, async (db) => orderDetailJson({ ...deps, db }, await find(db)))

  typed.get(
    '/orders',
    { schema: { summary: 'Orders, newest first', querystring: orderQuery, response: { 200: orderPage } } },
    async ({ query: { limit, cursor, sort, ...filter } }) => {
      const { orders, next } = await listOrders(deps.db, toLedgerFilter(filter), {
        limit,
        sort,
        after: readCursor(positionIn(sort), cursor),
      })
      return { items: await ordersJson(deps, orders), nextCursor: writeCursor(next) }
    },
  )

  typed.get(
    '/orders/counts',
    {
      schema: {
        summary: 'How many of each status',
        querystring: orderCountsQuery,
        response: { 200: orderCounts },
      },
    },
    async ({ query }) => {
      const filter = toLedgerFilter(query)
      const { found, total, byStatus } = await countOrders(deps.db, filter)
      return {
        found,
        total: total.count,
        isExact: total.isExact,
        byStatus: byStatus && everyStatus(byStatus),
        decisions: await countDecisions(deps.db, filter),
      }
    },
  )

  typed.get(
    '/orders.csv',
    { schema: { summary: 'All orders that match, as a CSV file', querystring: orderFileQuery } },
    async ({ query: { sort, ...filter } }, reply) => {
      const day = deps.now().toISOString().slice(0, 10)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="orders-${day}.csv"`)
        .send(ordersCsv(deps, toLedgerFilter(filter), sort))
    },
  )

  typed.get(
    '/orders/:id',
    {
      schema: {
        summary: 'One order with its waybill',
        params: named,
        querystring: within,
        response: { 200: orderDetail },
      },
    },
    ({ params, query }) => detailOf((db) => findOrder({ ...deps, db }, params.id, query.connection)),
  )

  const done = async (
    action: OrderAction,
    name: string,
    { connection, why }: { connection?: string | undefined; why?: string | undefined },
  ) => {
    const { id } = await findOrder(deps, name, connection)
    const asked = { action, orderIds: [id], actor: actorOf(), why: why || undefined }
    const { skipped } = await actOnOrders(deps, asked)
    if (skipped[0]) throw notPossible(action, skipped[0])
    return id
  }
  const viewOf = (id: string) => detailOf(async (db) => (await orderViews(db, [id]))[0]!)

  for (const action of orderActions.filter((one) => one !== 'delete' && one !== 'hold'))
    typed.post(
      `/orders/:id/${action.replaceAll('_', '-')}`,
      {
        schema: {
          summary: summaries[action],
          params: named,
          querystring: within,
          response: { 200: orderDetail },
        },
      },
      async ({ params, query }) => viewOf(await done(action, params.id, query)),
    )

  typed.post(
    '/orders/:id/hold',
    {
      schema: {
        summary: summaries.hold,
        params: named,
        querystring: within,
        body: whyRequest,
        response: { 200: orderDetail },
      },
    },
    async ({ params, query, body }) => viewOf(await done('hold', params.id, { ...query, why: body?.why })),
  )

  typed.post(
    '/orders/:id/delete',
    {
      schema: {
        summary: summaries.delete,
        params: named,
        querystring: within,
        body: whyRequest,
        response: { 200: tombstone },
      },
    },
    async ({ params, query, body }) => {
      const orders = await ordersNamed(deps.db, params.id, query.connection)
      const [before] = orders.length > 0 ? [] : await tombstonesNamed(deps.db, params.id, query.connection)
      // Deleted before: it is as it is wanted.
      if (before) return tombstoneJson(before)
      const id = await done('delete', params.id, { ...query, why: body?.why })
      return tombstoneJson((await tombstonesNamed(deps.db, id))[0]!)
    },
  )

  typed.post(
    '/orders/actions',
    {
      schema: {
        summary: 'Act on many orders, by ids or by filter',
        body: bulkRequest,
        response: { 200: bulkResult },
      },
    },
    async ({ body: { action, ids, filter, why } }) => {
      const asked = ids ?? (await orderIds(deps.db, toLedgerFilter(filter ?? {}), mostAtOnce + 1))
      if (asked.length > mostAtOnce) throw tooMany()
      const { done, skipped } = await actOnOrders(deps, {
        action,
        orderIds: asked,
        actor: actorOf(),
        why: why || undefined,
      })
      return {
        action,
        asked: asked.length,
        done: done.length,
        skippedCount: skipped.length,
        skipped: skipped.slice(0, 100),
      }
    },
  )
}

const tombstoneJson = (stays: NamedTombstone): TombstoneJson => ({
  id: stays.order_id,
  connection: stays.channel_name,
  channelOrderId: stays.channel_order_id,
  number: stays.number,
  status: stays.status as Status,
  deletedAt: timeJson(stays.deleted_at),
  deletedBy: stays.deleted_by,
  why: stays.why,
})

const notPossible = (action: OrderAction, { number, why }: { number: string; why: string }): Refusal =>
  new Refusal({
    status: 409,
    code: 'not_possible_now',
    title: 'Not possible now',
    detail: `Order ${number} does not allow "${action.replaceAll('_', ' ')}": ${why}`,
    fix: `See where it stands: waybill order ${quoted(number)}`,
  })

const tooMany = (): Refusal =>
  new Refusal({
    status: 422,
    code: 'too_many_orders',
    title: 'Too many orders at once',
    detail: `The filter finds more than ${mostAtOnce} orders`,
    fix: 'Narrow the filter: by status, connection, problem or search.',
  })
