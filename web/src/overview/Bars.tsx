import type { Outcome } from '../api/types.ts'
import { formatCount } from '../format.ts'
import classes from './Bars.module.css'
import { fillOf } from './Patterns.tsx'

interface Bar {
  key: string
  /** Stands below some of them. */
  label: string
  title: string
  parts: { outcome: Outcome; n: number }[]
}

const height = 200
const labelEvery = 6
const percent = (n: number): string => `${n.toFixed(2)}%`

/** Stacked bars; as wide as there is room, so that across all is in percent and upwards in pixels. */
export function Bars({ bars, label }: { bars: Bar[]; label: string }) {
  const top = roundUp(Math.max(...bars.map(({ parts }) => parts.reduce((sum, { n }) => sum + n, 0))))
  const slot = 100 / bars.length
  return (
    <div className={classes.chart}>
      <div className={classes.scale} aria-hidden="true">
        <span>{formatCount(top)}</span>
        <span>{top % 2 === 0 ? formatCount(top / 2) : ''}</span>
        <span>0</span>
      </div>
      <svg className={classes.bars} height={height + 22} role="img" aria-label={label}>
        {[0, 0.5, 1].map((share) => (
          <line key={share} className={classes.line} x1="0" x2="100%" y1={upTo(share)} y2={upTo(share)} />
        ))}
        {bars.map((bar, n) => (
          <g key={bar.key}>
            <title>{bar.title}</title>
            <rect
              className={classes.slot}
              x={percent(n * slot)}
              width={percent(slot)}
              y="0"
              height={height}
            />
            {stacked(bar.parts).map(({ outcome, below, n: orders }) => (
              <rect
                key={outcome}
                className={classes.part}
                data-outcome={outcome}
                fill={fillOf(outcome)}
                x={percent(n * slot + slot * 0.14)}
                width={percent(slot * 0.72)}
                y={upTo((below + orders) / top)}
                height={(orders / top) * (height - 1)}
              />
            ))}
            {n % labelEvery === 0 ? (
              <text
                className={classes.label}
                x={percent(n === 0 ? 0 : n === bars.length - 1 ? 100 : (n + 0.5) * slot)}
                y={height + 17}
                textAnchor={n === 0 ? 'start' : n === bars.length - 1 ? 'end' : 'middle'}
              >
                {bar.label}
              </text>
            ) : null}
          </g>
        ))}
      </svg>
    </div>
  )
}

const upTo = (share: number): number => Math.round((1 - share) * (height - 1) * 10) / 10 + 0.5

function stacked(parts: Bar['parts']): (Bar['parts'][number] & { below: number })[] {
  let below = 0
  return parts.flatMap((part) => {
    const from = below
    below += part.n
    return part.n === 0 ? [] : [{ ...part, below: from }]
  })
}

/** To 2, 4, 6, 10, 20, 40, 60, 100 …: its half is a whole number. */
function roundUp(n: number): number {
  for (let ten = 1; ; ten *= 10) for (const step of [2, 4, 6, 10]) if (step * ten >= n) return step * ten
}
