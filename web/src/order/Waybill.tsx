import type { Attempt, OrderDetail, OrderEvent } from '../api/types.ts'
import { Icon, type IconName } from '../components/Icon.tsx'
import { StatusMark } from '../components/StatusBadge.tsx'
import { formatClock, formatDay, formatDuration, formatZones } from '../format.ts'
import { useNow } from '../now.ts'
import { texts } from '../texts.ts'
import { Exchanges } from './Exchanges.tsx'
import classes from './Waybill.module.css'

type Entry = { at: string; event: OrderEvent } | { at: string; attempt: Attempt }

/** Everything that happened to the order, newest first, by day; each attempt with what was sent and what came back. */
export function Waybill({ order, shopZone }: { order: OrderDetail; shopZone: string | null }) {
  const now = useNow('minute')
  const days = Map.groupBy(entriesOf(order), ({ at }) => formatDay(new Date(at), now))
  return (
    <>
      {[...days].map(([day, entries]) => (
        <div key={day} className={classes.day}>
          <h3 className={classes.date}>{day}</h3>
          <ol className={classes.entries}>
            {entries.map((entry) =>
              'event' in entry ? (
                <Event key={`e${entry.event.id}`} event={entry.event} shopZone={shopZone} />
              ) : (
                <AttemptEntry
                  key={`a${entry.attempt.id}`}
                  attempt={entry.attempt}
                  told={order.events.some(
                    ({ kind, text }) => kind !== 'note' && text.includes(entry.attempt.detail ?? ''),
                  )}
                  shopZone={shopZone}
                />
              ),
            )}
          </ol>
        </div>
      ))}
    </>
  )
}

function entriesOf({ events, attempts }: OrderDetail): Entry[] {
  const entries: Entry[] = [
    // That it was sent is said by the attempt itself.
    ...events
      .filter(({ kind }) => kind !== 'posting' || attempts.length === 0)
      .map((event) => ({ at: event.at, event })),
    ...attempts.map((attempt) => ({ at: attempt.startedAt, attempt })),
  ]
  // Both come oldest first; the sort keeps the order of what happened in one instant, so it is turned as a whole.
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).reverse()
}

/** What a person decided here; that they had an order read says nothing of who changed it in the shop. */
const asked = /_requested$|^(cancelled|uncancelled|total_accepted|posting)$/

const actorIcons: Record<string, IconName> = { person: 'person', channel: 'link', backend: 'link' }

function Event({ event, shopZone }: { event: OrderEvent; shopZone: string | null }) {
  return (
    <li className={classes.entry}>
      <Clock at={event.at} shopZone={shopZone} />
      <span className={classes.sign}>
        {event.to === null || event.to === event.from ? (
          <Icon name={actorIcons[event.actor] ?? 'minus'} size={11} />
        ) : (
          <StatusMark status={event.to} />
        )}
      </span>
      <div>
        {event.kind === 'note' ? <Note event={event} /> : event.text}
        {event.actor === 'person' && asked.test(event.kind) && !event.text.includes('person') ? (
          <span className={classes.actor}>{texts.order.byPerson}</span>
        ) : null}
      </div>
    </li>
  )
}

/** As it was written, line by line; it is text and nothing else. */
function Note({ event }: { event: OrderEvent }) {
  return (
    <div className={classes.note}>
      <p className={classes.by}>{texts.order.notes.by(event.actor)}</p>
      <p className={classes.written}>{event.text}</p>
    </div>
  )
}

interface AttemptProps {
  attempt: Attempt
  /** Whether an event says the same as its detail. */
  told: boolean
  shopZone: string | null
}

function AttemptEntry({ attempt, told, shopZone }: AttemptProps) {
  const { kind, outcome, detail, startedAt, finishedAt, exchanges } = attempt
  const ms = finishedAt === null ? null : new Date(finishedAt).getTime() - new Date(startedAt).getTime()
  return (
    <li className={classes.entry}>
      <Clock at={startedAt} shopZone={shopZone} />
      <span className={classes.sign}>
        <Icon name="send" size={11} />
      </span>
      <div>
        <span>{texts.order.attempts.kind[kind] ?? kind}</span>
        <span className={classes.outcome} data-ok={outcome !== null && goodOutcomes.has(outcome)}>
          {outcome === null
            ? texts.order.attempts.unknown
            : (texts.order.attempts.outcome[outcome] ?? outcome.replaceAll('_', ' '))}
        </span>
        {ms === null ? null : <span className={classes.actor}>{formatDuration(ms)}</span>}
        {detail === null || told ? null : <div className={classes.detail}>{detail}</div>}
        {exchanges.length === 0 ? null : <Exchanges exchanges={exchanges} />}
      </div>
    </li>
  )
}

const goodOutcomes = new Set(['posted', 'found', 'ok', 'sent'])

function Clock({ at, shopZone }: { at: string; shopZone: string | null }) {
  return (
    <time className={classes.clock} dateTime={at} title={formatZones(at, shopZone)}>
      {formatClock(at)}
    </time>
  )
}
