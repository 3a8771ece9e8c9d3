import { Link } from '@tanstack/react-router'
import type { RouteTrial } from '../api/types.ts'
import { StatusMark } from '../components/StatusBadge.tsx'
import { routeTexts } from '../texts-route.ts'
import { FieldChanges } from './History.tsx'
import classes from './Trial.module.css'

const words = routeTexts.trial
const shownOrders = 8
/** These are told even of none. */
const always = ['as_before', 'would_post', 'would_stop'] as const
const others = ['stops_otherwise', 'no_longer_held', 'would_be_held'] as const
/** What needs a look comes first. */
const inDetail = ['would_stop', 'stops_otherwise', 'would_be_held', 'no_longer_held', 'would_post'] as const

/** What the last orders would do by other settings: how many, and which would fare otherwise than today. */
export function Trial({ trial, name, isOld }: { trial: RouteTrial; name: string; isOld: boolean }) {
  const { orders, counts, notJudged, differing, heldBy, changes, notes } = trial
  const told = [...always, ...others.filter((outcome) => counts[outcome] > 0)]
  const groups = inDetail.filter((outcome) => counts[outcome] > 0)
  return (
    <section className={classes.trial} aria-label={words.label} data-old={isOld}>
      {isOld ? <p className={classes.old}>{words.old}</p> : null}
      {orders === 0 ? (
        <p>{words.nothing}</p>
      ) : (
        <>
          <p>{words.of(orders)}</p>
          <ul className={classes.counts}>
            {told.map((outcome) => (
              <li key={outcome} data-outcome={outcome} data-none={counts[outcome] === 0}>
                <strong className="num">{counts[outcome].toLocaleString('en')}</strong>{' '}
                {words.counts[outcome]}
              </li>
            ))}
          </ul>
        </>
      )}
      {notJudged.map(({ why, orders: n }) => (
        <p key={why} className={classes.unjudged}>
          {words.notJudged(n, why)}
        </p>
      ))}
      {groups.map((outcome) => {
        const some = differing.filter((order) => order.outcome === outcome)
        return (
          <div key={outcome} className={classes.group}>
            <h3>
              {counts[outcome]} {words.counts[outcome]}
            </h3>
            {outcome === 'would_be_held' ? (
              <>
                <ul className={classes.rules}>
                  {heldBy.map((group) => (
                    <li key={`${group.rule} ${group.wanted}`}>{words.heldBy(group)}</li>
                  ))}
                </ul>
                <p className={classes.hint}>{words.heldHint}</p>
              </>
            ) : null}
            {outcome === 'would_stop' ? <p className={classes.hint}>{words.stopHint}</p> : null}
            <ul>
              {some.slice(0, shownOrders).map((order) => (
                <li key={order.id}>
                  <StatusMark status={order.status} />
                  <span>
                    <Link to="/orders/$id" params={{ id: order.id }} className="num">
                      {order.number}
                    </Link>{' '}
                    {words.reason(order)}
                  </span>
                </li>
              ))}
            </ul>
            {some.length > shownOrders ? (
              <p className={classes.hint}>{words.more(some.length - shownOrders)}</p>
            ) : null}
          </div>
        )
      })}
      {notes.map((note) => (
        <p key={note} className={classes.note}>
          {sentence(note, name)}
        </p>
      ))}
      {changes.length === 0 ? null : (
        <details className={classes.changes}>
          <summary>{words.changes(changes.length)}</summary>
          <FieldChanges fields={changes} />
        </details>
      )}
    </section>
  )
}

/** The route is the page's own: its name needs no saying. */
function sentence(note: string, name: string): string {
  const prefix = `Route ${name}: `
  const text = note.startsWith(prefix) ? note.slice(prefix.length) : note
  return text.charAt(0).toUpperCase() + text.slice(1)
}
