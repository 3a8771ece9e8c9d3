import type { OrderDetail } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { formatAmount, formatMoney, formatQuantity } from '../format.ts'
import { texts } from '../texts.ts'
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
  const { totals, record } = order
  if (totals === null) return null
  const rows = (['lines', 'discounts', 'shipping', 'fees', 'tax'] as const).filter(
    (name) => name === 'lines' || Number(totals[name].amount) !== 0,
  )
  const there = record?.total ?? null
  const agrees = there !== null && order.total !== null && Number(there.amount) === Number(order.total.amount)
  return (
    <>
      <dl className={classes.totals}>
        {rows.map((name) => (
          <div key={name}>
            <dt>{texts.order.totals[name]}</dt>
            <dd>
              {name === 'discounts' ? '−' : ''}
              <Amount money={totals[name]} />
            </dd>
          </div>
        ))}
        <div className={classes.total}>
          <dt>{texts.order.totals.total}</dt>
          <dd>
            <Amount money={order.total ?? totals.total} />
          </dd>
        </div>
        {there === null ? null : (
          <div className={agrees ? classes.agrees : classes.differs}>
            <dt>{agrees ? texts.order.totals.agrees : texts.order.totals.differs}</dt>
            <dd>
              <Amount money={there} />
            </dd>
          </div>
        )}
        {canonical.refunds.map(({ id, amount, reason }) => (
          <div key={id} className={classes.refund}>
            <dt>
              {texts.order.totals.refunded}
              {reason === null || reason === '' ? '' : ` (${reason})`}
            </dt>
            <dd>
              −<Amount money={{ amount, currency: canonical.currency }} />
            </dd>
          </div>
        ))}
      </dl>
      {canonical.presentment === null ? null : (
        <p className={classes.aside}>
          {texts.order.totals.paidIn({
            ...canonical.presentment,
            paid: formatMoney({
              amount: canonical.presentment.total,
              currency: canonical.presentment.currency,
            }),
          })}
        </p>
      )}
    </>
  )
}
