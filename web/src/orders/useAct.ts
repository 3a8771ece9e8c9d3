import { useOrderAction } from '../api/actions.ts'
import type { Order, OrderAction } from '../api/types.ts'
import { notifyDone, notifyFailed } from '../notify.tsx'
import { texts } from '../texts.ts'

/** Does an action on an order and says how it went; what can be undone offers it. */
export function useAct() {
  const { mutate, mutateAsync, isPending, variables } = useOrderAction()

  const act = (order: Order, action: OrderAction): void =>
    mutate(
      { order, action },
      {
        onSuccess: () =>
          notifyDone(
            texts.actions.done[action](order.number),
            action === 'cancel' ? () => act(order, 'uncancel') : undefined,
          ),
        onError: (error) => notifyFailed(texts.actions.failed(order.number), error),
      },
    )

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

  return { act, uncancelAndPost, busyWith: isPending ? variables.order.id : null }
}
