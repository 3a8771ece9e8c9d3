import { useQuery } from '@tanstack/react-query'
import { activityQuery } from '../api/queries.ts'
import type { Activity, Outcome } from '../api/types.ts'
import { formatCount, formatDuration, formatTime } from '../format.ts'
import { Bars } from '../overview/Bars.tsx'
import { type HourColumn, HoursTable, nameOfHour } from '../overview/HoursTable.tsx'
import { Swatch } from '../overview/Patterns.tsx'
import { texts } from '../texts.ts'
import classes from './Calls.module.css'
import { Latency, LatencySwatch } from './Latency.tsx'

const words = texts.connections.calls

type Hour = Activity['hours'][number]
type End = 'answered' | 'throttled' | 'failed'

/** From the foot of a bar to its top, each with the pattern of what it is most like. */
const ends: readonly { end: End; outcome: Outcome }[] = [
  { end: 'answered', outcome: 'posted' },
  { end: 'throttled', outcome: 'held' },
  { end: 'failed', outcome: 'stopped' },
]

/** How much a connection was used in the last day, how fast it answered, and how near its limit it came. */
export function Calls({ name }: { name: string }) {
  const { data } = useQuery(activityQuery(name))
  if (data === undefined) return null
  const { summary, atOnce, total, hours } = data
  return (
    <section className={classes.calls} aria-label={words.titleOf(name)}>
      <h3>{words.title}</h3>
      <p className={classes.summary}>
        {summary}. {total.calls === 0 ? null : words.now(atOnce.now)}
      </p>
      {total.calls === 0 ? null : (
        <>
          <div className={classes.charts}>
            <Counts hours={hours} total={total} />
            <Times hours={hours} total={total} />
          </div>
          <details className={classes.details}>
            <summary>{words.table}</summary>
            <Table name={name} hours={hours} />
          </details>
        </>
      )}
    </section>
  )
}

interface ChartProps {
  hours: Hour[]
  total: Activity['total']
}

function Counts({ hours, total }: ChartProps) {
  const shown = ends.filter(({ end }) => end === 'answered' || total[end] > 0)
  return (
    <figure className={classes.chart}>
      <figcaption>{words.counts}</figcaption>
      <Bars
        size="low"
        label={`${words.counts}: ${words.countsOf(total)}`}
        bars={hours.map((hour) => ({
          key: hour.from,
          label: formatTime(hour.from),
          title: words.tip(
            nameOfHour(hour),
            shown.map(({ end }) => `${words.ends[end]} ${formatCount(countOf(hour, end))}`),
          ),
          parts: shown.map(({ end, outcome }) => ({ outcome, n: countOf(hour, end) })),
        }))}
      />
      <ul className={classes.legend}>
        {shown.map(({ end, outcome }) => (
          <li key={end}>
            <Swatch outcome={outcome} /> {words.ends[end]}{' '}
            <span className="num quiet">{formatCount(countOf(total, end))}</span>
          </li>
        ))}
      </ul>
    </figure>
  )
}

function Times({ hours, total }: ChartProps) {
  return (
    <figure className={classes.chart}>
      <figcaption>{words.times}</figcaption>
      <Latency
        hours={hours}
        label={`${words.times}: ${words.timesOf(inWords(total.p50Ms), inWords(total.p95Ms))}`}
        tip={(hour) => words.tip(nameOfHour(hour), [words.timesOf(inWords(hour.p50Ms), inWords(hour.p95Ms))])}
      />
      <ul className={classes.legend}>
        {(['p50', 'p95'] as const).map((share) => (
          <li key={share}>
            <LatencySwatch share={share} /> {words[share]}{' '}
            <span className="num quiet">{inWords(total[`${share}Ms`])}</span>
          </li>
        ))}
      </ul>
    </figure>
  )
}

const countOf = (counted: Hour | Activity['total'], end: End): number =>
  end === 'answered' ? counted.calls - counted.failed - counted.throttled : counted[end]

const inWords = (ms: number | null): string => (ms === null ? words.noTime : formatDuration(ms))

const columns: HourColumn<Hour>[] = [
  ...ends.map(({ end }) => ({
    title: words.ends[end],
    of: (hour: Hour) => formatCount(countOf(hour, end)),
    isNone: (hour: Hour) => countOf(hour, end) === 0,
  })),
  ...(['p50', 'p95'] as const).map((share) => ({
    title: words[share],
    of: (hour: Hour) => inWords(hour[`${share}Ms`]),
    isNone: ({ calls }: Hour) => calls === 0,
  })),
  {
    title: words.average,
    of: ({ averageAtOnce }) => formatCount(averageAtOnce),
    isNone: ({ averageAtOnce }) => averageAtOnce === 0,
  },
  {
    title: words.peak,
    of: ({ peakAtOnce }) => formatCount(peakAtOnce),
    isNone: ({ peakAtOnce }) => peakAtOnce === 0,
  },
]

function Table({ name, hours }: { name: string; hours: Hour[] }) {
  return (
    // It may be wider than a small screen: it is moved within itself, by the keyboard too.
    <div className={classes.scroll} role="region" aria-label={words.tableOf(name)} tabIndex={0}>
      <HoursTable hours={hours} columns={columns} />
    </div>
  )
}
