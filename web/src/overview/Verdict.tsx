import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Overview, OverviewThing } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { texts } from '../texts.ts'
import classes from './Verdict.module.css'

const words = texts.overview
const icons = { needs_person: 'alert', mending: 'refresh', well: 'check', empty: 'check' } as const

/** One sentence: all is well, or how many things need a person, with the ways to them. */
export function Verdict({
  overview: { state, next, needsPerson, mending, lastDay },
}: {
  overview: Overview
}) {
  const sentence =
    state === 'needs_person'
      ? words.needs(needsPerson.length)
      : state === 'mending'
        ? words.mending
        : next === 'first_order'
          ? words.wellWithoutOrders
          : words.well(lastDay.orders, lastDay.stopped)
  return (
    <section className={classes.verdict} data-state={state} aria-labelledby="verdict">
      <span className={classes.icon}>
        <Icon name={icons[state]} size={20} />
      </span>
      <div className={classes.words}>
        <h2 id="verdict" role="status">
          {sentence}
        </h2>
        <Things things={needsPerson} />
        {mending.length > 0 && needsPerson.length > 0 ? <p>{words.alsoMending}</p> : null}
        <Things things={mending} />
      </div>
    </section>
  )
}

function Things({ things }: { things: OverviewThing[] }) {
  if (things.length === 0) return null
  return (
    <ul className={classes.things}>
      {things.map((thing) => (
        <li key={`${thing.kind} ${thing.connection}`}>
          <Way thing={thing}>{words.things[thing.kind](thing.count, thing)}</Way>
        </li>
      ))}
    </ul>
  )
}

/** The link to where a thing is seen and mended. */
function Way({
  thing: { kind, connection, reconciliation },
  children,
}: {
  thing: OverviewThing
  children: ReactNode
}) {
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
