import { Button, CloseButton } from '@mantine/core'
import type { BulkResult, OrderAction } from '../api/types.ts'
import { useState } from 'react'
import { texts } from '../texts.ts'
import classes from './BulkBar.module.css'
import { type AskedAction, Question } from './Question.tsx'
import { Refused } from './Refused.tsx'
import { toldInPassing, useBulk } from './useBulk.ts'

const offered = ['post', 'hold', 'release', 'cancel', 'uncancel', 'delete'] as const satisfies OrderAction[]

/** What can be done with all the selected orders; those it cannot be done with are named. */
export function BulkBar({ ids, onDone }: { ids: string[]; onDone: () => void }) {
  const { actOnAll, running, busyWith } = useBulk()
  const [asking, setAsking] = useState<AskedAction | null>(null)
  const [refused, setRefused] = useState<BulkResult['skipped']>([])
  if (ids.length === 0)
    return refused.length === 0 ? null : <Refused orders={refused} onClose={() => setRefused([])} />
  const run = (action: (typeof offered)[number], why?: string) =>
    actOnAll({ action, ids, ...(why ? { why } : {}) }, ({ skipped }) => {
      onDone()
      setRefused(skipped.length > toldInPassing ? skipped : [])
    })
  return (
    <div className={classes.bar} role="region" aria-label={texts.orders.bulk.label}>
      <span aria-live="polite">
        {running !== null && running.of > 0
          ? texts.orders.bulk.progress(running.asked, running.of)
          : texts.orders.bulk.selected(ids.length)}
      </span>
      {offered.map((action) => (
        <Button
          key={action}
          variant={action === 'post' ? 'filled' : 'default'}
          loading={busyWith === action}
          disabled={busyWith !== null && busyWith !== action}
          onClick={() => (action === 'delete' || action === 'hold' ? setAsking(action) : run(action))}
        >
          {texts.orders.bulk[action]}
        </Button>
      ))}
      {asking === null ? null : (
        <Question
          action={asking}
          number={null}
          count={ids.length}
          onClose={() => setAsking(null)}
          onConfirm={(why) => {
            setAsking(null)
            run(asking, why)
          }}
        />
      )}
      <CloseButton aria-label={texts.orders.bulk.clear} onClick={onDone} />
    </div>
  )
}
