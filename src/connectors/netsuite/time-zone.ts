import { DateTime, FixedOffsetZone, IANAZone, type Zone } from 'luxon'
import { z } from 'zod'
import { ok } from '../../result.ts'
import type { Outcome } from '../contract.ts'
import { getRecord, query, type NetSuiteCtx } from './client.ts'

const zoneKey = 'netsuite.zone'
/** An offset is learnt anew after this long, because clocks change. */
const learntForMs = 30 * 60_000

interface Learnt {
  zone: string
  until: number
}

const learntZone = (ctx: NetSuiteCtx) => ctx.memory.get(zoneKey) as Learnt | undefined

/** The account's zone as far as it is known: from the configuration, else as learnt. */
export const knownZone = (ctx: NetSuiteCtx): string | null =>
  ctx.config.timeZone ?? learntZone(ctx)?.zone ?? null

const changed = z.object({ id: z.coerce.string(), changed: z.string() })
const record = z.object({ lastModifiedDate: z.string() })

/**
 * Learns the zone in which SuiteQL writes its times. No table tells it: the same moment is read twice, from SuiteQL
 * (the user's zone) and from the record (always UTC), and compared. Null while the account has no sales order yet.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157305090645.html
 */
export async function learnZone(ctx: NetSuiteCtx): Promise<Outcome<string | null>> {
  const kept = learntZone(ctx)
  if (ctx.config.timeZone !== undefined || (kept && kept.until > ctx.now().getTime()))
    return ok(knownZone(ctx))
  const rows = await query(
    ctx,
    `SELECT id, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS changed
     FROM transaction WHERE type = 'SalesOrd' ORDER BY id DESC`,
    changed,
    'sales orders',
    { limit: 1 },
  )
  if (!rows.ok) return rows
  const [row] = rows.value.rows
  if (row === undefined) return ok(knownZone(ctx))
  const same = await getRecord(ctx, `salesOrder/${row.id}`, record, 'sales orders')
  if (!same.ok) return same
  const zone = same.value && offsetBetween(row.changed, same.value.lastModifiedDate)
  if (zone) ctx.memory.set(zoneKey, { zone, until: ctx.now().getTime() + learntForMs } satisfies Learnt)
  return ok(zone || knownZone(ctx))
}

/** "UTC+1" and the like: how far the local text is from the moment, to the quarter of an hour. */
export function offsetBetween(local: string, utc: string): string | null {
  const shown = DateTime.fromSQL(local, { zone: 'utc' })
  const moment = DateTime.fromISO(utc, { zone: 'utc' })
  if (!shown.isValid || !moment.isValid) return null
  const minutes = Math.round(shown.diff(moment, 'minutes').minutes / 15) * 15
  return Math.abs(minutes) <= 14 * 60 ? FixedOffsetZone.instance(minutes).name : null
}

const zoneOf = (zone: string | null): Zone => {
  if (zone === null) return FixedOffsetZone.utcInstance
  return FixedOffsetZone.parseSpecifier(zone) ?? IANAZone.create(zone)
}

/** A moment as SuiteQL writes it in the zone: "2026-01-31 23:59:59". */
export const toLocal = (utc: string, zone: string | null): string =>
  DateTime.fromISO(utc, { zone: zoneOf(zone) }).toFormat('yyyy-MM-dd HH:mm:ss')

/** A time that SuiteQL wrote in the zone, as a moment in UTC. */
export function toUtc(local: string, zone: string | null): string {
  const time = DateTime.fromSQL(local, { zone: zoneOf(zone) })
  if (!time.isValid) throw new Error(`"${local}" is no time of SuiteQL`)
  return time.toUTC().toISO({ suppressMilliseconds: true }) ?? ''
}

/** The day of a moment in the zone: "2026-01-31". */
export const dayOf = (utc: string, zone: string | null): string =>
  DateTime.fromISO(utc, { zone: zoneOf(zone) }).toISODate() ?? ''
