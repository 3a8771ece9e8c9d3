import { ActionIcon, Button, Menu } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Order, OrderAction } from '../api/types.ts'
import { Icon, type IconName } from '../components/Icon.tsx'
import { notifyDone } from '../notify.tsx'
import { texts } from '../texts.ts'
import { nextStep } from './next-step.ts'
import classes from './OrderActions.module.css'
import { type AskedAction, Question } from './Question.tsx'
import { useAct } from './useAct.ts'

const icons: Record<OrderAction, IconName> = {
  post: 'send',
  post_anew: 'send',
  let_be: 'check',
  cancel: 'stop',
  uncancel: 'undo',
  hold: 'pause',
  release: 'send',
  import_again: 'refresh',
  import_anyway: 'send',
  check_again: 'refresh',
  accept_total: 'check',
  resend_shipment: 'send',
  ignore_changes: 'minus',
  update_record: 'send',
  replace_record: 'refresh',
  cancel_record: 'stop',
  keep_record: 'check',
  delete: 'trash',
}

/** The button for the obvious next thing, and the menu with everything else. */
export function OrderActions({ order, inHead = false }: { order: Order; inHead?: boolean }) {
  const [asking, setAsking] = useState<AskedAction | null>(null)
  const { act, remove } = useAct()
  const navigate = useNavigate()
  const confirmed = async (action: AskedAction, why: string) => {
    setAsking(null)
    if (action === 'hold') act(order, 'hold', why)
    // Its page is of an order that is not there any more.
    else if ((await remove(order, why)) && inHead) await navigate({ to: '/', search: {} })
  }
  return (
    <div className={classes.actions}>
      {/* On the order's own page a problem has its fix in place. */}
      {inHead && order.problems.length > 0 && order.status !== 'held' ? null : (
        <NextButton order={order} inHead={inHead} />
      )}
      <MoreMenu order={order} onAsk={setAsking} />
      {asking === null ? null : (
        <Question
          action={asking}
          number={order.number}
          count={1}
          onClose={() => setAsking(null)}
          onConfirm={(why) => void confirmed(asking, why)}
        />
      )}
    </div>
  )
}

function NextButton({ order, inHead }: { order: Order; inHead: boolean }) {
  const { act, uncancelAndPost, busyWith } = useAct()
  const step = nextStep(order)
  if (step === null) return null
  if (step.kind === 'fix')
    return (
      <Button
        size="compact-sm"
        variant="light"
        tabIndex={-1}
        renderRoot={(props) => (
          <Link
            {...props}
            to="/orders/$id"
            params={{ id: order.id }}
            hash="problems"
            aria-label={texts.actions.fixOrder(order.number)}
          />
        )}
      >
        {step.label}
      </Button>
    )
  return (
    <Button
      size={inHead ? 'xs' : 'compact-sm'}
      variant={inHead ? 'filled' : 'default'}
      loading={busyWith === order.id}
      aria-label={inHead ? undefined : `${step.label}: ${order.number}`}
      onClick={() => (step.action === 'uncancel' ? void uncancelAndPost(order) : act(order, step.action))}
    >
      {step.label}
    </Button>
  )
}

function MoreMenu({ order, onAsk }: { order: Order; onAsk: (action: AskedAction) => void }) {
  const { act } = useAct()
  const navigate = useNavigate()
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text)
    notifyDone(texts.actions.copied(text))
  }
  const outside = [
    { url: order.record?.url ?? null, label: texts.actions.openInBackend },
    { url: order.channelUrl, label: texts.actions.openInShop },
  ]
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={texts.actions.more(order.number)}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {order.actions.map((action) => (
          <Menu.Item
            key={action}
            leftSection={<Icon name={icons[action]} />}
            onClick={() => (action === 'delete' || action === 'hold' ? onAsk(action) : act(order, action))}
          >
            {texts.actions[action]}
          </Menu.Item>
        ))}
        {order.actions.length > 0 ? <Menu.Divider /> : null}
        <Menu.Item
          leftSection={<Icon name="question" />}
          onClick={() => void navigate({ to: '.', search: (before) => ({ ...before, why: order.id }) })}
        >
          {texts.actions.explain}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="copy" />} onClick={() => void copy(order.id)}>
          {texts.actions.copyId}
        </Menu.Item>
        {outside.map(({ url, label }) =>
          url === null ? null : (
            <Menu.Item
              key={label}
              leftSection={<Icon name="open" />}
              component="a"
              href={url}
              target="_blank"
              rel="noreferrer"
            >
              {label}
            </Menu.Item>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
