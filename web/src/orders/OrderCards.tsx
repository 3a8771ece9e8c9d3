import { Link } from '@tanstack/react-router'
import type { Order } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { StatusBadge } from '../components/StatusBadge.tsx'
import { texts } from '../texts.ts'
import { Placed, RecordLink } from './columns.tsx'
import { OrderActions } from './OrderActions.tsx'
import classes from './OrderCards.module.css'
import { Outlook } from './Outlook.tsx'

/** The orders on a narrow screen: the same facts and actions, a card each. */
export function OrderCards({ orders, fresh }: { orders: Order[]; fresh: ReadonlySet<string> }) {
  return (
    <ul className={classes.cards} aria-label={texts.orders.title}>
      {orders.map((order) => (
        <li
          key={order.id}
          className={classes.card}
          data-order={order.number}
          data-fresh={fresh.has(order.id)}
        >
          <div className={classes.top}>
            <Link to="/orders/$id" params={{ id: order.id }} className={classes.number}>
              {order.number}
            </Link>
            {order.total === null ? null : <Amount money={order.total} />}
          </div>
          <div className={classes.who}>
            <span className={classes.name}>{order.customer?.name ?? texts.orders.unreadable}</span>
            <Placed order={order} />
          </div>
          <StatusBadge status={order.status} label={order.label} />
          <div className={classes.bottom}>
            <div className={classes.outlook}>
              <RecordLink order={order} />
              <Outlook order={order} />
            </div>
            <OrderActions order={order} />
          </div>
        </li>
      ))}
    </ul>
  )
}
