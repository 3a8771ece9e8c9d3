import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Problem } from '../api/types.ts'
import { texts } from '../texts.ts'
import classes from './ProblemCard.module.css'

interface Props {
  problem: Problem
  /** What it stops: how many orders, what they are worth. */
  facts?: ReactNode
  /** The fix in place. */
  children: ReactNode
  /** The details of one order; a group of orders has none of its own. */
  withDetail: boolean
}

/** A problem: what it is, in the vendor's words too, why, what to do, and the form or button that does it. */
export function ProblemCard({ problem, facts, children, withDetail }: Props) {
  const words = texts.order.problem
  return (
    <article className={classes.card} data-code={problem.code} aria-label={problem.title}>
      <div className={classes.head}>
        <h2>{problem.title}</h2>
        {facts}
      </div>
      <div className={classes.body}>
        <div className={classes.words}>
          {withDetail && problem.detail !== '' ? <p className={classes.detail}>{problem.detail}</p> : null}
          {problem.vendorMessage === null ? null : (
            <figure className={classes.vendor}>
              <figcaption>{words.vendor}</figcaption>
              <blockquote>{problem.vendorMessage}</blockquote>
            </figure>
          )}
          <dl className={classes.why}>
            <div>
              <dt>{words.cause}</dt>
              <dd>{problem.cause}</dd>
            </div>
            <div>
              <dt>{words.fix}</dt>
              <dd>{problem.fix}</dd>
            </div>
          </dl>
        </div>
        <div className={classes.fixes}>{children}</div>
      </div>
    </article>
  )
}

/** "14 orders have this problem", as a way to them. */
export function SameProblem({ problem, orders }: { problem: Problem; orders: number }) {
  if (orders < 2) return null
  return (
    <Link to="/" search={{ problem: problem.fingerprint }} className={classes.same}>
      {texts.order.problem.others(orders)}
    </Link>
  )
}
