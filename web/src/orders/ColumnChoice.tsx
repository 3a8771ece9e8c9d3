import { ActionIcon, Button, Checkbox, Popover } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { OrderColumn } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { texts } from '../texts.ts'
import { arranged, moved, toggled } from './chosen-columns.ts'
import classes from './ColumnChoice.module.css'

interface Props {
  /** In their sequence. */
  shown: readonly OrderColumn[]
  isUsual: boolean
  /** Undefined: the usual ones. */
  onChange: (shown: OrderColumn[] | undefined) => void
}

const names = texts.orders.columns
const words = texts.orders.columnChoice

/** Which columns the table has, and in which sequence. */
export function ColumnChoice({ shown, isUsual, onChange }: Props) {
  const list = useRef<HTMLUListElement>(null)
  const [last, setLast] = useState<OrderColumn | null>(null)
  const moving = useRef<{ column: OrderColumn; by: -1 | 1; from: readonly OrderColumn[] } | null>(null)

  // The row has another place in the document, and lost the focus there; at an end the way back is what is left.
  useEffect(() => {
    if (moving.current === null || moving.current.from === shown) return
    const { column, by } = moving.current
    moving.current = null
    const button = (way: number) =>
      list.current?.querySelector<HTMLButtonElement>(`[data-move="${column} ${way}"]:not(:disabled)`)
    ;(button(by) ?? button(-by))?.focus()
  }, [shown])

  const move = (column: OrderColumn, by: -1 | 1) => {
    moving.current = { column, by, from: shown }
    setLast(column)
    onChange(moved(shown, column, by))
  }
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <ActionIcon aria-label={words.open} title={words.open}>
          <Icon name="columns" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.choice} aria-label={words.open}>
        <ul className={classes.list} ref={list}>
          {arranged(shown)
            .filter((column) => column !== 'number')
            .map((column) => (
              <li key={column}>
                <Checkbox
                  className={classes.name!}
                  label={names[column]}
                  checked={shown.includes(column)}
                  onChange={() => onChange(toggled(shown, column))}
                />
                {shown.includes(column)
                  ? ([-1, 1] as const).map((by) => (
                      <ActionIcon
                        key={by}
                        size={24}
                        data-move={`${column} ${by}`}
                        aria-label={by < 0 ? words.up(names[column]) : words.down(names[column])}
                        disabled={shown.indexOf(column) === (by < 0 ? 1 : shown.length - 1)}
                        onClick={() => move(column, by)}
                      >
                        <Icon name={by < 0 ? 'up' : 'down'} size={13} />
                      </ActionIcon>
                    ))
                  : null}
              </li>
            ))}
        </ul>
        <p className={classes.hint}>{words.hint}</p>
        <Button fullWidth disabled={isUsual} onClick={() => onChange(undefined)}>
          {words.usual}
        </Button>
        <span role="status" className="visually-hidden">
          {last === null || !shown.includes(last)
            ? ''
            : words.place(names[last], shown.indexOf(last) + 1, shown.length)}
        </span>
      </Popover.Dropdown>
    </Popover>
  )
}
