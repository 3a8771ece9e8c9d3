import { formatAmount } from '../format.ts'
import classes from './Amount.module.css'

/** An amount with its currency behind it, in figures of equal width. */
export function Amount({ money }: { money: { amount: string; currency: string } }) {
  return (
    <span className={classes.amount}>
      {formatAmount(money.amount, money.currency)}
      <span className={classes.currency}>{money.currency}</span>
    </span>
  )
}
