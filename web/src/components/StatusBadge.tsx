import type { Status } from '../../../src/order/status.ts'
import classes from './StatusBadge.module.css'

type Tone = 'bad' | 'waiting' | 'moving' | 'good' | 'done' | 'quiet'

export const toneOf: Record<Status, Tone> = {
  import_error: 'bad',
  held: 'waiting',
  imported: 'waiting',
  scheduled: 'moving',
  posting: 'moving',
  verifying: 'moving',
  post_error: 'bad',
  posted: 'good',
  partially_shipped: 'good',
  shipment_error: 'bad',
  complete: 'done',
  cancelled: 'quiet',
}

interface Props {
  status: Status
  label: string
  /** A shorter one, for a table that has little room. */
  short?: string
}

/** A status in words; the mark before it says the same by its shape, so that nothing depends on colour alone. */
export function StatusBadge({ status, label, short }: Props) {
  return (
    <span className={classes.badge} data-tone={toneOf[status]} data-status={status}>
      <StatusMark status={status} />
      {short === undefined || short === label ? (
        label
      ) : (
        <>
          <span className={classes.long}>{label}</span>
          <span className={classes.short} title={label}>
            {short}
          </span>
        </>
      )}
    </span>
  )
}

export function StatusMark({ status }: { status: Status }) {
  return (
    <svg
      aria-hidden="true"
      className={classes.mark}
      data-tone={toneOf[status]}
      data-busy={status === 'posting'}
      width="10"
      height="10"
      viewBox="0 0 10 10"
    >
      <Shape status={status} />
    </svg>
  )
}

function Shape({ status }: { status: Status }) {
  const line = {
    fill: 'none',
    stroke: 'currentColor',
    strokeWidth: 1.6,
    strokeLinecap: 'round',
    strokeLinejoin: 'round',
  } as const
  switch (toneOf[status]) {
    case 'bad':
      return <path d="M5 .8 9.6 9H.4Z" fill="currentColor" />
    case 'waiting':
      return <path d="M3.2 1.8v6.4M6.8 1.8v6.4" {...line} strokeWidth={2} />
    case 'moving':
      return <circle cx="5" cy="5" r="3.7" {...line} />
    case 'good':
      return (
        <>
          <circle cx="5" cy="5" r="3.7" {...line} />
          <path
            d={
              status === 'partially_shipped'
                ? 'M5 1.3a3.7 3.7 0 0 1 0 7.4Z'
                : 'M5 3.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z'
            }
            fill="currentColor"
          />
        </>
      )
    case 'done':
      return <path d="m1.2 5.4 2.5 2.5L8.8 2.4" {...line} strokeWidth={1.8} />
    case 'quiet':
      return <path d="m2 2 6 6M8 2 2 8" {...line} />
  }
}
