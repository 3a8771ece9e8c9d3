import { describe, expect, it } from 'vitest'
import {
  mayGo,
  type Status,
  statuses,
  statusesBefore,
  statusLabel,
  transitions,
} from '../../src/order/status.ts'

/** Every status that can be reached by lawful steps. */
function reachable(from: Status): Set<Status> {
  const seen = new Set<Status>([from])
  for (const at of seen) for (const to of transitions[at]) seen.add(to)
  return seen
}

describe('the table of statuses', () => {
  it('names only statuses it knows, each once a line', () => {
    for (const from of statuses) {
      const to: readonly string[] = transitions[from]
      expect(to.filter((name) => !(statuses as string[]).includes(name))).toEqual([])
      expect(new Set(to).size).toBe(to.length)
    }
  })

  it('reads the same forwards and backwards', () => {
    for (const from of statuses)
      for (const to of statuses) expect(statusesBefore(to).includes(from)).toBe(mayGo(from, to))
  })

  it('has no dead end: from everywhere an order can still be finished or cancelled, and from the start everything is within reach', () => {
    for (const from of statuses) {
      const within = reachable(from)
      expect([from, within.has('complete') && within.has('cancelled')]).toEqual([from, true])
    }
    expect([...reachable('scheduled')].toSorted()).toEqual([...statuses].toSorted())
  })

  it('lets no order be posted that was not claimed or looked for', () => {
    expect(
      statusesBefore('posted').filter(
        (from) => !['posting', 'verifying', 'post_error', 'shipment_error', 'cancelled'].includes(from),
      ),
    ).toEqual([])
    expect(statusesBefore('posting')).toEqual(['scheduled'])
  })

  it('lets nobody cancel or change an order while its outcome is open', () => {
    for (const open of ['posting', 'verifying'] as const)
      for (const to of ['cancelled', 'held', 'imported', 'import_error'] as const)
        expect([open, to, mayGo(open, to)]).toEqual([open, to, false])
  })

  it('makes giving up reversible: an order can be cancelled and brought back to where it waited', () => {
    for (const waiting of ['import_error', 'held', 'imported', 'scheduled', 'post_error'] as const)
      expect([waiting, mayGo(waiting, 'cancelled'), mayGo('cancelled', waiting)]).toEqual([
        waiting,
        true,
        true,
      ])
  })

  it('takes a newer version of the shop wherever an order waits: from any place before posting to any other', () => {
    const places = ['import_error', 'held', 'imported', 'scheduled', 'post_error'] as const
    for (const from of places)
      for (const to of [...places, 'cancelled'] as const)
        expect([from, to, from === to || mayGo(from, to)]).toEqual([from, to, true])
  })

  it('gives every status words of its own, with the name of the backend where it speaks of it', () => {
    const labels = statuses.map((one) => statusLabel(one, 'Odoo'))
    expect(new Set(labels).size).toBe(statuses.length)
    expect(labels.join()).not.toContain('NetSuite')
    expect(statusLabel('post_error')).toBe('Error posting to NetSuite')
    expect(statusLabel('scheduled', 'Odoo')).toBe('Scheduled to post to Odoo')
  })
})
