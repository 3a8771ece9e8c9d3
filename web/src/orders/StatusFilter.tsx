import { statuses } from '../../../src/order/status.ts'
import type { OrderCounts } from '../api/types.ts'
import { StatusMark } from '../components/StatusBadge.tsx'
import { formatCount } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './StatusFilter.module.css'

interface Props {
  counts: OrderCounts | undefined
  /** The status shown alone; undefined shows all. Several, from a link, are separated by commas. */
  value: string | undefined
  onChange: (status: string | undefined) => void
  /** Orders that wait for a decision, shown alone. */
  decision: Decision | 'any' | undefined
  onDecision: (decision: Decision | undefined) => void
}

type Decision = 'changed' | 'cancelled'
const decisions: Decision[] = ['cancelled', 'changed']

/** The statuses that occur, with how many orders each has; one at a time. */
export function StatusFilter({ counts, value, onChange, decision, onDecision }: Props) {
  const chosen = value?.split(',') ?? []
  // Where they are too many to look at each, every status may have some.
  const counted = counts?.byStatus ?? null
  const shown = statuses.filter(
    (status) =>
      (counts !== undefined && (counted === null || counted[status] > 0)) || chosen.includes(status),
  )
  return (
    <div className={classes.filter} role="group" aria-label={texts.orders.statusFilter}>
      <button
        type="button"
        className={classes.pill}
        aria-pressed={value === undefined && decision === undefined}
        onClick={() => (decision === undefined ? onChange(undefined) : onDecision(undefined))}
      >
        {texts.orders.all}
        {counts === undefined ? null : (
          <span className={classes.count}>
            {counts.isExact ? formatCount(counts.total) : texts.orders.moreThan(formatCount(counts.total))}
          </span>
        )}
      </button>
      {shown.map((status) => (
        <button
          key={status}
          type="button"
          className={classes.pill}
          aria-pressed={chosen.includes(status)}
          data-status={status}
          onClick={() => onChange(chosen.length === 1 && chosen[0] === status ? undefined : status)}
        >
          <StatusMark status={status} />
          {texts.statusShort[status]}
          {counted === null ? null : <span className={classes.count}>{formatCount(counted[status])}</span>}
        </button>
      ))}
      {decisions
        .filter((one) => (counts?.decisions[one] ?? 0) > 0 || decision === one)
        .map((one) => (
          <button
            key={one}
            type="button"
            className={classes.pill}
            aria-pressed={decision === one}
            data-decision={one}
            onClick={() => onDecision(decision === one ? undefined : one)}
          >
            <span className={classes.mark} aria-hidden="true" />
            {texts.orders.decisions[one]}
            <span className={classes.count}>{formatCount(counts?.decisions[one] ?? 0)}</span>
          </button>
        ))}
    </div>
  )
}
