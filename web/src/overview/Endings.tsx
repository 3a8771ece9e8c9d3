import { Link } from '@tanstack/react-router'
import type { Overview } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { Panel } from '../components/Panel.tsx'
import { formatWhen } from '../format.ts'
import { useNow } from '../now.ts'
import { texts } from '../texts.ts'
import classes from './Overview.module.css'

const words = texts.overview.endings

/** What is given up by itself in the next days unless somebody mends it. */
export function Endings({ endings }: { endings: NonNullable<Overview['endings']> }) {
  const now = useNow('minute')
  const { orders, first, totals } = endings
  return (
    <Panel title={words.title}>
      {orders === 0 || first === null ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <>
          <p>
            <Link to="/" search={{ status: 'post_error' }}>
              <strong>{words.orders(orders)}</strong>
            </Link>{' '}
            {words.unless(orders, formatWhen(first, now))}
          </p>
          <p className={classes.amounts}>
            {totals.map((total) => (
              <Amount key={total.currency} money={total} />
            ))}
          </p>
        </>
      )}
    </Panel>
  )
}
