import { Link } from '@tanstack/react-router'
import type { Overview, OverviewThing } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { texts } from '../texts.ts'
import classes from './Verdict.module.css'

const words = texts.overview
const icons = { needs_person: 'alert', mending: 'refresh', well: 'check', empty: 'check' } as const

/** One sentence: all is well, or what needs a person, with the ways to it. */
export function Verdict({ overview }: { overview: Overview }) {
  const { state, needsPerson, mending } = overview
  const [only] = needsPerson
  return (
    <section className={classes.verdict} data-state={state} aria-labelledby="verdict">
      <span className={classes.icon}>
        <Icon name={icons[state]} size={20} />
      </span>
      <div className={classes.words}>
        <div role="status">
          <h2 id="verdict">
            {only === undefined ? (
              sentenceOf(overview)
            ) : needsPerson.length === 1 ? (
              <Way thing={only} />
            ) : (
              words.needs(needsPerson.length)
            )}
          </h2>
        </div>
        {needsPerson.length > 1 ? <Things things={needsPerson} /> : null}
        {mending.length > 0 && only !== undefined ? <p>{words.alsoMending}</p> : null}
        <Things things={mending} />
      </div>
    </section>
  )
}

function sentenceOf({ state, next, lastDay }: Overview): string {
  if (state === 'mending') return words.mending
  return next === 'first_order' ? words.wellWithoutOrders : words.well(lastDay.orders, lastDay.stopped)
}

function Things({ things }: { things: OverviewThing[] }) {
  if (things.length === 0) return null
  return (
    <ul className={classes.things}>
      {things.map((thing) => (
        <li key={`${thing.kind} ${thing.connection}`}>
          <Way thing={thing} />
        </li>
      ))}
    </ul>
  )
}

/** The link to where a thing is seen and mended. */
function Way({ thing }: { thing: OverviewThing }) {
  const { kind, count, connection, reconciliation } = thing
  const children = words.things[kind](count, thing)
  switch (kind) {
    case 'problems':
      return <Link to="/problems">{children}</Link>
    case 'changed':
    case 'cancelled':
      return (
        <Link to="/" search={{ decision: kind }}>
          {children}
        </Link>
      )
    case 'posting_off':
      return (
        <Link to="/" search={{ status: 'imported' }}>
          {children}
        </Link>
      )
    case 'unexplained':
      return (
        <Link
          to="/reconciliation"
          search={{ shop: connection ?? undefined, run: reconciliation ?? undefined }}
        >
          {children}
        </Link>
      )
    default:
      return <Link to="/connections">{children}</Link>
  }
}
