import { Link } from '@tanstack/react-router'
import type { OrderDetail } from '../api/types.ts'
import { StatusMark } from '../components/StatusBadge.tsx'
import { texts } from '../texts.ts'
import classes from './Related.module.css'

const words = texts.order.related

/** The other orders that stop for the same cause: the first few, and the way to all of them. */
export function Related({ related }: { related: OrderDetail['related'][number] | undefined }) {
  if (related === undefined || related.count === 0) return null
  const { fingerprint, count, orders } = related
  return (
    <section className={classes.related} aria-label={words.title}>
      <h3>{words.title}</h3>
      <ul>
        {orders.map(({ id, number, status, customer }) => (
          <li key={id}>
            <Link to="/orders/$id" params={{ id }} className="num">
              {number}
            </Link>
            <StatusMark status={status} />
            <span>{customer}</span>
          </li>
        ))}
      </ul>
      {count > orders.length ? (
        <Link to="/" search={{ problem: fingerprint }}>
          {words.more(count - orders.length)}
        </Link>
      ) : null}
    </section>
  )
}
