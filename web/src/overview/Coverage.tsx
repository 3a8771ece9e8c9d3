import { Link } from '@tanstack/react-router'
import type { Overview } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import classes from './Overview.module.css'

const words = texts.overview.coverage

type Compared = Overview['coverage'][number]

/** What the newest comparison of each shop came to. */
export function Coverage({ coverage }: { coverage: Compared[] }) {
  return (
    <Panel title={words.title}>
      {coverage.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <ul className={classes.list}>
          {coverage.map((compared) => (
            <li key={compared.connection}>
              <span className={classes.name}>{compared.connection}</span>
              <Result compared={compared} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Result({ compared: { connection, newest, running, givenUp } }: { compared: Compared }) {
  const shop = connection
  return (
    <>
      {newest === null ? (
        <Link to="/reconciliation" search={{ shop }}>
          {running ? words.running : words.never}
        </Link>
      ) : (
        <>
          <Link
            to="/reconciliation"
            search={{ shop, run: newest.id }}
            data-bad={newest.unexplained > 0 || undefined}
          >
            {words.unexplained(newest.unexplained)}
          </Link>
          <span className={classes.small}>
            {words.compared(newest.days, newest.orders)}, <Time at={newest.finishedAt} relative />
            {running ? `; ${words.running}` : ''}
          </span>
        </>
      )}
      {givenUp === null ? null : <span className={classes.small}>{words.givenUp(givenUp)}</span>}
    </>
  )
}
