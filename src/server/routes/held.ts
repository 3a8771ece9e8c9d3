import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import { importStatus } from '../../flows/import-status.ts'
import { heldGroups, type HeldGroupRow } from '../../ledger/views/held.ts'
import { actorOf } from '../auth.ts'
import { notFound, Refusal } from '../refusal.ts'
import { type HeldGroup, heldList, importStatusRequest, importStatusResult } from '../schemas.ts'
import { moneyJson, timeOrNull } from '../values-json.ts'

export function heldRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get(
    '/held',
    { schema: { summary: 'Held orders by the rule that holds them', response: { 200: heldList } } },
    async () => ({ items: (await heldGroups(deps.db)).map(groupJson), nextCursor: null }),
  )

  typed.post(
    '/routes/:name/import-status',
    {
      schema: {
        summary: 'Import a status from now on, and the orders that are held for it',
        params: z.object({ name: z.string() }),
        body: importStatusRequest,
        response: { 200: importStatusResult },
      },
    },
    async ({ params: { name }, body: { status } }) => {
      const done = await importStatus(deps, { route: name, status, actor: actorOf() })
      if (done.ok) return done.value
      throw done.error.code === 'no_such_route'
        ? notFound('route', name, 'GET /api/v1/routes lists them.')
        : nothingHeld(name, status)
    },
  )
}

const nothingHeld = (route: string, status: string): Refusal =>
  new Refusal({
    status: 422,
    code: 'nothing_held',
    title: 'No order is held for this status',
    detail: `Route ${route} holds no order for the status "${status}"`,
    fix: 'GET /api/v1/held lists the statuses for which orders are held; others are named in waybill.yaml.',
  })

const groupJson = (row: HeldGroupRow): HeldGroup => ({
  route: row.route,
  connection: row.connection,
  rule: row.rule,
  channelStatus: row.channel_status,
  filter: row.filter && { key: row.filter_key!, ...row.filter },
  wanted: row.wanted,
  orders: row.orders,
  totals: row.totals.map(({ amount, currency }) => moneyJson(amount, currency)),
  oldest: timeOrNull(row.oldest),
  newest: timeOrNull(row.newest),
})
