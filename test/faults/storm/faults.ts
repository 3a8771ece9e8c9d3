import { killPostgres } from '../program.ts'
import { hookPath, type Scene } from './scene.ts'
import { placeOrders, placePoison, remark, ship } from './customers.ts'
import { type Kind, minute, type Step } from './plan.ts'
import { ownerOf, type Process } from './processes.ts'

/** What a fault has to do with. */
export interface Hand {
  scene: Scene
  step: Step
  /** This fault has come to pass, so many times. */
  met(times?: number): void
  /** Does something when so much time has passed. */
  after(ms: number, work: () => void | Promise<void>): void
}

type Fault = (hand: Hand) => void | Promise<void>

/** Tries again every few minutes until there is something to hit. */
const untilMet =
  (attempt: (hand: Hand) => boolean | Promise<boolean>): Fault =>
  async (hand) => {
    const again = async (): Promise<void> => {
      if (await attempt(hand)) hand.met()
      else hand.after(3 * minute, again)
    }
    await again()
  }

const whole = (pick: number, from: number, to: number) => from + Math.floor(pick * (to - from + 1))
const everyone = ({ server, workers }: Scene): Process[] => [server, ...workers]

/** kill -9 of whoever sends the next such call to NetSuite, when it has come that far; a few orders make sure of one. */
const killAtCall =
  (step: 'let in' | 'done', fits: (method: string, path: string) => boolean): Fault =>
  ({ scene, met, step: { pick } }) => {
    let left = whole(pick, 1, 3)
    const unwatch = scene.netsuite.control.watch((call, reached) => {
      if (reached !== step || !fits(call.method, call.path) || --left > 0) return
      const owner = ownerOf(call.from, scene.workers)
      if (!owner) return
      unwatch()
      owner.killAll()
      met()
    })
    placeOrders(scene, 5)
  }

const isSalesOrder = (method: string, path: string) =>
  method === 'POST' && path.endsWith('/record/v1/salesOrder')
const isShipment = (method: string, path: string) =>
  method === 'POST' && /\/orders\/\d+\/(fulfillments|notes)$/.test(path)

/** A fault of NetSuite's, counted by the calls that met it. */
const netsuiteFault =
  (kind: string, times: number, more: { method?: string; path?: string; ms?: number } = {}): Fault =>
  ({ scene, met }) => {
    scene.netsuite.control.fault({ ...more, kind: kind as 'down', times })
    placeOrders(scene, Math.min(times, 3))
    met()
  }

/** Our clock goes wrong for a while, and is set right. */
const skewOurs = (sign: 1 | -1): Fault =>
  untilMet(({ scene: { clocks }, after, step: { pick } }) => {
    if (clocks.isOff('ours')) return false
    clocks.skew('ours', sign * whole(pick, 20, 45 * 60) * 1000)
    after(whole(pick, 3, 20) * minute, () => clocks.skew('ours', 0))
    return true
  })

/**
 * The shop's clock goes wrong for a while, and is set right. A quarter of an hour is what signatures over plain HTTP
 * bear. It stays wrong until the shop has been read: what is placed by a wrong clock that nobody saw is beyond
 * reading by time, see `pendingKinds`.
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
      if (read < 4) return after(2 * minute, setRight)
      unwatch()
      clocks.skew('shop', 0)
    }
    after(whole(pick, 5, 20) * minute, setRight)
    return true
  })

const isReading = ({ method, query }: { method: string; query: string }) =>
  method === 'GET' && query.includes('modified_after')

/** So many deliveries stay on the way until some time has passed, and come in the opposite order. */
const keep =
  (times: number, forMs: (pick: number) => number): Fault =>
  ({ scene, met, after, step: { pick } }) => {
    const { postman } = scene
    postman.next('keep', times, () => undefined)
    placeOrders(scene, times)
    const release = async () => {
      const letters = postman.kept.splice(0).toReversed()
      // Nothing may have been sent: a shop that was refused too often has switched its webhooks off.
      if (letters.length < times) postman.kept.push(...letters.toReversed())
      if (letters.length < times) return after(5 * minute, release)
      for (const letter of letters) await postman.deliver(letter)
      met()
    }
    after(forMs(pick), release)
  }

/** Somebody in the shop sees that webhooks are off, and switches them on; if the shop is there at all. */
async function switchOnWebhooks({ shop }: Scene): Promise<void> {
  const key = Buffer.from(`${shop.consumerKey}:${shop.consumerSecret}`).toString('base64')
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${shop.url}/wp-json/wc/v3/webhooks${path}`, {
      ...init,
      headers: { authorization: `Basic ${key}`, 'content-type': 'application/json' },
    })
  try {
    const listed = (await (await ask('')).json()) as { id: number; status: string }[]
    for (const { id } of listed.filter(({ status }) => status === 'disabled'))
      await ask(`/${id}`, { method: 'POST', body: JSON.stringify({ status: 'active' }) })
  } catch {
    // It is away just now, or spoils what it says: that is a fault of its own.
  }
}

/** Deliveries fare so for a while. */
const allDeliveries =
  (mood: 'lose' | 'refuse', orders: number, enough: number): Fault =>
  async ({ scene, met, after, step: { pick } }) => {
    const { postman } = scene
    const count = () => (mood === 'lose' ? postman.lost : postman.refused)
    const before = count()
    postman.always(mood)
    await switchOnWebhooks(scene)
    placeOrders(scene, orders)
    after(whole(pick, 5, 15) * minute, () => {
      postman.always('deliver')
      if (count() - before >= enough) met()
    })
  }

/** Every kind of fault, and how it is brought about. */
export const faults: Record<Kind, Fault> = {
  'kill -9 of a worker; its supervisor starts another': untilMet(({ scene, step: { pick } }) =>
    scene.workers[whole(pick, 0, 1)]!.killChild(),
  ),
  'kill -9 of the server; its supervisor starts another': untilMet(({ scene }) => scene.server.killChild()),
  'kill -9 of everything at once': ({ scene, met }) => {
    for (const one of everyone(scene)) one.killAll()
    met()
  },
  'kill -9 of the worker that looks up what an order needs': killAtCall('done', (_, path) =>
    path.includes('/suiteql'),
  ),
  'kill -9 of the worker whose order is on its way to NetSuite': killAtCall('let in', isSalesOrder),
  'kill -9 of the worker whose order NetSuite has just made': killAtCall('done', isSalesOrder),
  'kill -9 of the worker whose shipment the shop has just taken': ({ scene, met }) => {
    const unwatch = scene.shop.control.watch((request, reached) => {
      if (reached !== 'done' || !isShipment(request.method, request.path)) return
      const owner = ownerOf(request.from, scene.workers)
      if (!owner) return
      unwatch()
      owner.killAll()
      met()
    })
    for (let n = 0; n < 3; n++) ship(scene)
  },
  'kill -9 of PostgreSQL': async ({ scene, met, step: { pick } }) => {
    await killPostgres(scene.postgres.pid(), pick < 0.5)
    met()
  },
  'connections to PostgreSQL ended by it': untilMet(async ({ scene, step: { pick } }) => {
    const [ended] = await scene
      .query<{ n: number }>(
        `SELECT count(pg_terminate_backend(pid))::int AS n FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid % 3 = $1`,
        [whole(pick, 0, 2)],
      )
      .catch(() => [])
    return ended !== undefined && ended.n > 0
  }),
  'answer lost: sales order': netsuiteFault('loseAnswer', 1, {
    method: 'POST',
    path: '/record/v1/salesOrder',
  }),
  'answer lost, and the sales order made minutes later': (hand) =>
    netsuiteFault('commitLate', 1, {
      method: 'POST',
      path: '/record/v1/salesOrder',
      ms: whole(hand.step.pick, 1, 14) * minute,
    })(hand),
  'bad gateway after the sales order was made': netsuiteFault('errorAfterCommit', 1, {
    method: 'POST',
    path: '/record/v1/salesOrder',
  }),
  'answer lost: customer': netsuiteFault('loseAnswer', 1, { method: 'POST', path: '/record/v1/customer' }),
  'answer lost: shipment': ({ scene, met, step: { pick } }) => {
    scene.shop.control.fault({
      kind: pick < 0.5 ? 'lose_answer' : 'error_after_write',
      times: 1,
      on: 'writes',
      path: '/fulfillments',
    })
    met()
  },
  'answer lost: webhook subscription': ({ scene, met }) => {
    scene.shop.control.fault({ kind: 'lose_answer', times: 1, on: 'writes', path: '/webhooks' })
    met()
  },
  'webhook delivered twice': ({ scene, met }) => {
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
  'NetSuite answers 429': (hand) =>
    netsuiteFault(hand.step.pick < 0.5 ? 'throttle429' : 'overload400', whole(hand.step.pick, 3, 12))(hand),
  'NetSuite words overload as a bad login': netsuiteFault('overloadAsBadLogin', 6),
  'NetSuite fails, or answers what is no JSON': (hand) =>
    netsuiteFault(hand.step.pick < 0.5 ? 'error500' : 'garbage', whole(hand.step.pick, 1, 4))(hand),
  'NetSuite away': async ({ scene, met, after, step: { pick } }) => {
    if (pick < 0.5) await scene.netsuite.control.down()
    else scene.netsuite.control.fault({ kind: 'maintenance' })
    met()
    after(whole(pick, 2, 40) * minute, async () => {
      scene.netsuite.control.clearFaults()
      await scene.netsuite.control.up()
    })
  },
  'the shop answers 429': ({ scene, met, step: { pick } }) => {
    scene.shop.control.fault({ kind: 'throttle', times: whole(pick, 2, 6), retryAfter: whole(pick, 1, 90) })
    met()
  },
  'the shop away': async ({ scene, met, after, step: { pick } }) => {
    await scene.shop.control.down(pick < 0.3 ? 'refused' : pick < 0.6 ? 'reset' : 'maintenance')
    met()
    after(whole(pick, 2, 40) * minute, () => scene.shop.control.up())
  },
  'our clock jumps ahead': skewOurs(1),
  'our clock jumps back': skewOurs(-1),
  "the shop's clock jumps ahead": skewShop(1),
  "the shop's clock jumps back": skewShop(-1),
  'daylight saving begins or ends in the shop': ({ met }) => met(),
  'a burst of orders in one second': ({ scene, met, step: { pick } }) => {
    placeOrders(scene, whole(pick, 105, 135))
    met()
  },
  'orders changed while they are read': ({ scene, met, step: { pick } }) => {
    const at = pick < 0.5 ? 'let in' : 'done'
    const unwatch = scene.shop.control.watch((request, reached) => {
      if (reached !== at || !isReading(request)) return
      unwatch()
      if (remark(scene, 4) > 0) met()
    })
  },
  'an order listed seconds after its time': ({ scene, met, step: { pick } }) => {
    scene.shop.control.listLate(whole(pick, 1, 4))
    placeOrders(scene, 2)
    scene.shop.control.listLate(0)
    met()
  },
  'an order that cannot be read': ({ scene, met, step: { pick } }) => {
    placePoison(scene, pick)
    met()
  },
  'a PHP warning before the JSON': ({ scene, met }) => {
    scene.shop.control.fault({ kind: 'printed', times: 2, on: 'reads', path: '/wc/v3/orders' })
    met()
  },
  'a list that is no JSON': ({ scene, met, step: { pick } }) => {
    const kind = pick < 0.3 ? 'cut' : pick < 0.6 ? 'html' : 'empty'
    scene.shop.control.fault({ kind, times: 1, on: 'reads', path: '/wc/v3/orders' })
    met()
  },

  // The kinds of `pendingKinds`.
  'an order listed hours after its time': ({ scene, met, after }) => {
    scene.shop.control.listLate(2 * 3600)
    scene.postman.always('lose')
    placeOrders(scene, 3)
    scene.shop.control.listLate(0)
    after(2 * minute, () => scene.postman.always('deliver'))
    met()
  },
  "the shop's clock wrong while nobody can read it": async ({ scene, met, after }) => {
    const { shop, clocks, postman } = scene
    await shop.control.down('refused')
    postman.always('lose')
    clocks.skew('shop', -12 * minute)
    placeOrders(scene, 3)
    after(3 * minute, async () => {
      clocks.skew('shop', 0)
      postman.always('deliver')
      await shop.control.up()
      met()
    })
  },
  'the shop moves to another address': async ({ scene, met }) => {
    scene.shop.control.move({ home: await scene.newDoor(), mode: 'answers' })
    placeOrders(scene, 2)
    met()
  },
}
