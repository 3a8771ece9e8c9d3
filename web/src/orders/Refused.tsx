import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { BulkResult } from '../api/types.ts'
import { texts } from '../texts.ts'
import classes from './Refused.module.css'

const words = texts.orders.bulk

/** The orders with which an action could not be done, each with its reason. */
export function Refused({ orders, onClose }: { orders: BulkResult['skipped']; onClose: () => void }) {
  return (
    <section className={classes.refused} aria-label={words.refused(orders.length)}>
      <header>
        <strong>{words.refused(orders.length)}</strong>
        <Button onClick={onClose}>{texts.actions.close}</Button>
      </header>
      <ul>
        {orders.map(({ id, number, why }) => (
          <li key={id}>
            <Link to="/orders/$id" params={{ id }} className="num">
              {number}
            </Link>
            <span>{why}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
