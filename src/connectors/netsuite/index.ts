import type { Backend } from '../contract.ts'
import { identify } from './account.ts'
import { changing } from './changing.ts'
import { choices } from './choices.ts'
import { config, milliseconds, recordUrl, validity, type NetSuiteConfig } from './config.ts'
import { isThrottled } from './errors.ts'
import { forget, lookups, type NetSuiteLookups } from './lookups.ts'
import { applyFix, mapping, type NetSuiteMapping } from './mapping.ts'
import { records } from './records.ts'
import { create, find, totals } from './sales-orders.ts'
import { shipments } from './shipments.ts'
import { prepare, show, type NetSuiteDraft } from './to-sales-order.ts'

/** NetSuite over SuiteTalk REST (record v1) and SuiteQL. Its quirks are in the README beside this file. */
export const netsuite: Backend<NetSuiteConfig, NetSuiteMapping, NetSuiteDraft, NetSuiteLookups> = {
  kind: 'netsuite',
  label: 'NetSuite',
  config,
  secrets: ['credentials.privateKey', 'credentials.consumerSecret', 'credentials.tokenSecret'],
  mapping,
  limits: ({ concurrency }) => ({ concurrency }),
  isThrottled,
  validity,
  timing: ({ timeout, requestLimit }) => ({
    timeoutMs: milliseconds(timeout),
    requestLimitMs: milliseconds(requestLimit),
    settleMs: 0,
  }),
  identify,
  find,
  lookups,
  prepare,
  linesOf: (draft) => draft.lines,
  show,
  create,
  totals,
  records,
  shipments,
  applyFix,
  choices,
  forget,
  recordUrl,
  changing,
}

export type { NetSuiteConfig } from './config.ts'
export type { NetSuiteLookups } from './lookups.ts'
export type { NetSuiteMapping } from './mapping.ts'
export type { NetSuiteDraft } from './to-sales-order.ts'
