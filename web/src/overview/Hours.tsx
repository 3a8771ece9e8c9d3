import type { Outcome, Overview } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { formatCount, formatTime } from '../format.ts'
import { texts } from '../texts.ts'
import { Bars } from './Bars.tsx'
import classes from './Hours.module.css'
import { type HourColumn, HoursTable, nameOfHour } from './HoursTable.tsx'
import { Patterns, Swatch } from './Patterns.tsx'
import { outcomes } from './outcomes.ts'

const words = texts.overview.chart

type LastDay = Overview['lastDay']
type Hour = LastDay['hours'][number]

/** The orders of each hour by where they are now: as bars, and as a table for whoever would rather read. */
export function Hours({ lastDay }: { lastDay: LastDay }) {
  const shown = outcomes.filter((outcome) => lastDay.hours.some((hour) => hour[outcome] > 0))
  return (
    <Panel title={words.title} hint={words.hint}>
      {shown.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <>
          <Patterns />
          <Bars
            bars={lastDay.hours.map((hour) => ({
              key: hour.from,
              label: formatTime(hour.from),
              title: tip(hour, shown),
              parts: shown.map((outcome) => ({ outcome, n: hour[outcome] })),
            }))}
            label={`${words.title}: ${words.summary(lastDay.orders, lastDay.stopped)}`}
          />
          <ul className={classes.legend}>
            {shown.map((outcome) => (
              <li key={outcome}>
                <Swatch outcome={outcome} /> {words.outcomes[outcome]}{' '}
                <span className="num quiet">{formatCount(sum(lastDay.hours, outcome))}</span>
              </li>
            ))}
          </ul>
          <details className={classes.details}>
            <summary>{words.table}</summary>
            <HoursTable hours={lastDay.hours} columns={shown.map(columnOf)} />
          </details>
        </>
      )}
    </Panel>
  )
}

const sum = (hours: Hour[], outcome: Outcome): number => hours.reduce((n, hour) => n + hour[outcome], 0)

const tip = (hour: Hour, shown: Outcome[]): string =>
  words.tip(
    nameOfHour(hour),
    shown.map((outcome) => `${words.outcomes[outcome]} ${formatCount(hour[outcome])}`),
  )

const columnOf = (outcome: Outcome): HourColumn<Hour> => ({
  title: words.outcomes[outcome],
  of: (hour) => formatCount(hour[outcome]),
  isNone: (hour) => hour[outcome] === 0,
})
