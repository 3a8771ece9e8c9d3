import type { OrderView } from '../ledger/views/orders.ts'
import {
  describeProblem,
  type FixAction,
  type Problem,
  problemCatalogue,
  type ProblemCode,
} from '../order/problems.ts'
import { type HoldingRule, personsHold } from '../order/rules.ts'
import { quoted } from '../quoted.ts'
import { situationOf, whyNot } from './available-actions.ts'
import { checksOf, isMissing, type Known, lastSeen, seenNow } from './explain-checks.ts'
import {
  clock,
  type ExplainedFix,
  type Explanation,
  heldWords,
  holderOf,
  lowerFirst,
  soon,
  verdictOfHold,
} from './explanation.ts'

type Answer = Pick<Explanation, 'verdict' | 'headline' | 'fixes'>

/** Where an order that Waybill knows is, and what it waits for. */
export function explainKnown(known: Known): Explanation {
  const { query, order } = known
  return { query, ...answer(known), checks: checksOf(known), orders: [order] }
}

function answer(known: Known): Answer {
  if (isMissing(known) && known.order.status !== 'cancelled') return missingInBackend(known)
  switch (known.order.status) {
    case 'posted':
    case 'partially_shipped':
    case 'shipment_error':
    case 'complete':
      return inBackend(known)
    case 'scheduled':
    case 'posting':
    case 'verifying':
      return waitsForBackend(known) ?? onItsWay(known)
    case 'imported':
      return {
        verdict: 'automatic_posting_off',
        headline: `Order ${known.order.number} is in Waybill and waits for a person to post it, because automatic posting is off.`,
        fixes: [fix(known, 'post', `Post it to ${known.backendLabel}`)],
      }
    case 'post_error':
      return errorPosting(known)
    case 'import_error':
      return errorImporting(known)
    case 'held':
      return held(known)
    case 'cancelled':
      return cancelled(known)
  }
}

function inBackend(known: Known): Answer {
  const { order, backendLabel, channel } = known
  const name = order.record_number ?? order.record_id ?? ''
  const failed = order.status === 'shipment_error'
  const problem = failed ? firstProblem(order) : null
  return {
    verdict: 'in_backend',
    headline: `Order ${order.number} is in ${backendLabel} as ${name}, ${seenNow(known) ? 'seen there just now' : `last seen there on ${clock(lastSeen(known), channel.time_zone)}`}.${
      problem ? ` Its shipment could not be reported to the shop: ${problem.detail}.` : ''
    }${undecided(order)}`,
    fixes: [
      ...(failed ? [fix(known, 'resend_shipment', 'Send the shipment again')] : []),
      fix(known, 'open_in_backend', `Open ${name} in ${backendLabel}`),
    ],
  }
}

/** What the shop did after posting, and nobody has decided about. */
function undecided(order: OrderView): string {
  if (order.cancel_requested_at !== null)
    return ' The shop cancelled it after it was posted: decide what happens with the record.'
  return order.changed_after_posting_at === null
    ? ''
    : ' The shop changed it after it was posted: decide what happens with the record.'
}

function missingInBackend(known: Known): Answer {
  const { order, backendLabel, channel } = known
  const name = order.record_number ?? order.record_id ?? ''
  const letBe = order.missing_accepted ? ' A person let it be.' : ''
  const { fixes } = problemCatalogue.record_missing
  return {
    verdict: 'missing_in_backend',
    headline: `Order ${order.number} was posted to ${backendLabel} as ${name}, and is not there any more; it was last seen there on ${clock(lastSeen(known), channel.time_zone)}.${letBe}`,
    fixes: fixes
      .filter(({ action }) => whyNot(action, situationOf(order)) === null)
      .map(({ action, label }) => fix(known, action, label)),
  }
}

/** Null when nothing keeps the backend from being asked. */
function waitsForBackend({ order, backend, backendLabel, channel, now }: Known): Answer | null {
  const zone = channel.time_zone
  if (backend.paused_at)
    return {
      verdict: 'paused',
      headline: `Order ${order.number} waits because posting to ${backend.name} has been paused since ${clock(backend.paused_at, zone)}.`,
      fixes: [{ action: 'resume', label: `Resume ${backend.name} on its page`, command: null }],
    }
  if (backend.health_problem === null) return null
  const problem = describeProblem(backend.health_problem as Problem)
  const next =
    backend.health === 'needs_reauthorisation'
      ? 'It goes by itself once that is mended.'
      : `Waybill tries again ${soon(backend.blocked_until, now, zone)}; the order goes by itself.`
  return {
    verdict: 'backend_down',
    headline: `Order ${order.number} waits for ${backendLabel}, which has been out of reach since ${clock(backend.health_since, zone)}: ${problem.title}. ${next}`,
    fixes: [{ action: 'check_connection', label: problem.fix, command: `waybill check ${backend.name}` }],
  }
}

function onItsWay(known: Known): Answer {
  const { order, backendLabel, channel, now } = known
  const zone = channel.time_zone
  const next = soon(order.next_attempt_at, now, zone)
  const headline = {
    posting: `Order ${order.number} is being posted to ${backendLabel} right now.`,
    verifying: `An answer of ${backendLabel} was lost, so Waybill looks whether order ${order.number} has arrived before sending it again; it looks next ${next}.`,
    scheduled: `Order ${order.number} is on its way: it goes to ${backendLabel} ${next}.`,
  }[order.status as 'posting' | 'verifying' | 'scheduled']
  return {
    verdict: 'on_its_way',
    headline,
    fixes: order.status === 'scheduled' && next !== 'now' ? [fix(known, 'post', 'Post it now')] : [],
  }
}

const firstProblem = (order: OrderView) => {
  const row = order.problems[0]
  return row
    ? describeProblem({
        code: row.code as ProblemCode,
        subject: row.subject,
        detail: row.detail,
        vendorMessage: row.vendor_message,
      })
    : null
}

const fixesOf = (known: Known): ExplainedFix[] =>
  known.order.problems.flatMap((row) =>
    describeProblem({
      code: row.code as ProblemCode,
      subject: row.subject,
      detail: row.detail,
      vendorMessage: row.vendor_message,
    }).fixes.map(({ action, label }) => fix(known, action, label)),
  )

function errorPosting(known: Known): Answer {
  const { order, backendLabel } = known
  const problem = firstProblem(order)
  const more = order.problems.length > 1 ? ` (and ${order.problems.length - 1} more)` : ''
  const where =
    order.record_id === null
      ? `Order ${order.number} is not in ${backendLabel}`
      : `Order ${order.number} is in ${backendLabel} as ${order.record_number ?? order.record_id}, but stopped`
  return {
    verdict: 'error_posting',
    headline: `${where}: ${problem?.title ?? 'it was stopped'}${more}. ${problem?.fix ?? ''}`.trim(),
    fixes: unique([
      ...fixesOf(known),
      ...(order.record_id === null ? [fix(known, 'post', 'Post again')] : []),
    ]),
  }
}

function errorImporting(known: Known): Answer {
  const { order, channel } = known
  const problem = firstProblem(order)
  return {
    verdict: 'error_importing',
    headline: `Order ${order.number} of ${channel.name} cannot be read: ${problem?.detail ?? 'its content is not understood'}. It is kept, and read again as soon as the shop changes it.`,
    fixes: unique(fixesOf(known)),
  }
}

function held(known: Known): Answer {
  const { order, channel } = known
  const byPerson = personsHold(order.hold)
  if (byPerson)
    return {
      verdict: verdictOfHold(byPerson),
      headline: `Order ${order.number} is ${lowerFirst(heldWords(byPerson, channel.time_zone))}.`,
      fixes: [fix(known, 'release', 'Let it go on')],
    }
  const hold = order.hold as HoldingRule | null
  return {
    verdict: hold ? verdictOfHold(hold) : 'held_by_rule',
    headline: `Order ${order.number} is held back by ${holderOf(hold, order.route_name)}: ${hold?.detail ?? order.reason ?? 'a rule'}.`,
    fixes: [
      {
        action: 'import_anyway',
        label: 'Import it anyway',
        command: `waybill import ${channel.name} ${quoted(order.channel_order_id)} --anyway`,
      },
    ],
  }
}

function cancelled(known: Known): Answer {
  const { order, channel, events, backendLabel } = known
  const event = events.findLast(({ status_to }) => status_to === 'cancelled')
  const when = clock(event?.at ?? order.updated_at, channel.time_zone)
  const uncancel = fix(known, 'uncancel', 'Take it up again')
  if (order.cancel_reason === 'aged_out') {
    const problem = firstProblem(order)
    return {
      verdict: 'cancelled_after_error',
      headline: `Order ${order.number} was cancelled by Waybill on ${when}, because its problem was not solved in time: ${problem?.title ?? order.reason ?? 'unknown'}.`,
      fixes: unique([uncancel, ...fixesOf(known)]),
    }
  }
  if (order.cancel_reason === 'at_channel')
    return {
      verdict: 'cancelled_at_channel',
      headline:
        order.record_id === null
          ? `Order ${order.number} was cancelled in the shop before it was posted (seen on ${when}).`
          : `Order ${order.number} was cancelled in the shop after it was posted: ${order.record_number ?? order.record_id} was closed in ${backendLabel} on ${when}.`,
      fixes: [uncancel],
    }
  return {
    verdict: 'cancelled_by_person',
    headline: `Order ${order.number} was cancelled in Waybill by a ${event?.actor ?? 'person'} on ${when}.`,
    fixes: [uncancel],
  }
}

/** How a fix is done from the command line; null where the page or the vendor's own does it. */
function fix(known: Known, action: FixAction, label: string): ExplainedFix {
  const name = quoted(known.order.number)
  const commands: Partial<Record<FixAction, string>> = {
    post: `waybill post ${name}`,
    post_anew: `waybill post ${name} --again`,
    let_be: `waybill let-be ${name}`,
    cancel: `waybill cancel ${name}`,
    uncancel: `waybill uncancel ${name}`,
    release: `waybill release ${name}`,
    import_again: `waybill import ${known.channel.name} ${quoted(known.order.channel_order_id)}`,
    refresh_items: `waybill post ${name}`,
    check_connection: `waybill check ${known.backend.name}`,
  }
  return { action, label, command: commands[action] ?? null }
}

const unique = (fixes: ExplainedFix[]): ExplainedFix[] =>
  fixes.filter(
    ({ action, label }, i) => fixes.findIndex((f) => f.action === action && f.label === label) === i,
  )
