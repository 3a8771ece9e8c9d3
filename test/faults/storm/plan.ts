import { numbersFrom } from '../../support/chance.ts'

/**
 * Every kind of fault, in words, with how many of three seeds it visits and how often it comes in each. A visit that
 * finds nothing to hit does not count: what is printed at the end is what was met.
 */
export const kinds = {
  'kill -9 of a worker; its supervisor starts another': { seeds: 2, times: 1 },
  'kill -9 of the server; its supervisor starts another': { seeds: 2, times: 1 },
  'kill -9 of everything at once': { seeds: 2, times: 1 },
  'kill -9 of the worker that looks up what an order needs': { seeds: 2, times: 1 },
  'kill -9 of the worker whose order is on its way to NetSuite': { seeds: 2, times: 1 },
  'kill -9 of the worker whose order NetSuite has just made': { seeds: 2, times: 1 },
  'kill -9 of the worker whose shipment the shop has just taken': { seeds: 2, times: 1 },
  'kill -9 of PostgreSQL': { seeds: 2, times: 1 },
  'connections to PostgreSQL ended by it': { seeds: 2, times: 1 },
  'answer lost: sales order': { seeds: 3, times: 2 },
  'answer lost, and the sales order made minutes later': { seeds: 3, times: 2 },
  'bad gateway after the sales order was made': { seeds: 3, times: 2 },
  'answer lost: customer': { seeds: 3, times: 2 },
  'answer lost: shipment': { seeds: 3, times: 2 },
  'answer lost: webhook subscription': { seeds: 3, times: 1 },
  'webhook delivered twice': { seeds: 3, times: 2 },
  'webhook delivered late': { seeds: 3, times: 2 },
  'webhooks delivered in another order': { seeds: 3, times: 2 },
  'webhook forged': { seeds: 3, times: 2 },
  'webhooks lost, for minutes': { seeds: 3, times: 2 },
  'webhooks refused until the shop switches them off': { seeds: 3, times: 1 },
  'NetSuite answers 429': { seeds: 3, times: 2 },
  'NetSuite words overload as a bad login': { seeds: 3, times: 1 },
  'NetSuite fails, or answers what is no JSON': { seeds: 3, times: 2 },
  'NetSuite away': { seeds: 3, times: 1 },
  'the shop answers 429': { seeds: 3, times: 2 },
  'the shop away': { seeds: 3, times: 1 },
  'our clock jumps ahead': { seeds: 3, times: 1 },
  'our clock jumps back': { seeds: 3, times: 1 },
  "the shop's clock jumps ahead": { seeds: 3, times: 1 },
  "the shop's clock jumps back": { seeds: 3, times: 1 },
  'daylight saving begins or ends in the shop': { seeds: 3, times: 1 },
  'a burst of orders in one second': { seeds: 3, times: 1 },
  'orders changed while they are read': { seeds: 3, times: 3 },
  'an order listed seconds after its time': { seeds: 3, times: 2 },
  'an order that cannot be read': { seeds: 3, times: 2 },
  'a PHP warning before the JSON': { seeds: 3, times: 2 },
  'a list that is no JSON': { seeds: 3, times: 2 },
  'an order listed hours after its time': { seeds: 3, times: 1 },
  "the shop's clock wrong while nobody can read it": { seeds: 3, times: 2 },
  'the shop moves to another address': { seeds: 3, times: 2 },
} as const

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
export const stormMs = 90 * minute

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
    const { seeds, times } = kinds[kind]
    const visits = (seed + n) % 3 < seeds
    return Array.from({ length: times }, () => ({
      at: Math.floor(random() * stormMs),
      kind,
      pick: random(),
    })).filter(() => visits)
  })
  return { zone, start: new Date(start), steps: steps.toSorted((a, b) => a.at - b.at) }
}
