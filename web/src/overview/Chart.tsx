import type { ReactNode } from 'react'
import classes from './Chart.module.css'

export interface Column {
  key: string
  /** Stands below some of them. */
  label: string
  title: string
  marks: ReactNode
}

interface Props {
  columns: Column[]
  label: string
  /** What the top, the middle and the foot stand for. */
  scale: [string, string, string]
  size: ChartSize
}

const heights = { tall: 200, low: 88 }
export type ChartSize = keyof typeof heights

const labelEvery = 6
const percent = (n: number): string => `${n.toFixed(2)}%`

/** What stands over the hours; as wide as there is room, so that across all is in percent and upwards in pixels. */
export function Chart({ columns, label, scale, size }: Props) {
  const height = heights[size]
  const slot = 100 / columns.length
  return (
    <div className={classes.chart}>
      <div className={classes.scale} data-size={size} aria-hidden="true">
        {scale.map((text, n) => (
          <span key={n}>{text}</span>
        ))}
      </div>
      <svg className={classes.columns} height={height + 22} role="img" aria-label={label}>
        {[0, 0.5, 1].map((share) => (
          <line
            key={share}
            className={classes.line}
            x1="0"
            x2="100%"
            y1={upTo(share, size)}
            y2={upTo(share, size)}
          />
        ))}
        {columns.map((column, n) => (
          <g key={column.key}>
            <title>{column.title}</title>
            <rect
              className={classes.slot}
              x={percent(n * slot)}
              width={percent(slot)}
              y="0"
              height={height}
            />
            {column.marks}
            {n % labelEvery === 0 ? (
              <text
                className={classes.label}
                x={percent(n === 0 ? 0 : n === columns.length - 1 ? 100 : (n + 0.5) * slot)}
                y={height + 17}
                textAnchor={n === 0 ? 'start' : n === columns.length - 1 ? 'end' : 'middle'}
              >
                {column.label}
              </text>
            ) : null}
          </g>
        ))}
      </svg>
    </div>
  )
}

/** How far down a share of the whole height is. */
export const upTo = (share: number, size: ChartSize): number =>
  Math.round((1 - share) * (heights[size] - 1) * 10) / 10 + 0.5

/** How tall a share of the whole height is. */
export const tall = (share: number, size: ChartSize): number => share * (heights[size] - 1)

/** A place within the n-th of so many columns, from 0 on its left to 1 on its right. */
export const across = (n: number, columns: number, share: number): string =>
  percent(((n + share) * 100) / columns)

/** To 2, 4, 6, 10, 20, 40, 60, 100 …: its half is a whole number. */
export function roundUp(n: number): number {
  for (let ten = 1; ; ten *= 10) for (const step of [2, 4, 6, 10]) if (step * ten >= n) return step * ten
}
