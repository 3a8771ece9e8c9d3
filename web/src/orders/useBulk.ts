import { useBulkAction } from '../api/actions.ts'
import type { BulkRequest, BulkResult } from '../api/types.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { texts } from '../texts.ts'

const words = texts.orders.bulk

/** What takes an action with several orders back whole: letting go on has lost why each of them was held. */
const undoing: Partial<Record<BulkRequest['action'], BulkRequest['action']>> = {
  cancel: 'uncancel',
  hold: 'release',
}

/** Does an action with several orders, says how it went, and names the first that refused; what can be undone offers it. */
export function useBulk() {
  const { mutateAsync, isPending, variables } = useBulkAction()

  const actOnAll = (request: BulkRequest, after?: () => void): void =>
    void sayHow(
      mutateAsync(request),
      (result) => {
        after?.()
        const back = takenBack(request, result)
        notifyDone(words.result(result.done, result.skippedCount), back && (() => actOnAll(back)))
        for (const { number, why } of result.skipped.slice(0, 3))
          notifyFailed(texts.actions.failed(number), why)
      },
      (error) => notifyFailed(words.failed, error),
    )

  return { actOnAll, busyWith: isPending ? variables.action : null }
}

/** The same orders without those that refused, where all of these are known. */
function takenBack({ action, ids }: BulkRequest, result: BulkResult): BulkRequest | undefined {
  const back = undoing[action]
  if (back === undefined || ids === undefined || result.done === 0) return undefined
  if (result.skippedCount > result.skipped.length) return undefined
  const refused = new Set(result.skipped.map(({ id }) => id))
  return { action: back, ids: ids.filter((id) => !refused.has(id)) }
}
