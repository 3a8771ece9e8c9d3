import { placeOrders, placePoison, remark } from '../customers.ts'
import { minute } from '../plan.ts'
import { type Hand, whole } from './hand.ts'

export const isReading = ({ method, query }: { method: string; query: string }) =>
  method === 'GET' && query.includes('modified_after')

/** A burst whose pick is no lower is one of thousands. */
const hugeBurst = 0.87

export const shop = {
  'answer lost: shipment': ({ scene, met, step: { pick } }: Hand) => {
    const kind = pick < 0.5 ? 'lose_answer' : 'error_after_write'
    scene.shop.control.fault({ kind, times: 1, on: 'writes', path: '/fulfillments' })
    met()
  },
  'the shop answers 429': ({ scene, met, step: { pick } }: Hand) => {
    scene.shop.control.fault({ kind: 'throttle', times: whole(pick, 2, 6), retryAfter: whole(pick, 1, 90) })
    met()
  },
  'the shop away': async ({ scene, met, after, step: { pick } }: Hand) => {
    await scene.shop.control.down(pick < 0.3 ? 'refused' : pick < 0.6 ? 'reset' : 'maintenance')
    met()
    after(whole(pick, 2, 40) * minute, () => scene.shop.control.up())
  },
  'the shop moves to another address': async ({ scene, met, after, step: { pick } }: Hand) => {
    await scene.moveShop()
    placeOrders(scene, 2)
    const confirm = async (): Promise<void> => {
      if (await scene.person.confirmAddress()) met()
      else after(3 * minute, confirm)
    }
    after(whole(pick, 1, 30) * minute, confirm)
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
  'a PHP warning before the JSON': ({ scene, met }: Hand) => {
    scene.shop.control.fault({ kind: 'printed', times: 2, on: 'reads', path: '/wc/v3/orders' })
    met()
  },
  'a list that is no JSON': ({ scene, met, step: { pick } }: Hand) => {
    const kind = pick < 0.3 ? 'cut' : pick < 0.6 ? 'html' : 'empty'
    scene.shop.control.fault({ kind, times: 1, on: 'reads', path: '/wc/v3/orders' })
    met()
  },
}
