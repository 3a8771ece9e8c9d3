import { formatDuration, formatTime } from '../format.ts'
import { across, Chart, roundUp, upTo } from '../overview/Chart.tsx'
import type { Activity } from '../api/types.ts'
import classes from './Latency.module.css'

interface Props {
  hours: Activity['hours']
  label: string
  tip(hour: Activity['hours'][number]): string
}

const size = 'low'

/** How long calls took: half of them as long as the dot at most, nearly all no longer than the bar at the top. */
export function Latency({ hours, label, tip }: Props) {
  const top = roundUp(Math.max(...hours.map(({ p95Ms }) => p95Ms ?? 0)))
  return (
    <Chart
      label={label}
      size={size}
      scale={[formatDuration(top), formatDuration(top / 2), '0']}
      columns={hours.map((hour, n) => {
        const at = (share: number) => across(n, hours.length, share)
        const up = (ms: number) => upTo(ms / top, size)
        const { p50Ms, p95Ms } = hour
        return {
          key: hour.from,
          label: formatTime(hour.from),
          title: tip(hour),
          marks:
            p50Ms === null || p95Ms === null ? null : (
              <g className={classes.marks}>
                <line x1={at(0.5)} x2={at(0.5)} y1={up(p50Ms)} y2={up(p95Ms)} />
                <line x1={at(0.2)} x2={at(0.8)} y1={up(p95Ms)} y2={up(p95Ms)} />
                <circle cx={at(0.5)} cy={up(p50Ms)} r="3" />
              </g>
            ),
        }
      })}
    />
  )
}

/** What the marks stand for, in the legend. */
export const LatencySwatch = ({ share }: { share: 'p50' | 'p95' }) => (
  <svg className={classes.swatch} width="18" height="12" aria-hidden="true" focusable="false">
    <g className={classes.marks}>
      {share === 'p50' ? <circle cx="9" cy="6" r="3" /> : <line x1="2" x2="16" y1="6" y2="6" />}
    </g>
  </svg>
)
