import type { OrderDetail } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { formatAmount, formatMoney, formatQuantity } from '../format.ts'
import { texts } from '../texts.ts'
import { Compared, type OrderTotals, parts } from './Compared.tsx'
import classes from './Lines.module.css'

const words = texts.order.lines
/** Columns that a narrow screen leaves out: the totals say the same. */
const extra = `${classes.number} ${classes.extra}`
type Canonical = NonNullable<OrderDetail['canonical']>
type Line = Canonical['lines'][number]

/** What was bought, and how it comes to the total; the backend's own total beside it. */
export function Lines({ canonical, order }: { canonical: Canonical; order: OrderDetail }) {
  const { currency, lines } = canonical
  const hasDiscount = lines.some(({ discount }) => Number(discount) !== 0)
  return (
    <>
      <div className={classes.scroll}>
        <table className={classes.lines}>
          <thead>
            <tr>
              <th scope="col">{words.item}</th>
              <th scope="col" className={classes.number}>
                {words.quantity}
              </th>
              <th scope="col" className={classes.number}>
                {words.price}
              </th>
              {hasDiscount ? (
                <th scope="col" className={extra}>
                  {words.discount}
                </th>
              ) : null}
              <th scope="col" className={extra}>
                {words.tax}
              </th>
              <th scope="col" className={classes.number}>
                {words.net}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.id} data-part={line.parentId !== null}>
                <td>
                  <Item line={line} />
                </td>
                <td className={classes.number}>{formatQuantity(line.quantity)}</td>
                <td className={classes.number}>{formatAmount(line.unitPrice, currency)}</td>
                {hasDiscount ? (
                  <td className={extra}>
                    {Number(line.discount) === 0 ? '' : `−${formatAmount(line.discount, currency)}`}
                  </td>
                ) : null}
                <td className={extra} title={line.taxes.map(taxText).join('\n') || undefined}>
                  {formatAmount(line.tax, currency)}
                </td>
                <td className={classes.number}>{formatAmount(line.net, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Totals canonical={canonical} order={order} />
    </>
  )
}

const taxText = ({ label, rate, amount }: Line['taxes'][number]): string =>
  `${label}${rate === null ? '' : ` ${formatQuantity(rate)} %`}: ${amount}`

function Item({ line }: { line: Line }) {
  const code =
    line.kind === 'product' ? (line.sku ?? words.noSku) : (line.sku ?? texts.order.lines.kinds[line.kind])
  return (
    <>
      <span className={classes.name}>{line.name}</span>
      <span className={line.sku === null ? classes.kind : classes.sku}>{code}</span>
      {line.attributes.map(({ name, value }) => (
        <span key={`${name}${value}`} className={classes.kind}>
          {name}: {value}
        </span>
      ))}
    </>
  )
}

function Totals({ canonical, order }: { canonical: Canonical; order: OrderDetail }) {
  const { totals, comparison } = order
  if (totals === null) return null
  const isEdited = comparison !== null && !comparison.isNewest && comparison.posted !== null
  return (
    <>
      {isEdited ? <Compared comparison={comparison} /> : <Plain totals={totals} comparison={comparison} />}
      {canonical.refunds.length === 0 && canonical.presentment === null ? null : (
        <Beside canonical={canonical} />
      )}
    </>
  )
}

/** The order's totals in one column, with the record's own under them. */
function Plain({ totals, comparison }: { totals: OrderTotals; comparison: OrderDetail['comparison'] }) {
  const rows = parts.filter((name) => name === 'lines' || Number(totals[name].amount) !== 0)
  const isOff = comparison?.recordLessPosted ? Number(comparison.recordLessPosted.amount) !== 0 : false
  return (
    <dl className={classes.totals}>
      {rows.map((name) => (
        <div key={name} className={name === 'total' ? classes.total : undefined}>
          <dt>{texts.order.totals[name]}</dt>
          <dd>
            {name === 'discounts' ? '−' : ''}
            <Amount money={totals[name]} />
          </dd>
        </div>
      ))}
      {comparison?.record ? (
        <div className={comparison.agrees ? classes.agrees : isOff ? classes.differs : undefined}>
          <dt>{comparison.agrees ? texts.order.totals.agrees : texts.order.totals.differs}</dt>
          <dd>
            <Amount money={comparison.record} />
          </dd>
        </div>
      ) : null}
    </dl>
  )
}

/** What was paid back, and what the customer saw in another currency. */
function Beside({ canonical: { refunds, presentment, currency } }: { canonical: Canonical }) {
  return (
    <>
      <dl className={classes.totals}>
        {refunds.map(({ id, amount, reason }) => (
          <div key={id} className={classes.refund}>
            <dt>
              {texts.order.totals.refunded}
              {reason === null || reason === '' ? '' : ` (${reason})`}
            </dt>
            <dd>
              −<Amount money={{ amount, currency }} />
            </dd>
          </div>
        ))}
      </dl>
      {presentment === null ? null : (
        <p className={classes.aside}>
          {texts.order.totals.paidIn({
            ...presentment,
            paid: formatMoney({ amount: presentment.total, currency: presentment.currency }),
          })}
        </p>
      )}
    </>
  )
}
