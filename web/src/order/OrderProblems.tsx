import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useFix } from '../api/actions.ts'
import { problemsQuery } from '../api/queries.ts'
import type { OrderDetail, Problem } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { useAct } from '../orders/useAct.ts'
import { ChooseFix } from '../problems/ChooseFix.tsx'
import { isChoice, isOrderAction } from '../problems/fixes.ts'
import { ProblemCard, SameProblem } from '../problems/ProblemCard.tsx'
import { texts } from '../texts.ts'
import { Related } from './Related.tsx'
import classes from './OrderProblems.module.css'

/** What stops the order, each problem with its fix in place. */
export function OrderProblems({ order }: { order: OrderDetail }) {
  const { data } = useQuery(problemsQuery)
  if (order.problems.length === 0) return null
  return (
    <section id="problems" className={classes.problems} aria-label={texts.problems.title}>
      {order.problems.map((problem) => {
        const group = data?.items.find(({ fingerprint }) => fingerprint === problem.fingerprint)
        const orders = group?.orders ?? 1
        return (
          <ProblemCard
            key={problem.fingerprint}
            problem={problem}
            withDetail
            facts={<SameProblem problem={problem} orders={orders} />}
          >
            <Fixes order={order} problem={problem} orders={orders} />
            <Related related={order.related.find(({ fingerprint }) => fingerprint === problem.fingerprint)} />
          </ProblemCard>
        )
      })}
    </section>
  )
}

function Fixes({ order, problem, orders }: { order: OrderDetail; problem: Problem; orders: number }) {
  const choice = problem.fixes.map(({ action }) => action).find(isChoice)
  const buttons = problem.fixes.filter(({ action }) => !isChoice(action))
  return (
    <>
      {choice === undefined ? null : (
        <ChooseFix problem={{ ...problem, orders, route: order.route }} action={choice} />
      )}
      {buttons.length === 0 ? null : (
        <div className={classes.buttons}>
          {buttons.map((fix, index) => (
            <FixButton
              key={fix.action}
              order={order}
              problem={problem}
              fix={fix}
              first={index === 0 && choice === undefined}
            />
          ))}
        </div>
      )}
    </>
  )
}

interface FixButtonProps {
  order: OrderDetail
  problem: Problem
  fix: Problem['fixes'][number]
  first: boolean
}

function FixButton({ order, problem, fix: { action, label }, first }: FixButtonProps) {
  const { act, busyWith } = useAct()
  const fix = useFix()
  const variant = first ? 'filled' : 'default'

  if (action === 'open_in_backend' || action === 'open_in_channel') {
    const url = action === 'open_in_backend' ? (order.record?.url ?? null) : order.channelUrl
    return url === null ? null : (
      <Button variant={variant} component="a" href={url} target="_blank" rel="noreferrer">
        {label}
      </Button>
    )
  }
  if (action === 'edit_connection' || action === 'check_connection' || action === 'confirm_address')
    return (
      <LinkButton variant={variant} to="/connections">
        {label}
      </LinkButton>
    )
  if (action === 'refresh_items')
    return (
      <Button
        variant={variant}
        loading={fix.isPending}
        onClick={() =>
          void sayHow(
            fix.mutateAsync({ fingerprint: problem.fingerprint, action }),
            ({ scheduled }) => notifyDone(texts.fix.posted(scheduled)),
            (error) => notifyFailed(texts.actions.failed(order.number), error),
          )
        }
      >
        {label}
      </Button>
    )
  if (isOrderAction(action) && order.actions.includes(action))
    return (
      <Button variant={variant} loading={busyWith === order.id} onClick={() => act(order, action)}>
        {label}
      </Button>
    )
  return null
}
