import type { Embedded } from '../../../src/ledger/embedded/index.ts'
import { until } from '../program.ts'
import { atRest, whatIsWrong } from './check.ts'
import { commonLife, placeOrders } from './customers.ts'
import { faults } from './faults/index.ts'
import type { Comparison } from './person.ts'
import { type Kind, minute, planOf, stormMs } from './plan.ts'
import { openScene, type Scene } from './scene.ts'

export interface Outcome {
  seed: number
  /** What is wrong at the end, a line each; empty when the seed passed. */
  wrong: string[]
  /** How often each kind of fault came to pass. */
  met: Partial<Record<Kind, number>>
  orders: number
  /** Orders that are in NetSuite. */
  posted: number
  shipments: number
  /** Hours of the clock, and seconds of ours. */
  hours: number
  seconds: number
  log: string
}

/** Plays the storm of one seed, waits until everything is calm again, and looks whether all is as it has to be. */
export async function runSeed(
  seed: number,
  { postgres, template }: { postgres: Embedded; template: string },
): Promise<Outcome> {
  const began = performance.now()
  const plan = planOf(seed)
  const met: Outcome['met'] = {}
  const scene = await openScene(seed, plan, postgres, template)
  let wrong: string[] = []
  try {
    await storm(scene, plan.steps, met)
    const calm = await calmDown(scene)
    wrong = [...calm, ...(await whatIsWrong(scene))]
  } catch (error) {
    wrong = [
      `the storm itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    ]
  }
  const { orders, fulfillments } = scene.netsuite.records.counts()
  const outcome: Outcome = {
    seed,
    wrong,
    met,
    orders: scene.known.size,
    posted: orders,
    shipments: fulfillments,
    hours: (scene.clocks.now().getTime() - plan.start.getTime()) / 3_600_000,
    seconds: (performance.now() - began) / 1000,
    log: scene.log,
  }
  await scene.close(wrong.length > 0)
  return outcome
}

const tickMs = 1.2 * minute
const calmTickMs = 4 * minute
/** How much longer than planned a storm lasts at most, until every fault of it has come to pass. */
const patienceMs = 60 * minute
/** How often it is looked whether there is anything to do: each look costs the machine something as well. */
const lookMs = 20

async function storm(
  scene: Scene,
  steps: ReturnType<typeof planOf>['steps'],
  counts: Outcome['met'],
): Promise<void> {
  let later: { at: number; work: () => void | Promise<void> }[] = []
  placeOrders(scene, 5)
  const next = [...steps]
  const open = new Set(steps)
  const until = stormMs + 20 * minute
  for (let time = 0; time < until || (open.size > 0 && time < until + patienceMs); time += tickMs) {
    while (next.length > 0 && next[0]!.at <= time) {
      const step = next.shift()!
      await faults[step.kind]({
        scene,
        step,
        met: () => {
          open.delete(step)
          counts[step.kind] = (counts[step.kind] ?? 0) + 1
        },
        after: (ms, work) => later.push({ at: time + ms, work }),
      })
    }
    const due = later.filter(({ at }) => at <= time)
    later = later.filter(({ at }) => at > time)
    for (const { work } of due) await work()
    commonLife(scene)
    scene.clocks.pass(tickMs)
    // While no worker is there, little is waited for: an outage of ours is one of minutes.
    await lull(scene, scene.workers.some((one) => one.pid() !== null) ? 280 : 120)
  }
  const rest = later
  for (const { work } of rest.splice(0)) await work()
}

/** Lets the processes do what the new time brings, for so long at most: in a storm time does not wait for anybody. */
async function lull(scene: Scene, atMostMs: number): Promise<void> {
  const end = performance.now() + atMostMs
  do await new Promise((resolve) => setTimeout(resolve, lookMs))
  while ((await isBusy(scene)) && performance.now() < end)
}

/** Whether a job runs, or one could run now. */
async function isBusy({ query, clocks }: Scene): Promise<boolean> {
  const rows = await query<{ busy: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM jobs JOIN connections c ON c.id = jobs.connection_id
       WHERE jobs.worker IS NOT NULL OR (jobs.run_at <= $1 AND (c.blocked_until IS NULL OR c.blocked_until <= $1)
         AND EXISTS (SELECT 1 FROM slots WHERE connection_id = c.id AND worker IS NULL
           AND (free_at IS NULL OR free_at <= $1)))) AS busy`,
    [clocks.ours.now()],
  ).catch(() => [])
  return rows[0]?.busy ?? true
}

/** All trouble ends; time goes on until nothing moves any more. What does not come to rest is a line of the answer. */
async function calmDown(scene: Scene): Promise<string[]> {
  const { shop, netsuite, postman, clocks, server, workers } = scene
  clocks.skew('ours', 0)
  clocks.skew('shop', 0)
  await postman.calm()
  await shop.control.reset()
  netsuite.control.clearFaults()
  await netsuite.control.up()
  await until(
    () => [server, ...workers].every((one) => one.pid() !== null),
    60_000,
    'every process to be back',
  )

  // Longer than the hour in which webhooks are looked after, and until a comparison can see every order.
  for (let passed = 0; passed < 80 * minute || hides(scene); passed += calmTickMs) await pass(scene)
  return (await restAndCompare(scene)) ?? ['it did not come to rest, compared, within six hours']
}

/** Whether the shop has an order that it does not list yet. */
const hides = ({ shop, clocks, known }: Scene): boolean =>
  [...known.keys()].some((id) => (shop.control.order(id)?.listedFrom ?? 0) * 1000 > clocks.shop().getTime())

/** Waits until nothing moves, has everything compared, and waits again: what that found has its way to go as well. */
async function restAndCompare(scene: Scene): Promise<string[] | null> {
  const { person } = scene
  const patience = (6 * 60 * minute) / calmTickMs
  let asked: string | null = null
  let compared: Comparison | null = null
  for (let n = 0; n < patience; n++) {
    asked ??= await person.compare()
    if (asked !== null) compared ??= await person.compared(asked)
    if (compared !== null && n % 3 === 0 && (await atRest(scene))) return unexplainedOf(compared)
    await pass(scene)
    await person.confirmAddress(scene.shopUrl())
  }
  return null
}

const unexplainedOf = ({ state, totals, differences }: Comparison): string[] =>
  state === 'done' && totals.unexplained === 0
    ? []
    : [
        `the comparison is ${state}, with ${totals.unexplained} unexplained`,
        ...differences.filter(({ verdict }) => verdict === 'unexplained').map(({ detail }) => `  ${detail}`),
      ]

async function pass(scene: Scene): Promise<void> {
  scene.clocks.pass(calmTickMs)
  await lull(scene, 3000)
}
