import type { Reconciliation } from '../api/types.ts'
import { formatCount, formatShopDay } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './DaysTable.module.css'

const words = texts.reconciliation
const columns = ['atChannel', 'inWaybill', 'inBackend', 'imported', 'explained', 'unexplained'] as const

type Counts = Reconciliation['totals']

/** Each day of the shop with what each side has, and what became of the differences; on narrow screens a card for each. */
export function DaysTable({ run }: { run: Reconciliation }) {
  return (
    <table className={classes.days}>
      <thead>
        <tr>
          <th scope="col">{words.columns.day}</th>
          {columns.map((column) => (
            <th key={column} scope="col">
              {words.columns[column]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {run.days.map((day) => (
          <Row key={day.day} name={formatShopDay(day.day)} counts={day} />
        ))}
      </tbody>
      <tfoot>
        <Row name={words.total} counts={run.totals} />
      </tfoot>
    </table>
  )
}

function Row({ name, counts }: { name: string; counts: Counts }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {columns.map((column) => (
        <td key={column} data-column={column} data-none={counts[column] === 0 || undefined}>
          <span className={classes.label} aria-hidden="true">
            {words.columns[column]}
          </span>
          <span className="num">{formatCount(counts[column])}</span>
        </td>
      ))}
    </tr>
  )
}
