import { Link } from '@tanstack/react-router'
import type { Overview } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import classes from './Overview.module.css'

const words = texts.overview.connections
const states = { ...texts.connections.health, paused: texts.connections.paused }

/** Each account with how it is and when it answered last. */
export function Connections({ connections }: { connections: Overview['connections'] }) {
  return (
    <Panel title={words.title}>
      <ul className={classes.list}>
        {connections.map(({ name, label, health, lastSuccessAt, waitingOrders, gaps }) => (
          <li key={name}>
            <Link to="/connections" className={classes.name}>
              {name}
            </Link>
            <span className={classes.health} data-health={health}>
              <span className={classes.dot} aria-hidden="true" />
              {states[health]}
            </span>
            <span className={classes.small}>
              {label}
              {', '}
              {lastSuccessAt === null ? (
                words.never
              ) : (
                <>
                  {words.answered} <Time at={lastSuccessAt} relative />
                </>
              )}
              {waitingOrders === 0 ? '' : `; ${words.waiting(waitingOrders)}`}
              {gaps === 0 ? '' : `; ${words.gaps(gaps)}`}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
