import { DateTime } from 'luxon'
import { z } from 'zod'
import { ok } from '../../result.ts'
import type { ListedRecord, Outcome, Page } from '../contract.ts'
import { idList, literal, query, type NetSuiteCtx } from './client.ts'
import { knownZone, learnZone, toLocal, toUtc } from './time-zone.ts'

/** As many as SuiteQL gives at once: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html */
const pageSize = 1000
/** Times come in the zone of the user, learnt as an offset: around a change of the clocks it is an hour wrong. */
const overlapHours = 2

const row = z.object({
  id: z.coerce.string(),
  externalid: z.string(),
  tranid: z.string().optional(),
  created: z.string(),
})
const pageShape = z.object({ after: z.string().regex(/^\d+$/) })

/**
 * The sales orders with an external id of ours, by their internal ids, which only grow: a page can be left for good, and
 * the 100,000 rows that one query may give at most are never met. In LIKE, `_` stands for any letter (nothing says that
 * SuiteQL knows ESCAPE), so what comes is looked at once more.
 */
export async function records(
  ctx: NetSuiteCtx,
  { prefix, createdFrom }: { prefix: string; createdFrom: string },
  page?: Page,
): Promise<Outcome<{ records: ListedRecord[]; next?: Page }>> {
  const learnt = await learnZone(ctx)
  if (!learnt.ok) return learnt
  const zone = knownZone(ctx)
  const from = DateTime.fromISO(createdFrom).minus({ hours: overlapHours }).toUTC().toISO() ?? createdFrom
  const after = page === undefined ? '' : `AND t.id > ${idList([pageShape.parse(page).after])}`
  const found = await query(
    ctx,
    `SELECT t.id, t.externalid, t.tranid, TO_CHAR(t.createddate, 'YYYY-MM-DD HH24:MI:SS') AS created
     FROM transaction t
     WHERE t.type = 'SalesOrd' AND t.externalid LIKE ${literal(`${prefix}%`)} ${after}
       AND t.createddate >= TO_DATE(${literal(toLocal(from, zone))}, 'YYYY-MM-DD HH24:MI:SS')
     ORDER BY t.id`,
    row,
    'sales orders',
    { limit: pageSize },
  )
  if (!found.ok) return found
  const { rows, hasMore } = found.value
  const last = rows.at(-1)
  return ok({
    records: rows
      .filter(({ externalid }) => externalid.startsWith(prefix))
      .map(({ id, externalid, tranid, created }) => ({
        id,
        number: tranid ?? null,
        externalId: externalid,
        createdAt: toUtc(created, zone),
      })),
    ...(hasMore && last && { next: { after: last.id } }),
  })
}
