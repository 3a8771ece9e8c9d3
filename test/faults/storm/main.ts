// npm run test:faults -- [--seeds N] [--seed S]: storms of faults over Waybill, each drawn from a seed.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Kind, kinds } from './plan.ts'
import type { Outcome } from './run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '3' },
  },
})
const [count, first, most] = [values.seeds, values.seed, values.lanes].map(Number) as [number, number, number]
const seeds = Array.from({ length: count }, (_, n) => first + n)
const waiting = [...seeds]
/** With fewer seeds, chance alone may leave a kind out. */
const shown = 20
const [enoughSeeds, leastOfAKind] = [20, 10]

const began = performance.now()
const outcomes: Outcome[] = []

/** Plays one seed after the other, beside other lanes: much of a storm's time is waiting. */
async function runLane(): Promise<boolean> {
  const lane = fork(fileURLToPath(new URL('lane.ts', import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'test' },
  })
  const next = () => lane.send({ seed: waiting.shift() ?? null })
  next()
  lane.on('message', (outcome: Outcome) => {
    outcomes.push(outcome)
    say(outcome)
    next()
  })
  return new Promise((resolve) => lane.on('exit', (code) => resolve(code === 0)))
}

function say({ seed, wrong, orders, posted, shipments, hours, seconds, log }: Outcome): void {
  const size = `${orders} orders, ${posted} posted, ${shipments} parcels, ${hours.toFixed(1)} h in ${seconds.toFixed(1)} s`
  console.log(`${wrong.length === 0 ? 'passed' : 'FAILED'}  seed ${seed}: ${size}`)
  if (wrong.length === 0) return
  for (const line of wrong.slice(0, shown)) console.log(`        ${line}`)
  if (wrong.length > shown) console.log(`        and ${wrong.length - shown} more`)
  console.log(`        what the processes said: ${log}`)
  console.log(`        again: npm run test:faults -- --seeds 1 --seed ${seed}`)
}

const ended = await Promise.all(Array.from({ length: Math.min(most, seeds.length) }, runLane))

const met = (kind: Kind) => outcomes.reduce((sum, outcome) => sum + (outcome.met[kind] ?? 0), 0)
const rare = (Object.keys(kinds) as Kind[]).filter((kind) => count >= enoughSeeds && met(kind) < leastOfAKind)
console.log('\nFaults that came to pass:')
for (const kind of Object.keys(kinds) as Kind[]) console.log(`${String(met(kind)).padStart(6)}  ${kind}`)
for (const kind of rare) console.log(`FAILED  too seldom: ${kind}`)

const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length + rare.length
const missing = seeds.length - outcomes.length
const passed = outcomes.filter(({ wrong }) => wrong.length === 0).length
const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0)
console.log(
  `\n${seeds.length} seeds in ${((performance.now() - began) / 1000).toFixed(0)} s: ${sum(({ orders }) => orders)} orders, ${sum(({ posted }) => posted)} posted, ${sum(({ shipments }) => shipments)} parcels, ${sum(({ hours }) => hours).toFixed(0)} hours of the clock`,
)
console.log(`storm: ${passed} passed, ${failed + missing} failed`)
process.exit(failed + missing > 0 || ended.includes(false) ? 1 : 0)
