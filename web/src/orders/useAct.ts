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

  /** Takes a cancelled order back and sends it: two steps of one wish. */
  const uncancelAndPost = async (order: Order): Promise<void> => {
    try {
      await mutateAsync({ order, action: 'uncancel' })
      await mutateAsync({ order, action: 'post' })
      notifyDone(texts.actions.done.post(order.number))
    } catch (error) {
      notifyFailed(texts.actions.failed(order.number), error)
    }
  }

  return { act, uncancelAndPost, busyWith: isPending ? variables.order.id : null }
}
