import { connections } from './problems/connections.ts'
import { content } from './problems/content.ts'
import { customers } from './problems/customers.ts'
import type { Entry } from './problems/entry.ts'
import { mapping } from './problems/mapping.ts'
import { records } from './problems/records.ts'
import { shipments } from './problems/shipments.ts'

export type { Fix, FixAction } from './problems/entry.ts'

/**
 * Why something is stopped. The code picks title, cause and fixes from the catalogue below; `subject` is what the
 * problem is about (a SKU, a payment method): orders with the same code and subject have one problem in common.
 */
export interface Problem {
  code: ProblemCode
  subject: string
  detail: string
  /** The vendor's own words, unchanged; null where the problem is Waybill's own finding. */
  vendorMessage: string | null
}

/** Every problem there is. Codes are stable: they stand in the ledger, in the API and in the names of help pages. */
export const problemCatalogue = {
  ...content,
  ...mapping,
  ...customers,
  ...records,
  ...shipments,
  ...connections,
} as const satisfies Record<string, Entry>

export type ProblemCode = keyof typeof problemCatalogue

/** A problem as it is shown: what the catalogue says of its code, and what this one adds. */
export function describeProblem(problem: Problem) {
  const entry: Entry = problemCatalogue[problem.code]
  return {
    code: problem.code,
    title: entry.title(problem.subject),
    detail: problem.detail,
    vendorMessage: problem.vendorMessage,
    cause: entry.cause,
    fix: entry.fix,
    fixes: entry.fixes,
    subject: problem.subject,
    fingerprint: fingerprintOf(problem),
  }
}

/** Problems with the same fingerprint are one cause: fixed once, fixed for all their orders. */
export function fingerprintOf(problem: Pick<Problem, 'code' | 'subject'>): string {
  return `${problem.code}:${problem.subject}`
}
