import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { reachability } from './client.ts'
import type { Change } from './types.ts'

/** At most one reading anew in this time, however fast the changes come. */
const settleMs = 300
/** The overview takes the server longer, and nobody watches it by the second. */
const overviewSettleMs = 2_000
const refusedMs = 5_000

/**
 * Listens to the server's changes for as long as the page is shown and reads anew what they touch. Returns whether the
 * stream is there; after a break everything on the page is read again, for what was missed.
 */
export function useLiveChanges(): 'live' | 'waiting' {
  const queries = useQueryClient()
  const [state, setState] = useState<'live' | 'waiting'>('waiting')

  useEffect(() => {
    const read = (queryKey: readonly unknown[]) => queries.invalidateQueries({ queryKey })
    const fresh = settling(settleMs, read)
    const overview = settling(overviewSettleMs, read)
    let again: number | undefined
    let source: EventSource
    let opened = false
    let connected = false

    const connect = () => {
      source = new EventSource('/api/v1/events')
      source.addEventListener('open', () => {
        setState('live')
        reachability.set('online')
        if (opened) void queries.invalidateQueries()
        opened = true
        connected = true
      })
      source.addEventListener('error', () => {
        setState('waiting')
        // A question to the server tells why: it is away, or the session has ended.
        if (connected) void queries.invalidateQueries({ queryKey: ['problems'] })
        connected = false
        // The browser tries again by itself unless the server refused.
        if (source.readyState === EventSource.CLOSED) again = window.setTimeout(connect, refusedMs)
      })
      source.addEventListener('change', ({ data }: MessageEvent<string>) => take(JSON.parse(data) as Change))
    }
    const take = (change: Change) => {
      overview.touch(['overview'])
      if (change.connections) fresh.touch(['connections'], ['problems'], ['reconciliations', 'list'])
      if (change.orders === null) fresh.touch(['orders'], ['problems'], ['notices'])
      else if (change.orders.length > 0)
        fresh.touch(
          ['orders', 'list'],
          ['orders', 'counts'],
          ['orders', 'held'],
          ['problems'],
          ['notices'],
          ...change.orders.map((id) => ['orders', 'one', id]),
        )
    }
    connect()
    return () => {
      source.close()
      fresh.stop()
      overview.stop()
      window.clearTimeout(again)
    }
  }, [queries])

  return state
}

/** Collects what is stale, and has it read once in `ms`. */
function settling(ms: number, read: (queryKey: readonly unknown[]) => Promise<unknown>) {
  const stale = new Map<string, readonly unknown[]>()
  let timer: number | undefined

  const flush = async () => {
    const keys = [...stale.values()]
    stale.clear()
    await Promise.all(keys.map(read))
    // Changes that came meanwhile wait for one more reading, not for one each.
    timer = stale.size === 0 ? undefined : window.setTimeout(() => void flush(), ms)
  }
  return {
    touch(...keys: (readonly unknown[])[]) {
      for (const key of keys) stale.set(key.join(' '), key)
      timer ??= window.setTimeout(() => void flush(), ms)
    },
    stop: () => window.clearTimeout(timer),
  }
}
