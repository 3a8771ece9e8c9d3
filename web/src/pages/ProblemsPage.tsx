import { Link } from '@tanstack/react-router'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useFix } from '../api/actions.ts'
import { problemsQuery } from '../api/queries.ts'
import type { ProblemGroup } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { formatDay, formatFromNow, formatMoney } from '../format.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { useNow } from '../now.ts'
import { useBulk } from '../orders/useBulk.ts'
import { ChooseFix } from '../problems/ChooseFix.tsx'
import { isChoice, isOrderAction } from '../problems/fixes.ts'
import { ProblemCard } from '../problems/ProblemCard.tsx'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import classes from './ProblemsPage.module.css'

const words = texts.problems

/** One cause, one fix, all of its orders; what stops most comes first. */
export function ProblemsPage() {
  useTitle(words.title)
  const { data, error, refetch } = useQuery(problemsQuery)
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      {data === undefined ? (
        error === null ? null : (
          <PageError error={error} reset={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <Notice title={words.empty.title} text={words.empty.text} />
      ) : (
        <div className={classes.groups}>
          {data.items.map((group) => (
            <ProblemCard
              key={`${group.connection} ${group.fingerprint}`}
              problem={group}
              withDetail={group.orders < 2}
              facts={<Facts group={group} />}
            >
              <Fixes group={group} />
            </ProblemCard>
          ))}
        </div>
      )}
    </>
  )
}

function Facts({ group }: { group: ProblemGroup }) {
  const now = useNow('minute')
  return (
    <p className={classes.facts}>
      {group.orders === 0 ? null : (
        <Link to="/" search={{ problem: group.fingerprint }} title={words.show(group.orders)}>
          <strong>{words.orders(group.orders)}</strong>
        </Link>
      )}
      {group.totals.map((total) => (
        <span key={total.currency} className="num">
          {formatMoney(total)}
        </span>
      ))}
      <span className="quiet">{words.since(formatFromNow(group.oldest, now))}</span>
      {group.cancelsAt === null ? null : (
        <span className={classes.cancels}>{words.cancels(formatDay(new Date(group.cancelsAt), now))}</span>
      )}
    </p>
  )
}

function Fixes({ group }: { group: ProblemGroup }) {
  const [route] = group.routes
  const choice = group.fixes.map(({ action }) => action).find(isChoice)
  const withForm = choice !== undefined && route !== undefined
  return (
    <>
      {withForm ? <ChooseFix problem={{ ...group, route }} action={choice} /> : null}
      <div className={classes.buttons}>
        {group.fixes.map(({ action, label }) => (
          <GroupFix key={action} group={group} action={action} label={label} primary={!withForm} />
        ))}
      </div>
    </>
  )
}

interface GroupFixProps {
  group: ProblemGroup
  action: ProblemGroup['fixes'][number]['action']
  label: string
  primary: boolean
}

/** What is decided order by order. */
const orderByOrder = ['accept_total', 'post_anew', 'let_be']

/** A fix for all orders of the group at once. */
function GroupFix({ group, action, label, primary }: GroupFixProps) {
  const fix = useFix()
  const { actOnAll, busyWith } = useBulk()

  if (action === 'post' || action === 'refresh_items')
    return (
      <Button
        variant={primary && action === 'post' ? 'filled' : 'default'}
        loading={fix.isPending}
        onClick={() =>
          void sayHow(
            fix.mutateAsync({ fingerprint: group.fingerprint, action }),
            ({ scheduled }) => notifyDone(texts.fix.posted(scheduled)),
            (error) => notifyFailed(texts.orders.bulk.failed, error),
          )
        }
      >
        {action === 'post' ? texts.fix.postAll(group.orders) : label}
      </Button>
    )
  if (action === 'edit_connection' || action === 'check_connection' || action === 'confirm_address')
    return (
      <LinkButton to="/connections" hash={group.connection}>
        {label}
      </LinkButton>
    )
  if (isOrderAction(action) && !orderByOrder.includes(action) && group.orders > 0)
    return (
      <Button
        loading={busyWith !== null}
        onClick={() => actOnAll({ action, filter: { problem: group.fingerprint } })}
      >
        {words.forAll(label, group.orders)}
      </Button>
    )
  return null
}
