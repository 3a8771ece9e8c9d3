import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { reconciliationsQuery } from '../api/queries.ts'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'

const words = texts.reconciliation

/** When a shop was compared last, and what came of it, as a way to the result. */
export function Coverage({ shop }: { shop: string }) {
  const { data } = useQuery(reconciliationsQuery(shop))
  if (data === undefined) return null
  const done = data.items.find((run) => run.state === 'done')
  const running = data.items.some((run) => run.state === 'running')
  return (
    <Link to="/reconciliation" search={{ shop }}>
      {done === undefined ? (
        running ? (
          words.cardRunning
        ) : (
          words.cardNever
        )
      ) : (
        <>
          <Time at={done.finishedAt!} relative />, {words.cardResult(done.totals.unexplained)}
          {running ? `; ${words.cardRunning}` : ''}
        </>
      )}
    </Link>
  )
}
