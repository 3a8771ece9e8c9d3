import { formatTime } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './HoursTable.module.css'

export interface HourColumn<Hour> {
  title: string
  of(hour: Hour): string
  /** Whether there is nothing to tell: it is shown, and not dwelt on. */
  isNone(hour: Hour): boolean
}

const hourMs = 3_600_000

/** "14:00 to 15:00". */
export const nameOfHour = ({ from }: { from: string }): string =>
  texts.overview.chart.hour(formatTime(from), formatTime(new Date(Date.parse(from) + hourMs)))

/** What a chart of hours shows, for whoever would rather read. */
export function HoursTable<Hour extends { from: string }>({
  hours,
  columns,
}: {
  hours: Hour[]
  columns: readonly HourColumn<Hour>[]
}) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{texts.overview.chart.columns.hour}</th>
          {columns.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {hours.map((hour) => (
          <tr key={hour.from}>
            <th scope="row">{nameOfHour(hour)}</th>
            {columns.map(({ title, of, isNone }) => (
              <td key={title} data-none={isNone(hour) || undefined}>
                {of(hour)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
