import type { Outcome, Overview } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { formatCount, formatTime } from '../format.ts'
import { texts } from '../texts.ts'
import { Bars } from './Bars.tsx'
import classes from './Hours.module.css'
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
            <Table hours={lastDay.hours} shown={shown} />
          </details>
        </>
      )}
    </Panel>
  )
}

const hourMs = 3_600_000
const nameOf = ({ from }: Hour): string =>
  words.hour(formatTime(from), formatTime(new Date(Date.parse(from) + hourMs)))

const sum = (hours: Hour[], outcome: Outcome): number => hours.reduce((n, hour) => n + hour[outcome], 0)

const tip = (hour: Hour, shown: Outcome[]): string =>
  words.tip(
    nameOf(hour),
    shown.map((outcome) => `${words.outcomes[outcome]} ${formatCount(hour[outcome])}`),
  )

function Table({ hours, shown }: { hours: Hour[]; shown: Outcome[] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{words.columns.hour}</th>
          {shown.map((outcome) => (
            <th key={outcome} scope="col">
              {words.outcomes[outcome]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {hours.map((hour) => (
          <tr key={hour.from}>
            <th scope="row">{nameOf(hour)}</th>
            {shown.map((outcome) => (
              <td key={outcome} data-none={hour[outcome] === 0 || undefined}>
                {formatCount(hour[outcome])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
