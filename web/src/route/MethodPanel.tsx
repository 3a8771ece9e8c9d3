import { type ReactNode, useMemo, useState } from 'react'
import type { ChoiceListName, Mistake, ProblemGroup, SeenByRoute, SeenValue } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { ChoiceSelect } from './ChoiceSelect.tsx'
import { MethodTable } from './MethodTable.tsx'
import classes from './RouteForm.module.css'
import { type Group, isGroup, mistakeAt, type Path, rowsOf, textAt, valueAt, withValue } from './settings.ts'

const words = routeTexts.methods
export const stop = { value: 'stop', label: words.stop }
export const leaveOut = { value: 'leave_out', label: words.leaveOut }

export interface MappingProps {
  route: string
  mapping: Group
  /** As it was when the form was opened. */
  before: Group
  seen: SeenByRoute | undefined
  /** Open problems of the route's orders. */
  problems: ProblemGroup[]
  mistakes: Mistake[]
  onChange: (mapping: Group) => void
}

interface Props extends MappingProps {
  texts: { title: string; hint: string; add: string }
  /** The table in the mapping: `payment.methods`. */
  table: readonly ['payment' | 'shipping' | 'tax' | 'items', string]
  list: ChoiceListName
  /** The problem of orders that say what is not mapped. */
  code: ProblemGroup['code']
  seenValues?: SeenValue[]
  /** What may happen with any other word, beside a record; left out where nothing can be chosen. */
  otherwise?: { value: string; label: string }[]
  /** Above the table. */
  lead?: ReactNode
  children?: ReactNode
}

const noValues: SeenValue[] = []

/** Words of the shop with the record that stands for each: those that orders have said, and those that stop orders. */
export function MethodPanel({
  route,
  mapping,
  before,
  problems,
  mistakes,
  onChange,
  texts,
  table: [part, name],
  list,
  code,
  seenValues = noValues,
  otherwise,
  lead,
  children,
}: Props) {
  const [added, setAdded] = useState<string[]>([])
  const path: Path = [part, name]
  const begun = useMemo(() => new Set(Object.keys(groupAt(before, [part, name]))), [before, part, name])
  const asked = problems.filter((problem) => problem.code === code).map(({ subject }) => subject)
  const rows = rowsOf(groupAt(mapping, path), {
    seen: seenValues,
    asked: [...asked.filter((subject) => subject !== 'none'), ...added],
    begun,
  })
  return (
    <Panel title={texts.title} hint={texts.hint}>
      {lead === undefined ? null : <div className={classes.wide}>{lead}</div>}
      <MethodTable
        route={route}
        label={texts.title}
        list={list}
        rows={rows}
        field={`mapping.${part}.${name}`}
        mistakes={mistakes}
        addLabel={texts.add}
        onChange={(word, value) => onChange(withValue(mapping, [part, name, word], value ?? undefined))}
        onAdd={(word) => setAdded([...added, word])}
      />
      {otherwise === undefined && children === undefined ? null : (
        <div className={classes.row}>
          {otherwise === undefined ? null : (
            <ChoiceSelect
              labelled
              route={route}
              list={list}
              label={words.otherwise}
              extra={otherwise}
              value={textAt(mapping, [part, 'otherwise']) || 'stop'}
              error={mistakeAt(mistakes, `mapping.${part}.otherwise`)}
              onChange={(value) => onChange(withValue(mapping, [part, 'otherwise'], value ?? undefined))}
            />
          )}
          {children}
        </div>
      )}
    </Panel>
  )
}

function groupAt(mapping: Group, path: readonly string[]): Group {
  const value = valueAt(mapping, path)
  return isGroup(value) ? value : {}
}
