import { useDeleteOrder, useOrderAction } from '../api/actions.ts'
import type { DoableAction, Order } from '../api/types.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { texts } from '../texts.ts'

/** What takes an action back; putting on hold again gives the reason of before. */
const undoing: Partial<Record<DoableAction, DoableAction>> = {
  cancel: 'uncancel',
  hold: 'release',
  release: 'hold',
}

/** Does an action on an order and says how it went; what can be undone offers it. */
export function useAct() {
  const { mutateAsync, isPending, variables } = useOrderAction()
  const deleting = useDeleteOrder()

  const act = (order: Order, action: DoableAction, why?: string): void => {
    const back = undoing[action]
    void sayHow(
      mutateAsync({ order, action, why }),
      () =>
        notifyDone(
          texts.actions.done[action](order.number),
          back && (() => act(order, back, why ?? order.hold?.why ?? undefined)),
        ),
      (error) => notifyFailed(texts.actions.failed(order.number), error),
    )
  }

  /** Takes a cancelled order back to where it was and, where that is before the backend, sends it from there. */
  const uncancelAndPost = async (order: Order): Promise<void> => {
    try {
      const back = await mutateAsync({ order, action: 'uncancel' })
      const waits = back.status === 'imported' || back.status === 'post_error'
      if (waits) await mutateAsync({ order, action: 'post' })
      notifyDone(texts.actions.done[waits ? 'post' : 'uncancel'](order.number))
    } catch (error) {
      notifyFailed(texts.actions.failed(order.number), error)
    }
  }

  /** Deletes an order for good; whether that was done. */
  const remove = async (order: Order, why: string): Promise<boolean> => {
    try {
      await deleting.mutateAsync({ order, why })
      notifyDone(texts.orders.deleting.done(order.number))
      return true
    } catch (error) {
      notifyFailed(texts.actions.failed(order.number), error)
      return false
    }
  }

  return { act, remove, uncancelAndPost, busyWith: isPending ? variables.order.id : null }
}
