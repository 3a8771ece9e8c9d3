import type { FaultSpec } from '../../../../src/sandbox/shop/faults.ts'
import { placeOrders } from '../customers.ts'
import { minute } from '../plan.ts'
import { askShop } from '../ask-shop.ts'
import { hookPath, type Scene } from '../scene.ts'
import { type Fault, type Hand, provoke, untilMet, whole } from './hand.ts'

/** So many deliveries stay on the way until some time has passed, and come in the opposite order. */
const keep =
  (times: number, forMs: (pick: number) => number): Fault =>
  ({ scene, met, after, step: { pick } }) => {
    const { postman } = scene
    const pile = postman.keep(times)
    placeOrders(scene, times)
    const release = async () => {
      if (pile.length < times) {
        // The shop sent too little: it was refused too often, and has switched its webhooks off.
        await switchOnWebhooks(scene)
        if (sends(scene)) placeOrders(scene, times - pile.length)
        return after(5 * minute, release)
      }
      for (const letter of pile.splice(0).toReversed()) await postman.deliver(letter)
      met()
    }
    after(forMs(pick), release)
  }

/** Somebody in the shop sees that webhooks are off, and switches them on; if the shop is there at all. */
async function switchOnWebhooks(scene: Scene): Promise<void> {
  try {
    const listed = await askShop(scene, '/webhooks')
    for (const { id } of listed.filter(({ status }) => status === 'disabled'))
      await askShop(scene, `/webhooks/${String(id)}`, { status: 'active' })
  } catch {
    // It is away just now, or spoils what it says: that is a fault of its own.
  }
}

/** Whether the shop has webhooks to send: orders that are placed for them would come to nothing, and be many. */
const sends = ({ shop }: Scene) => shop.control.webhooks().some(({ status }) => status === 'active')

function deleteWebhooks({ shop }: Scene): void {
  for (const { id } of shop.control.webhooks()) shop.control.removeWebhook(id)
}

/** Deliveries fare so for a while, and once more where the shop had too little to send: it is away, or sends none. */
function allDeliveries(mood: 'lose' | 'refuse', orders: number, enough: number): Fault {
  const attempt: Fault = async (hand) => {
    const { scene, met, after, step } = hand
    const { postman } = scene
    const count = () => (mood === 'lose' ? postman.lost : postman.refused)
    const before = count()
    postman.always(mood)
    await switchOnWebhooks(scene)
    if (sends(scene)) placeOrders(scene, orders)
    after(whole(step.pick, 5, 15) * minute, () => {
      postman.always('deliver')
      if (count() - before >= enough) met()
      else after(3 * minute, () => attempt(hand))
    })
  }
  return attempt
}

export const webhooks = {
  'webhook delivered twice': ({ scene, met }: Hand) => {
    scene.postman.next('twice', 1, met)
    placeOrders(scene, 1)
  },
  'webhook delivered late': keep(2, (pick) => whole(pick, 2, 40) * minute),
  'webhooks delivered in another order': keep(6, (pick) => whole(pick, 10, 90) * 1000),
  'webhook forged': untilMet(async ({ scene, step: { pick } }) => {
    const id = [...scene.known.keys()].at(-1) ?? 1
    const status = await scene.postman.deliver({
      url: hookPath,
      headers: {
        'content-type': 'application/json',
        'x-wc-webhook-topic': 'order.updated',
        'x-wc-webhook-id': '1',
        'x-wc-webhook-delivery-id': `forged-${pick}`,
        'x-wc-webhook-signature': Buffer.from(`forged ${pick}`).toString('base64'),
      },
      body: Buffer.from(JSON.stringify({ id, total: '0.01', forged: pick })),
    })
    return status === 401
  }),
  'webhooks lost, for minutes': allDeliveries('lose', 2, 1),
  'webhooks refused until the shop switches them off': allDeliveries('refuse', 9, 7),
  'answer lost: webhook subscription': (hand: Hand) => {
    const { scene } = hand
    const fault: FaultSpec = { kind: 'lose_answer', times: 1, on: 'writes', path: '/webhooks' }
    const arm = (come: () => void) => scene.shop.control.fault(fault, come)
    // Waybill looks hourly whether its subscriptions stand, and makes anew what somebody has deleted.
    provoke(hand, arm, () => deleteWebhooks(scene), 20 * minute)
  },
}
