import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Overview } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { Panel } from '../components/Panel.tsx'
import { formatCount } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './Overview.module.css'

const words = texts.overview.waiting

/** What does not go on without a person, and what it is worth; what there is none of is said as well. */
export function Waiting({ waiting }: { waiting: Overview['waiting'] }) {
  const { problems, changed, cancelled, postingOff, held, connections, gaps } = waiting
  return (
    <Panel title={words.title}>
      <dl className={classes.rows}>
        <Row name={words.problems} n={problems.groups}>
          <Link to="/problems">{words.problemsValue(problems.groups, problems.orders)}</Link>
          {problems.totals.map((total) => (
            <span key={total.currency} className={classes.beneath}>
              <Amount money={total} />
            </span>
          ))}
        </Row>
        <Row name={words.changed} n={changed}>
          <Link to="/" search={{ decision: 'changed' }}>
            {formatCount(changed)}
          </Link>
        </Row>
        <Row name={words.cancelled} n={cancelled}>
          <Link to="/" search={{ decision: 'cancelled' }}>
            {formatCount(cancelled)}
          </Link>
        </Row>
        <Row name={words.postingOff} n={postingOff}>
          <Link to="/" search={{ status: 'imported' }}>
            {formatCount(postingOff)}
          </Link>
        </Row>
        <Row name={words.connections} n={connections}>
          <Link to="/connections">{formatCount(connections)}</Link>
        </Row>
        <Row name={words.gaps} n={gaps}>
          <Link to="/connections">{formatCount(gaps)}</Link>
        </Row>
        <Row name={words.held} n={held}>
          <Link to="/" search={{ status: 'held' }}>
            {formatCount(held)}
          </Link>
        </Row>
      </dl>
    </Panel>
  )
}

function Row({ name, n, children }: { name: string; n: number; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{n === 0 ? <span className="quiet">{words.none}</span> : children}</dd>
    </div>
  )
}
