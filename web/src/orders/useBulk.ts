import { useState } from 'react'
import { useBulkAction } from '../api/actions.ts'
import type { BulkRequest, BulkResult } from '../api/types.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { texts } from '../texts.ts'

const words = texts.orders.bulk

/** So many orders are asked for at once: how far it has come is seen meanwhile. */
const atOnce = 50
/** So many that refused are told in passing. */
export const toldInPassing = 3

/** What takes an action with several orders back whole: letting go on has lost why each of them was held. */
const undoing: Partial<Record<BulkRequest['action'], BulkRequest['action']>> = {
  cancel: 'uncancel',
  hold: 'release',
}

interface Running {
  action: BulkRequest['action']
  /** How many orders have been asked for, of how many. */
  asked: number
  of: number
}

/** Does an action with several orders, says how it went, and names the first that refused; what can be undone offers it. */
export function useBulk() {
  const { mutateAsync } = useBulkAction()
  const [running, setRunning] = useState<Running | null>(null)

  const partByPart = async (request: BulkRequest, ids: string[], sum: BulkResult): Promise<void> => {
    for (let from = 0; from < ids.length; from += atOnce) {
      setRunning({ action: request.action, asked: from, of: ids.length })
      const part = await mutateAsync({ ...request, ids: ids.slice(from, from + atOnce) })
      sum.asked += part.asked
      sum.done += part.done
      sum.skippedCount += part.skippedCount
      sum.skipped.push(...part.skipped)
    }
  }

  const actOnAll = (request: BulkRequest, after?: (result: BulkResult) => void): void => {
    const { action, ids } = request
    const sum: BulkResult = { action, asked: 0, done: 0, skippedCount: 0, skipped: [] }
    const tell = (result: BulkResult) => {
      after?.(result)
      const back = takenBack(request, result)
      notifyDone(words.result(result.done, result.skippedCount), back && (() => actOnAll(back)))
      for (const { number, why } of result.skipped.slice(0, toldInPassing))
        notifyFailed(texts.actions.failed(number), why)
    }
    setRunning({ action, asked: 0, of: 0 })
    void sayHow(
      (ids === undefined ? mutateAsync(request) : partByPart(request, ids, sum).then(() => sum)).finally(() =>
        setRunning(null),
      ),
      tell,
      (error) => {
        if (sum.asked > 0) tell(sum)
        notifyFailed(words.failed, error)
      },
    )
  }

  return { actOnAll, running, busyWith: running?.action ?? null }
}

/** The same orders without those that refused, where all of these are known. */
function takenBack({ action, ids }: BulkRequest, result: BulkResult): BulkRequest | undefined {
  const back = undoing[action]
  if (back === undefined || ids === undefined || result.done === 0) return undefined
  if (result.skippedCount > result.skipped.length) return undefined
  const refused = new Set(result.skipped.map(({ id }) => id))
  return { action: back, ids: ids.slice(0, result.asked).filter((id) => !refused.has(id)) }
}
