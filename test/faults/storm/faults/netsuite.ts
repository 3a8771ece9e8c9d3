import type { Fault as NetSuiteFault } from '../../../../src/sandbox/netsuite/index.ts'
import { placeOrders } from '../customers.ts'
import { minute } from '../plan.ts'
import { type Fault, type Hand, whole } from './hand.ts'

/** A fault that the next so many calls meet; orders make sure that there are some. */
const nextCalls =
  (faultOf: (pick: number) => NetSuiteFault & { times: number }): Fault =>
  ({ scene, met, step: { pick } }) => {
    const fault = faultOf(pick)
    scene.netsuite.control.fault(fault)
    placeOrders(scene, Math.min(fault.times, 3))
    met()
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
  'answer lost: customer': nextCalls(() => ({ kind: 'loseAnswer', ...customer })),
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
    if (pick < 0.5) await scene.netsuite.control.down()
    else scene.netsuite.control.fault({ kind: 'maintenance' })
    met()
    after(whole(pick, 2, 40) * minute, async () => {
      scene.netsuite.control.clearFaults()
      await scene.netsuite.control.up()
    })
  },
}
