import { numbersFrom } from '../../support/chance.ts'

interface Visits {
  /** Of three seeds, so many have it. */
  seeds: number
  /** How often it comes in each of them. */
  times: number
  /** Long on its way, so that a storm would last for it: it sets out in the first quarter. */
  early?: boolean
}

/** Every kind of fault, in words. A visit that finds nothing to hit does not count: what is printed at the end was met. */
export const kinds = {
  'kill -9 of a worker; its supervisor starts another': { seeds: 2, times: 1 },
  'kill -9 of the server; its supervisor starts another': { seeds: 2, times: 1 },
  'kill -9 of everything at once': { seeds: 2, times: 1 },
  'kill -9 of the worker that looks up what an order needs': { seeds: 2, times: 1 },
  'kill -9 of the worker whose order is on its way to NetSuite': { seeds: 2, times: 1 },
  'kill -9 of the worker whose order NetSuite has just made': { seeds: 2, times: 1 },
  'kill -9 of the worker whose shipment the shop has just taken': { seeds: 2, times: 1, early: true },
  'kill -9 of PostgreSQL': { seeds: 2, times: 1 },
  'connections to PostgreSQL ended by it': { seeds: 2, times: 1 },
  'answer lost: sales order': { seeds: 2, times: 2 },
  'answer lost, and the sales order made minutes later': { seeds: 2, times: 1 },
  'bad gateway after the sales order was made': { seeds: 2, times: 1 },
  'answer lost: customer': { seeds: 2, times: 1 },
  'answer lost: shipment': { seeds: 3, times: 1, early: true },
  'answer lost: webhook subscription': { seeds: 2, times: 1, early: true },
  'webhook delivered twice': { seeds: 2, times: 1 },
  'webhook delivered late': { seeds: 2, times: 1, early: true },
  'webhooks delivered in another order': { seeds: 2, times: 1 },
  'webhook forged': { seeds: 2, times: 1 },
  'webhooks lost, for minutes': { seeds: 2, times: 1 },
  'webhooks refused until the shop switches them off': { seeds: 2, times: 1, early: true },
  'NetSuite answers 429': { seeds: 2, times: 1 },
  'NetSuite words overload as a bad login': { seeds: 2, times: 1 },
  'NetSuite fails, or answers what is no JSON': { seeds: 2, times: 1 },
  'NetSuite away': { seeds: 2, times: 1 },
  'the shop answers 429': { seeds: 2, times: 1 },
  'the shop away': { seeds: 2, times: 1 },
  'our clock jumps ahead': { seeds: 2, times: 1 },
  'our clock jumps back': { seeds: 2, times: 1 },
  "the shop's clock jumps ahead": { seeds: 2, times: 1 },
  "the shop's clock jumps back": { seeds: 2, times: 1 },
  'daylight saving begins or ends in the shop': { seeds: 2, times: 1 },
  'a burst of orders in one second': { seeds: 2, times: 1 },
  'orders changed while they are read': { seeds: 2, times: 2 },
  'an order listed seconds after its time': { seeds: 2, times: 1 },
  'an order that cannot be read': { seeds: 2, times: 1 },
  'a PHP warning before the JSON': { seeds: 2, times: 1 },
  'a list that is no JSON': { seeds: 2, times: 1 },
  'an order listed hours after its time': { seeds: 2, times: 1 },
  "the shop's clock wrong while nobody can read it": { seeds: 2, times: 1 },
  'the shop moves to another address': { seeds: 2, times: 2, early: true },
} as const satisfies Record<string, Visits>

export type Kind = keyof typeof kinds

export interface Step {
  /** Milliseconds after the start. */
  at: number
  kind: Kind
  /** A number in [0, 1) for the choices that this fault has. */
  pick: number
}

export interface Plan {
  start: Date
  zone: string
  /** In the order of their times. */
  steps: Step[]
}

export const minute = 60_000
export const stormMs = 60 * minute

/** Days on which clocks change, with a time before the change. */
const changes: [zone: string, start: string][] = [
  ['Europe/Berlin', '2026-03-28T23:50:00Z'],
  ['Europe/Berlin', '2026-10-24T23:50:00Z'],
  ['America/New_York', '2026-03-08T06:10:00Z'],
  ['America/New_York', '2026-11-01T05:10:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T14:10:00Z'],
  ['Asia/Beirut', '2026-10-24T20:10:00Z'],
]

/** What a seed brings, and when: the same for the same seed. */
export function planOf(seed: number): Plan {
  const random = numbersFrom(seed)
  const [zone, start] = changes[Math.floor(random() * changes.length)]!
  const names = Object.keys(kinds) as Kind[]
  const steps = names.flatMap((kind, n): Step[] => {
    const { seeds, times, early }: Visits = kinds[kind]
    const visits = (seed + n) % 3 < seeds
    return Array.from({ length: times }, () => ({
      at: Math.floor(random() * (early ? stormMs / 4 : stormMs)),
      kind,
      pick: random(),
    })).filter(() => visits)
  })
  return { zone, start: new Date(start), steps: steps.toSorted((a, b) => a.at - b.at) }
}
