import type { Fault as NetSuiteFault } from '../../../../src/sandbox/netsuite/index.ts'
import { placeOfStrangers, placeOrders } from '../customers.ts'
import { minute } from '../plan.ts'
import { type Fault, type Hand, provoke, whole } from './hand.ts'

/** A fault that the next so many calls meet; orders see to it that there are some. */
const nextCalls =
  (faultOf: (pick: number) => NetSuiteFault & { times: number }, order = placeOrders): Fault =>
  (hand) => {
    const { scene, step } = hand
    const fault = faultOf(step.pick)
    const arm = (come: () => void) => scene.netsuite.control.fault(fault, come)
    return provoke(hand, arm, () => order(scene, Math.min(fault.times, 2)), 9 * minute)
  }

const salesOrder = { method: 'POST', path: '/record/v1/salesOrder', times: 1 }
const customer = { method: 'POST', path: '/record/v1/customer', times: 1 }

export const netsuite = {
  'answer lost: sales order': nextCalls(() => ({ kind: 'loseAnswer', ...salesOrder })),
  'answer lost, and the sales order made minutes later': nextCalls((pick) => ({
    kind: 'commitLate',
    ...salesOrder,
    ms: whole(pick, 1, 14) * minute,
  })),
  'bad gateway after the sales order was made': nextCalls(() => ({
    kind: 'errorAfterCommit',
    ...salesOrder,
  })),
  'answer lost: customer': nextCalls(() => ({ kind: 'loseAnswer', ...customer }), placeOfStrangers),
  'NetSuite answers 429': nextCalls((pick) => ({
    kind: pick < 0.5 ? 'throttle429' : 'overload400',
    times: whole(pick, 3, 12),
  })),
  'NetSuite words overload as a bad login': nextCalls(() => ({ kind: 'overloadAsBadLogin', times: 6 })),
  'NetSuite fails, or answers what is no JSON': nextCalls((pick) => ({
    kind: pick < 0.5 ? 'error500' : 'garbage',
    times: whole(pick, 1, 4),
  })),
  'NetSuite away': async ({ scene, met, after, step: { pick } }: Hand) => {
    const { control } = scene.netsuite
    if (pick < 0.5) await control.down()
    const end = pick < 0.5 ? () => control.up() : control.fault({ kind: 'maintenance' })
    placeOrders(scene, 1)
    met()
    after(whole(pick, 2, 40) * minute, end)
  },
}
