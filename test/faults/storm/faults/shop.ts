import type { FaultSpec } from '../../../../src/sandbox/shop/faults.ts'
import { placeOrders, placePoison, remark, shipSome } from '../customers.ts'
import { minute } from '../plan.ts'
import type { Scene } from '../scene.ts'
import { type Hand, once, provoke, whole } from './hand.ts'

export const isReading = ({ method, query }: { method: string; query: string }) =>
  method === 'GET' && query.includes('modified_after')

/** Whether Waybill knows which shop it reads. */
async function isKnown(scene: Scene): Promise<boolean> {
  const known = await scene
    .query("SELECT 1 FROM connections WHERE role = 'channel' AND identity IS NOT NULL")
    .catch(() => [])
  return known.length > 0
}

/** A burst whose pick is no lower is one of thousands: in one seed of twenty, such as 1. */
const hugeBurst = 0.93

export const shop = {
  'answer lost: shipment': (hand: Hand) => {
    const { scene, step } = hand
    const kind = step.pick < 0.5 ? 'lose_answer' : 'error_after_write'
    const fault: FaultSpec = { kind, times: 1, on: 'writes', path: '/fulfillments' }
    const arm = (come: () => void) => scene.shop.control.fault(fault, come)
    return provoke(hand, arm, () => shipSome(scene), 6 * minute)
  },
  'the shop answers 429': ({ scene, met, step: { pick } }: Hand) =>
    scene.shop.control.fault(
      { kind: 'throttle', times: whole(pick, 2, 6), retryAfter: whole(pick, 1, 90) },
      once(met),
    ),
  'the shop away': async ({ scene, met, after, step: { pick } }: Hand) => {
    await scene.shop.control.down(pick < 0.3 ? 'refused' : pick < 0.6 ? 'reset' : 'maintenance')
    met()
    after(whole(pick, 2, 40) * minute, () => scene.shop.control.up())
  },
  'the shop moves to another address': async ({ scene, met, after, step: { pick } }: Hand) => {
    const confirm = async (): Promise<void> => {
      if (await scene.person.confirmAddress(scene.shopUrl())) met()
      else after(3 * minute, confirm)
    }
    const move = async (): Promise<void> => {
      // What has not been met yet cannot be known again elsewhere: the person gives the address themselves then.
      if (!(await isKnown(scene))) return after(3 * minute, move)
      await scene.moveShop()
      placeOrders(scene, 2)
      after(whole(pick, 1, 30) * minute, confirm)
    }
    await move()
  },
  'a burst of orders in one second': ({ scene, met, step: { pick } }: Hand) => {
    placeOrders(scene, pick < hugeBurst ? whole(pick, 105, 135) : 2000)
    met()
  },
  'orders changed while they are read': ({ scene, met, step: { pick } }: Hand) => {
    const at = pick < 0.5 ? 'let in' : 'done'
    const unwatch = scene.shop.control.watch((request, reached) => {
      if (reached !== at || !isReading(request)) return
      unwatch()
      if (remark(scene, 4) > 0) met()
    })
  },
  'an order listed seconds after its time': ({ scene, met, step: { pick } }: Hand) => {
    scene.shop.control.listLate(whole(pick, 1, 4))
    placeOrders(scene, 2)
    scene.shop.control.listLate(0)
    met()
  },
  'an order listed hours after its time': ({ scene, met, after }: Hand) => {
    scene.shop.control.listLate(2 * 3600)
    scene.postman.always('lose')
    placeOrders(scene, 3)
    scene.shop.control.listLate(0)
    after(2 * minute, () => scene.postman.always('deliver'))
    met()
  },
  'an order that cannot be read': ({ scene, met, step: { pick } }: Hand) => {
    placePoison(scene, pick)
    met()
  },
  'a PHP warning before the JSON': ({ scene, met }: Hand) =>
    scene.shop.control.fault({ kind: 'printed', times: 2, on: 'reads', path: '/wc/v3/orders' }, once(met)),
  'a list that is no JSON': ({ scene, met, step: { pick } }: Hand) => {
    const kind = pick < 0.3 ? 'cut' : pick < 0.6 ? 'html' : 'empty'
    scene.shop.control.fault({ kind, times: 1, on: 'reads', path: '/wc/v3/orders' }, met)
  },
}
