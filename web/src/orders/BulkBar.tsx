import { Button, CloseButton } from '@mantine/core'
import type { OrderAction } from '../api/types.ts'
import { useState } from 'react'
import { texts } from '../texts.ts'
import classes from './BulkBar.module.css'
import { type AskedAction, Question } from './Question.tsx'
import { useBulk } from './useBulk.ts'

const offered = ['post', 'hold', 'release', 'cancel', 'uncancel', 'delete'] as const satisfies OrderAction[]

/** What can be done with all the selected orders; those it cannot be done with are named. */
export function BulkBar({ ids, onDone }: { ids: string[]; onDone: () => void }) {
  const { actOnAll, busyWith } = useBulk()
  const [asking, setAsking] = useState<AskedAction | null>(null)
  if (ids.length === 0) return null
  const run = (action: (typeof offered)[number], why?: string) =>
    actOnAll({ action, ids, ...(why ? { why } : {}) }, onDone)
  return (
    <div className={classes.bar} role="region" aria-label={texts.orders.bulk.label}>
      <span aria-live="polite">{texts.orders.bulk.selected(ids.length)}</span>
      {offered.map((action) => (
        <Button
          key={action}
          variant={action === 'post' ? 'filled' : 'default'}
          loading={busyWith === action}
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
