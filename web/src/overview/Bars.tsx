import type { Outcome } from '../api/types.ts'
import { formatCount } from '../format.ts'
import classes from './Bars.module.css'
import { across, Chart, type ChartSize, type Column, roundUp, tall, upTo } from './Chart.tsx'
import { fillOf } from './Patterns.tsx'

interface Bar extends Omit<Column, 'marks'> {
  parts: { outcome: Outcome; n: number }[]
}

/** Stacked bars. */
export function Bars({ bars, label, size = 'tall' }: { bars: Bar[]; label: string; size?: ChartSize }) {
  const top = roundUp(Math.max(...bars.map(({ parts }) => parts.reduce((sum, { n }) => sum + n, 0))))
  return (
    <Chart
      label={label}
      size={size}
      scale={[formatCount(top), top % 2 === 0 ? formatCount(top / 2) : '', '0']}
      columns={bars.map(({ parts, ...column }, n) => ({
        ...column,
        marks: stacked(parts).map(({ outcome, below, n: counted }) => (
          <rect
            key={outcome}
            className={classes.part}
            data-outcome={outcome}
            fill={fillOf(outcome)}
            x={across(n, bars.length, 0.14)}
            width={across(0, bars.length, 0.72)}
            y={upTo((below + counted) / top, size)}
            height={tall(counted / top, size)}
          />
        )),
      }))}
    />
  )
}

function stacked(parts: Bar['parts']): (Bar['parts'][number] & { below: number })[] {
  let below = 0
  return parts.flatMap((part) => {
    const from = below
    below += part.n
    return part.n === 0 ? [] : [{ ...part, below: from }]
  })
}
