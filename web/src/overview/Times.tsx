import type { Overview } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { formatWait } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './Overview.module.css'

const words = texts.overview.times

/** How long orders took to NetSuite, with what is counted and what is not. */
export function Times({ times }: { times: Overview['timesToPost'] }) {
  const { day, week } = times
  return (
    <Panel title={words.title}>
      <table className={classes.times}>
        <thead>
          <tr>
            <td />
            <th scope="col">{words.columns.day}</th>
            <th scope="col">{words.columns.week}</th>
          </tr>
        </thead>
        <tbody>
          {(['p50', 'p95'] as const).map((share) => (
            <tr key={share}>
              <th scope="row">{words[share]}</th>
              {[day, week].map((one) => (
                <td key={one.from}>
                  <Wait ms={one[`${share}Ms`]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.small}>{words.counted(week)}</p>
      <p className={classes.small}>{words.notCounted(week)}</p>
    </Panel>
  )
}

function Wait({ ms }: { ms: number | null }) {
  if (ms !== null) return <strong>{formatWait(ms)}</strong>
  return (
    <>
      <span aria-hidden="true">{words.none}</span>
      <span className="visually-hidden">{words.noneSpoken}</span>
    </>
  )
}
