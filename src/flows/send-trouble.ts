import type { HttpResponse, Outcome } from '../connectors/contract.ts'
import { retryAfterMs } from '../connectors/http.ts'
import type { SendTrouble } from '../ledger/outgoing.ts'
import { describeProblem, type ProblemCode } from '../order/problems.ts'

/** What became of sending something to a receiver. */
export type Sent =
  | { taken: true }
  | {
      taken: false
      trouble: SendTrouble
      /** It refuses what it was sent; something else it may take. */
      ofThisOnly: boolean
      /** How long it is to be left alone at least. */
      waitMs: number
    }

const apply = 'then run "waybill apply"'
const correct = `Correct the address under notifications in waybill.yaml, ${apply}.`
const wait =
  'Nothing to do at first: Waybill tries again by itself. If it lasts, ask whoever runs the receiver.'

const fixes: Partial<Record<ProblemCode, string>> = {
  address_unknown: correct,
  address_not_allowed: `Write the public address into waybill.yaml, ${apply}; or, if it is meant so, start Waybill with WAYBILL_ALLOW_HOSTS naming that host.`,
  address_moved: `Waybill follows no redirects. Write the address that it leads to into waybill.yaml, ${apply}.`,
  certificate_invalid: 'Ask whoever runs the receiver to renew its certificate.',
  connection_refused:
    'Start the receiver, or let Waybill pass the firewall before it. If it is elsewhere now, correct the address in waybill.yaml.',
}

const hour = 3_600_000
const ofTheBody = new Set([400, 413, 415, 422])

/** Only an answer of 2xx is a yes. What anything else means, and what to do about it. */
export function readAnswer(outcome: Outcome<HttpResponse>, host: string, now: Date): Sent {
  if (!outcome.ok) {
    const { code, title, detail } = describeProblem(outcome.error.problems[0])
    return {
      taken: false,
      trouble: { cause: `${title} (${detail}).`, fix: fixes[code] ?? wait },
      ofThisOnly: false,
      waitMs: 0,
    }
  }
  const { status, headers, body } = outcome.value
  if (status >= 200 && status <= 299) return { taken: true }
  const said = excerpt(body)
  return {
    taken: false,
    trouble: {
      cause: `${host} answers ${status}: ${meaning(status)}${said === '' ? '.' : `. It says: ${said}`}`,
      fix: fixFor(status),
    },
    ofThisOnly: ofTheBody.has(status),
    waitMs: Math.min(
      24 * hour,
      Math.max(retryAfterMs(headers['retry-after'], now) ?? 0, status === 410 ? 24 * hour : 0),
    ),
  }
}

function meaning(status: number): string {
  if (status >= 300 && status <= 399) return 'it redirects to another address'
  if (status === 401 || status === 403) return 'it does not let Waybill in'
  if (status === 404) return 'there is nothing at this address'
  if (status === 410) return 'it does not want to be told any more'
  if (status === 429) return 'it gets more than it can take'
  if (ofTheBody.has(status)) return 'it does not accept what it was sent'
  return status >= 500 ? 'it has trouble of its own' : 'it does not take it'
}

function fixFor(status: number): string {
  if (status >= 300 && status <= 399) return fixes.address_moved!
  if (status === 401 || status === 403)
    return `Compare the secret and the address in waybill.yaml with those of the receiver, ${apply}.`
  if (status === 404) return correct
  if (status === 410) return `Take it out of waybill.yaml, or write its new address, ${apply}.`
  if (ofTheBody.has(status))
    return 'Look into the log of the receiver for what it does not accept; Waybill tries this one again, and goes on with others.'
  return wait
}

const excerpt = (body: string): string =>
  body
    .slice(0, 2000)
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^<>]+>/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200)
