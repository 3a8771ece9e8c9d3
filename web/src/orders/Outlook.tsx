import type { Order } from '../api/types.ts'
import { formatDay, formatFromNow } from '../format.ts'
import { useNow } from '../now.ts'
import { texts } from '../texts.ts'
import classes from './Outlook.module.css'
import { outlook } from './next-step.ts'

/** Why the order stands still, or what happens to it next. */
export function Outlook({ order }: { order: Order }) {
  const now = useNow(order.status === 'scheduled' ? 'second' : 'minute')
  return (
    <>
      {order.problems.length === 0 || order.status === 'held' ? (
        <span className={classes.outlook}>{outlook(order, (iso) => formatFromNow(iso, now), now)}</span>
      ) : (
        <ProblemOf order={order} />
      )}
      {order.cancelsAt === null ? null : (
        <span className={classes.cancels}>
          {texts.orders.cancelsOn(formatDay(new Date(order.cancelsAt), now))}
        </span>
      )}
    </>
  )
}

/** The first problem by its name, and how many more there are. */
export function ProblemOf({ order }: { order: Order }) {
  const [first, ...others] = order.problems
  if (first === undefined) return null
  return (
    <span className={classes.problem} title={first.detail}>
      {first.title}
      {others.length > 0 ? (
        <span className={classes.more}> {texts.orders.next.others(others.length)}</span>
      ) : null}
    </span>
  )
}
