import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { err, ok } from '../../result.ts'
import type { Failure, Outcome } from '../contract.ts'
import { type Answer, call, type ShopCtx } from './client.ts'
import { placeOf } from './glance.ts'
import { elementsOf } from './raw-json.ts'
import type { Query } from './site.ts'
import { forgetStatuses, statusParameter } from './statuses.ts'

export interface Row {
  id: string
  modifiedAt: string
  /** The exact bytes of the order. */
  body: string
  /** The shop fails on this order: neither its id nor its content can be seen. */
  hidden?: true
}

export interface Listed {
  rows: Row[]
  /** What the shop says matches, where it says so. */
  total: number
  answer: Answer
}

/**
 * A list of orders in every status. `timeless` stands for the time of rows that tell none. An order that makes the shop
 * fail is stepped over, and has its place in the list.
 */
export async function list(ctx: ShopCtx, query: Query, timeless: string): Promise<Outcome<Listed>> {
  const whole = await ask(ctx, query, timeless)
  if (whole.ok || !failsInside(whole.error)) return whole
  return (await stepOver(ctx, query, timeless, whole.error)) ?? whole
}

const orders = { method: 'GET', path: '/orders', orders: true, cut: true } as const

/** Asks with every status the shop has; when it refuses one (its plug-in is gone), its statuses are asked anew. */
async function ask(ctx: ShopCtx, query: Query, timeless: string): Promise<Outcome<Listed>> {
  const once = async (which: Parameters<typeof statusParameter>[1]) => {
    const status = await statusParameter(ctx, which)
    return status.ok ? call(ctx, { ...orders, query: { ...query, status: status.value } }) : status
  }
  let answer = await once('every')
  for (const which of ['every', 'registered', 'any'] as const) {
    if (answer.ok || !isAboutStatus(answer.error)) break
    ctx.log.warn(
      { which, said: answer.error.problems[0].detail },
      'the shop refuses one of the statuses asked for',
    )
    forgetStatuses(ctx)
    answer = await once(which)
  }
  if (!answer.ok) return answer
  const elements = elementsOf(answer.value.text)
  if (elements === null) return err(noList(ctx, answer.value))
  const total = Number(answer.value.headers['x-wp-total'] ?? 0) || 0
  return ok({ rows: await rowsOf(elements, timeless), total, answer: answer.value })
}

/** "Invalid parameter(s): status" in any language: the parameter keeps its name. */
const isAboutStatus = (failure: Failure) =>
  failure.kind === 'rejected' && /\bstatus\b/.test(failure.problems[0].detail)

const failsInside = (failure: Failure) =>
  failure.status === 500 && failure.problems[0].code === 'server_error'

/** More orders in a row than these are no accident of single orders. */
const mostToStepOver = 3

/**
 * A plug-in that fails on one order makes the whole list fail (recordings/woocommerce-11.0.1 broken.json "fatal error
 * while preparing an order"). Reads as many orders as stand before it; when it stands first, the one after it, and
 * itself as an order of which nothing but its place is known. Null when nothing can be read: then it is the shop that
 * fails.
 */
async function stepOver(
  ctx: ShopCtx,
  query: Query,
  timeless: string,
  failure: Failure,
): Promise<Outcome<Listed> | null> {
  const half = (size: number) => Math.floor(size / 2)
  for (let size = half(Number(query['per_page'] ?? 1)); size >= 1; size = half(size)) {
    const before = await ask(ctx, { ...query, per_page: size }, timeless)
    if (before.ok) return ok({ ...before.value, total: Infinity })
    if (!failsInside(before.error)) return null
  }
  for (let offset = 1; offset <= mostToStepOver; offset++) {
    const after = await ask(ctx, { ...query, per_page: 1, offset }, timeless)
    if (!after.ok && !failsInside(after.error)) return null
    if (!after.ok || after.value.rows.length === 0) continue
    const { rows } = after.value
    ctx.log.error(
      { from: timeless, to: rows[0]?.modifiedAt },
      'the shop fails on an order of this time; it is stepped over',
    )
    return ok({ ...after.value, rows: [unshown(timeless, failure), ...rows], total: Infinity })
  }
  return null
}

/** The order the shop fails on: it becomes an order that cannot be read, with what the shop said instead. */
function unshown(at: string, failure: Failure): Row {
  const message = failure.problems[0].vendorMessage ?? failure.problems[0].detail
  return {
    id: `unreadable-${digest(at)}`,
    modifiedAt: at,
    body: JSON.stringify({ code: 'shop_failed_on_this_order', message }),
    hidden: true,
  }
}

/** A page takes tens of milliseconds to read: after so many orders, what else waits in this process has its turn. */
const rowsAtOnce = 10

/** An order that cannot be read keeps its place by its neighbours' time, and its bytes. */
async function rowsOf(elements: string[], timeless: string): Promise<Row[]> {
  const rows: Row[] = []
  let previous = timeless
  for (const body of elements) {
    const seen = placeOf(body)
    previous = seen.modifiedAt ?? previous
    rows.push({ id: seen.id ?? `unreadable-${digest(body)}`, modifiedAt: previous, body })
    if (rows.length % rowsAtOnce === 0) await setImmediate()
  }
  return rows
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** An empty list proves nothing; one order anywhere proves that the shop can list. */
export async function listsAnything(ctx: ShopCtx): Promise<boolean> {
  const any = await ask(ctx, { per_page: 1, _fields: 'id' }, '')
  return any.ok && any.value.rows.length > 0
}

function noList(ctx: ShopCtx, answer: Answer): Failure {
  const detail = `A list of orders was asked for; the answer begins with ${answer.text.slice(0, 60)}`
  return failure(ctx, 'invalid_response', 'unreadable_answer', detail)
}

export function failure(
  ctx: ShopCtx,
  kind: Failure['kind'],
  code: 'server_error' | 'unreadable_answer',
  detail: string,
): Failure {
  return { kind, problems: [{ code, subject: new URL(ctx.config.url).host, detail, vendorMessage: null }] }
}
