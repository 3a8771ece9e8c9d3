import { useQuery } from '@tanstack/react-query'
import { overviewQuery } from '../api/queries.ts'
import type { Overview } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { Connections } from '../overview/Connections.tsx'
import { Coverage } from '../overview/Coverage.tsx'
import { Endings } from '../overview/Endings.tsx'
import { Hours } from '../overview/Hours.tsx'
import { Times } from '../overview/Times.tsx'
import { Verdict } from '../overview/Verdict.tsx'
import { Waiting } from '../overview/Waiting.tsx'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import classes from './OverviewPage.module.css'

const words = texts.overview

/** Whether everything is all right, at a glance, and the ways to what is not. */
export function OverviewPage() {
  useTitle(words.title)
  const { data, error, refetch } = useQuery(overviewQuery)
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      {data !== undefined ? (
        <Glance overview={data} />
      ) : error === null ? (
        <div className={classes.pending} aria-busy="true" />
      ) : (
        <PageError error={error} reset={() => void refetch()} />
      )}
    </>
  )
}

function Glance({ overview }: { overview: Overview }) {
  const { next, connections } = overview
  if (next === 'connect')
    return (
      <Notice title={texts.connections.empty.title} text={texts.connections.empty.text}>
        <code className="mono">{texts.connections.empty.command}</code>
      </Notice>
    )
  if (next === 'route')
    return (
      <div className={classes.parts}>
        <Notice title={words.empty.route.title} text={words.empty.route.text}>
          <code className="mono">{texts.connections.empty.command}</code>
        </Notice>
        <Connections connections={connections} />
      </div>
    )
  return (
    <div className={classes.parts}>
      <Verdict overview={overview} />
      {next === 'first_order' ? (
        <Notice title={words.empty.firstOrder.title} text={words.empty.firstOrder.text}>
          <LinkButton to="/connections">{words.empty.firstOrder.action}</LinkButton>
        </Notice>
      ) : null}
      <div className={classes.upper}>
        {next === 'first_order' ? null : <Hours lastDay={overview.lastDay} />}
        <Waiting waiting={overview.waiting} />
      </div>
      <div className={classes.lower}>
        {next === 'first_order' ? null : <Times times={overview.timesToPost} />}
        <div className={classes.stack}>
          <Coverage coverage={overview.coverage} />
          {overview.endings === null ? null : <Endings endings={overview.endings} />}
        </div>
        <Connections connections={connections} />
      </div>
    </div>
  )
}
