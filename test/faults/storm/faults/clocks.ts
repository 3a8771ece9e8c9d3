import { placeOrders } from '../customers.ts'
import { minute } from '../plan.ts'
import { type Fault, type Hand, untilMet, whole } from './hand.ts'
import { isReading } from './shop.ts'

/** Our clock goes wrong for a while, and is set right. */
const skewOurs = (sign: 1 | -1): Fault =>
  untilMet(({ scene: { clocks }, after, step: { pick } }) => {
    if (clocks.isOff('ours')) return false
    clocks.skew('ours', sign * whole(pick, 20, 45 * 60) * 1000)
    after(whole(pick, 3, 20) * minute, () => clocks.skew('ours', 0))
    return true
  })

/**
 * The shop's clock goes wrong for a while, and is set right when the shop has been read so. A quarter of an hour is
 * what signatures over plain HTTP bear.
 */
const skewShop = (sign: 1 | -1): Fault =>
  untilMet(({ scene: { clocks, shop }, after, step: { pick } }) => {
    if (clocks.isOff('shop')) return false
    clocks.skew('shop', sign * whole(pick, 20, 14 * 60) * 1000)
    let read = 0
    const unwatch = shop.control.watch((request, reached) => {
      if (reached === 'done' && isReading(request)) read += 1
    })
    const setRight = () => {
      if (read < 2) return after(2 * minute, setRight)
      unwatch()
      clocks.skew('shop', 0)
    }
    after(whole(pick, 5, 20) * minute, setRight)
    return true
  })

export const clocks = {
  'our clock jumps ahead': skewOurs(1),
  'our clock jumps back': skewOurs(-1),
  "the shop's clock jumps ahead": skewShop(1),
  "the shop's clock jumps back": skewShop(-1),
  // What is placed by a wrong clock that nobody saw is beyond reading by time: only a comparison finds it.
  "the shop's clock wrong while nobody can read it": untilMet(async ({ scene, after }) => {
    const { shop, clocks, postman } = scene
    if (clocks.isOff('shop')) return false
    await shop.control.down('refused')
    postman.always('lose')
    clocks.skew('shop', -12 * minute)
    placeOrders(scene, 3)
    after(3 * minute, async () => {
      clocks.skew('shop', 0)
      postman.always('deliver')
      await shop.control.up()
    })
    return true
  }),
  'daylight saving begins or ends in the shop': ({ met }: Hand) => met(),
}
