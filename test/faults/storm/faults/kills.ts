import type { RequestStep } from '../../../../src/sandbox/shop/index.ts'
import { killPostgres } from '../../program.ts'
import { placeOrders, shipSome } from '../customers.ts'
import { minute } from '../plan.ts'
import { ownerOf } from '../processes.ts'
import type { Scene } from '../scene.ts'
import { type Fault, type Hand, provoke, untilMet, whole } from './hand.ts'

/** kill -9, at one stroke, of the worker whose connection this is the far end of. */
function killOwner({ workers, doors }: Scene, port: number): boolean {
  const owner = ownerOf(doors.cameFrom(port), workers)
  owner?.killAll()
  return owner !== null
}

/** kill -9 of whoever makes such a call next, when it has come so far. */
const killAtCall =
  (step: 'let in' | 'done', fits: (method: string, path: string) => boolean): Fault =>
  (hand) => {
    const { scene } = hand
    let left = whole(hand.step.pick, 1, 3)
    const wait = (come: () => void) => {
      const unwatch = scene.netsuite.control.watch((call, reached) => {
        if (reached !== step || !fits(call.method, call.path) || --left > 0) return
        if (!killOwner(scene, call.from)) return
        unwatch()
        come()
      })
    }
    return provoke(hand, wait, () => placeOrders(scene, 3), 12 * minute)
  }

const isSalesOrder = (method: string, path: string) =>
  method === 'POST' && path.endsWith('/record/v1/salesOrder')
const isShipment = (method: string, path: string) =>
  method === 'POST' && /\/orders\/\d+\/(fulfillments|notes)$/.test(path)

const killAtShipment =
  (step: RequestStep): Fault =>
  (hand) => {
    const { scene } = hand
    const wait = (come: () => void) => {
      const unwatch = scene.shop.control.watch((request, reached) => {
        if (reached !== step || !isShipment(request.method, request.path)) return
        if (!killOwner(scene, request.from)) return
        unwatch()
        come()
      })
    }
    return provoke(hand, wait, () => shipSome(scene), 6 * minute)
  }

export const kills = {
  'kill -9 of a worker; its supervisor starts another': untilMet(({ scene, step: { pick } }) =>
    scene.workers[whole(pick, 0, 1)]!.killChild(),
  ),
  'kill -9 of the server; its supervisor starts another': untilMet(({ scene }) => scene.server.killChild()),
  'kill -9 of everything at once': ({ scene, met }: Hand) => {
    for (const one of [scene.server, ...scene.workers]) one.killAll()
    met()
  },
  'kill -9 of the worker that looks up what an order needs': killAtCall('done', (_, path) =>
    path.includes('/suiteql'),
  ),
  'kill -9 of the worker whose order is on its way to NetSuite': killAtCall('let in', isSalesOrder),
  'kill -9 of the worker whose order NetSuite has just made': killAtCall('done', isSalesOrder),
  'kill -9 of the worker whose shipment the shop has just taken': killAtShipment('done'),
  'kill -9 of PostgreSQL': async ({ scene, met, step: { pick } }: Hand) => {
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
}
