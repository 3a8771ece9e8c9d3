import type { OrderDetail } from '../api/types.ts'
import { formatAmount, formatMoney } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './Compared.module.css'

export type Comparison = NonNullable<OrderDetail['comparison']>
export type OrderTotals = NonNullable<OrderDetail['totals']>

export const parts = ['lines', 'discounts', 'shipping', 'fees', 'tax', 'total'] as const

const words = texts.order.comparison

/** The totals of what the shop has now, of what was posted, and of the record, side by side. */
export function Compared({ comparison }: { comparison: Comparison }) {
  const { newest, posted, record } = comparison
  const currency = (newest ?? posted)?.total.currency ?? ''
  const isUsed = (part: (typeof parts)[number]) =>
    part === 'lines' ||
    [newest, posted].some((totals) => totals !== null && Number(totals[part].amount) !== 0)
  const shown = (totals: OrderTotals | null, part: (typeof parts)[number]) =>
    totals === null
      ? ''
      : `${part === 'discounts' && Number(totals[part].amount) !== 0 ? '−' : ''}${formatAmount(totals[part].amount, currency)}`
  return (
    <div className={classes.compared}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span className={classes.currency}>{currency}</span>
            </th>
            <th scope="col">{words.newest}</th>
            <th scope="col">{words.posted}</th>
            <th scope="col">{words.record}</th>
          </tr>
        </thead>
        <tbody>
          {parts.filter(isUsed).map((part) => (
            <tr key={part} data-part={part}>
              <th scope="row">{texts.order.totals[part]}</th>
              <td data-differs={newest?.[part].amount !== posted?.[part].amount}>{shown(newest, part)}</td>
              <td>{shown(posted, part)}</td>
              <td>
                {part === 'total' && record !== null ? formatAmount(record.amount, record.currency) : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Verdicts comparison={comparison} />
    </div>
  )
}

function Verdicts({
  comparison: { newestLessPosted, recordLessPosted, agrees },
}: {
  comparison: Comparison
}) {
  if (agrees) return <p className={classes.agrees}>{words.agrees}</p>
  return (
    <>
      {recordLessPosted === null ? null : Number(recordLessPosted.amount) === 0 ? (
        <p className={classes.agrees}>{words.recordAgrees}</p>
      ) : (
        <p className={classes.differs}>{words.recordDiffers(signed(recordLessPosted))}</p>
      )}
      {newestLessPosted === null ? (
        <p className={classes.changed}>{words.notComparable}</p>
      ) : Number(newestLessPosted.amount) === 0 ? null : (
        <p className={classes.changed}>{words.changed(signed(newestLessPosted))}</p>
      )}
    </>
  )
}

const signed = (money: { amount: string; currency: string }): string =>
  `${money.amount.startsWith('-') ? '−' : '+'}${formatMoney({ ...money, amount: money.amount.replace('-', '') })}`
