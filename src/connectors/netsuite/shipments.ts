import { DateTime } from 'luxon'
import { z } from 'zod'
import { absolute } from '../../order/money.ts'
import { ok } from '../../result.ts'
import type { BackendShipment, Outcome, Page, ReadWindow } from '../contract.ts'
import { idList, literal, query, queryAll, type NetSuiteCtx } from './client.ts'
import { knownZone, learnZone, toLocal, toUtc } from './time-zone.ts'

const pageSize = 200
/**
 * Times come in the zone of the user, learnt as an offset: around a change of the clocks it is an hour wrong. What is
 * read twice costs little, what is missed is lost.
 */
const overlapHours = 2

const header = z.object({
  id: z.coerce.string(),
  status: z.string(),
  changed: z.string(),
  day: z.string(),
  carrier: z.string().optional(),
})
type Header = z.output<typeof header>

const pageShape = z.object({ changed: z.string(), id: z.string().regex(/^\d+$/) })

export interface ShipmentPage {
  shipments: BackendShipment[]
  next?: Page
  backendTime: string | null
}

/**
 * Shipped item fulfilments of Waybill's own orders, changed since `window.from`, ascending by (time, id): a page can
 * be left for good, and what changes during the reading comes once more behind it.
 */
export async function shipments(
  ctx: NetSuiteCtx,
  window: ReadWindow,
  page?: Page,
): Promise<Outcome<ShipmentPage>> {
  const learnt = await learnZone(ctx)
  if (!learnt.ok) return learnt
  const zone = knownZone(ctx)
  const headers = await query(ctx, headerQuery(window, zone, page), header, 'item fulfilments', {
    limit: pageSize,
  })
  if (!headers.ok) return headers
  const { rows, hasMore, answeredAt } = headers.value
  const shipped = rows.filter((row) => isStatus(row.status, 'C'))
  const details = await readDetails(ctx, shipped)
  if (!details.ok) return details
  const last = rows.at(-1)
  return ok({
    shipments: shipped.flatMap((row) => {
      const detail = details.value.get(row.id)
      return detail ? [shipmentOf(row, detail, zone)] : []
    }),
    ...(hasMore && last && { next: { changed: last.changed, id: last.id } }),
    backendTime: answeredAt,
  })
}

const dateFormat = "'YYYY-MM-DD HH24:MI:SS'"
const date = (text: string) => `TO_DATE(${literal(text)}, ${dateFormat})`

/** Only fulfilments whose lines come from a sales order with Waybill's external id. */
function headerQuery(window: ReadWindow, zone: string | null, page: Page | undefined): string {
  const from = DateTime.fromISO(window.from).minus({ hours: overlapHours }).toUTC().toISO() ?? window.from
  const at = page && pageShape.parse(page)
  const since = at
    ? `(f.lastmodifieddate > ${date(at.changed)}
        OR (f.lastmodifieddate = ${date(at.changed)} AND f.id > ${idList([at.id])}))`
    : `f.lastmodifieddate >= ${date(toLocal(from, zone))}`
  const until = window.to === undefined ? '' : `AND f.lastmodifieddate <= ${date(toLocal(window.to, zone))}`
  return `
    SELECT f.id, f.status, TO_CHAR(f.lastmodifieddate, ${dateFormat}) AS changed,
      TO_CHAR(f.trandate, 'YYYY-MM-DD') AS day, BUILTIN.DF(f.shipmethod) AS carrier
    FROM transaction f
    WHERE f.type = 'ItemShip' AND ${since} ${until}
      AND EXISTS (
        SELECT 1 FROM previoustransactionlinelink l JOIN transaction o ON o.id = l.previousdoc
        WHERE l.nextdoc = f.id AND o.type = 'SalesOrd' AND o.externalid LIKE 'wb_%')
    ORDER BY f.lastmodifieddate, f.id`
}

/** A status is a letter, or the letter behind the type ("ItemShip:C"). */
const isStatus = (status: string, ...letters: string[]): boolean =>
  letters.includes(status.split(':').at(-1)!.trim())

interface Detail {
  recordId: string
  lines: BackendShipment['lines']
  tracking: string[]
  completes: boolean
}

const lineRow = z.object({
  shipment: z.coerce.string(),
  salesorder: z.coerce.string(),
  orderline: z.coerce.string(),
  quantity: z.coerce.string().default('0'),
  sku: z.string().optional(),
})
const trackingRow = z.object({ shipment: z.coerce.string(), trackingnumber: z.coerce.string() })
const orderRow = z.object({
  salesorder: z.coerce.string(),
  orderstatus: z.string(),
  shipment: z.coerce.string(),
  status: z.string(),
  changed: z.string(),
})

/** Lines, tracking numbers and the state of the order, for a page of fulfilments at once. */
async function readDetails(ctx: NetSuiteCtx, shipped: Header[]): Promise<Outcome<Map<string, Detail>>> {
  const details = new Map<string, Detail>()
  if (shipped.length === 0) return ok(details)
  const ids = idList(shipped.map((row) => row.id))
  const lines = await queryAll(
    ctx,
    `SELECT l.nextdoc AS shipment, l.previousdoc AS salesorder, l.previousline AS orderline, t.quantity,
       BUILTIN.DF(t.item) AS sku
     FROM previoustransactionlinelink l
       JOIN transactionline t ON t.transaction = l.nextdoc AND t.id = l.nextline
       JOIN transaction o ON o.id = l.previousdoc
     WHERE l.nextdoc IN (${ids}) AND o.type = 'SalesOrd' AND t.item IS NOT NULL
       AND NVL(t.iscogs, 'F') = 'F'
     ORDER BY l.nextdoc, l.nextline, l.previousline`,
    lineRow,
    'item fulfilments',
  )
  if (!lines.ok) return lines
  if (lines.value.length === 0) return ok(details)
  const tracking = await queryAll(
    ctx,
    `SELECT m.transaction AS shipment, n.trackingnumber
     FROM trackingnumbermap m JOIN trackingnumber n ON n.id = m.trackingnumber
     WHERE m.transaction IN (${ids}) ORDER BY m.transaction, n.id`,
    trackingRow,
    'tracking numbers',
  )
  if (!tracking.ok) return tracking
  const orders = await queryAll(
    ctx,
    `SELECT DISTINCT o.id AS salesorder, o.status AS orderstatus, f.id AS shipment, f.status,
       TO_CHAR(f.lastmodifieddate, ${dateFormat}) AS changed
     FROM previoustransactionlinelink l
       JOIN transaction o ON o.id = l.previousdoc JOIN transaction f ON f.id = l.nextdoc
     WHERE l.previousdoc IN (${idList(new Set(lines.value.map((line) => line.salesorder)))})
       AND f.type = 'ItemShip' ORDER BY o.id, f.id`,
    orderRow,
    'sales orders',
  )
  if (!orders.ok) return orders

  for (const line of lines.value) {
    const detail: Detail = details.get(line.shipment) ?? {
      recordId: line.salesorder,
      lines: [],
      tracking: tracking.value
        .filter((row) => row.shipment === line.shipment)
        .flatMap((row) => trackingNumbers(row.trackingnumber)),
      completes: completes(orders.value, line.salesorder, line.shipment),
    }
    detail.lines.push({
      backendLine: line.orderline,
      sku: line.sku ?? null,
      quantity: absolute(line.quantity),
    })
    details.set(line.shipment, detail)
  }
  return ok(details)
}

/** A package's field holds what people type: several numbers with commas between them, too. */
const trackingNumbers = (text: string): string[] =>
  text
    .split(',')
    .map((number) => number.trim())
    .filter((number) => number !== '')

/**
 * Everything has left when the order only waits for its bill, or has it (F, G), and this is its last shipped
 * fulfilment: the one that was changed last, for one made earlier may leave later.
 */
function completes(rows: z.output<typeof orderRow>[], salesorder: string, shipment: string): boolean {
  const own = rows.filter((row) => row.salesorder === salesorder && isStatus(row.status, 'C'))
  const last = own.toSorted((a, b) => compareTimes(a, b)).at(-1)
  return last?.shipment === shipment && isStatus(last.orderstatus, 'F', 'G')
}

function compareTimes(a: z.output<typeof orderRow>, b: z.output<typeof orderRow>): number {
  if (a.changed !== b.changed) return a.changed < b.changed ? -1 : 1
  return BigInt(a.shipment) < BigInt(b.shipment) ? -1 : 1
}

function shipmentOf(row: Header, detail: Detail, zone: string | null): BackendShipment {
  const modifiedAt = toUtc(row.changed, zone)
  return {
    id: row.id,
    recordId: detail.recordId,
    // A fulfilment has a day and no hour; that of its last change serves where it was the same day.
    shippedAt: row.changed.startsWith(row.day) ? modifiedAt : toUtc(`${row.day} 12:00:00`, zone),
    modifiedAt,
    carrier: row.carrier ?? null,
    trackingNumbers: detail.tracking,
    lines: detail.lines,
    completesOrder: detail.completes,
  }
}
