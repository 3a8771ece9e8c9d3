import { TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import type { Mistake, ProblemGroup, SeenByRoute, SeenValue } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import type { ChoiceAction } from '../problems/fixes.ts'
import { routeTexts } from '../texts-route.ts'
import { ChoiceSelect } from './ChoiceSelect.tsx'
import { MethodTable } from './MethodTable.tsx'
import classes from './RouteForm.module.css'
import {
  type Group,
  isGroup,
  mistakeAt,
  type Path,
  rowsOf,
  textAt,
  valueAt,
  withValue,
  hintBelow,
} from './settings.ts'

const words = routeTexts.methods
const stop = { value: 'stop', label: words.stop }
const leaveOut = { value: 'leave_out', label: words.leaveOut }

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

/** Payment methods, shipping methods and taxes: each word of the shop with the record that stands for it. */
export function Methods(props: MappingProps) {
  const { route, mapping, mistakes, onChange } = props
  const { payment, shipping, tax } = routeTexts
  return (
    <>
      <MethodPanel
        {...props}
        texts={payment}
        part="payment"
        action="map_payment"
        code="unmapped_payment_method"
        seenValues={props.seen?.paymentMethods ?? []}
        extra={[stop, leaveOut]}
      >
        <TextInput
          className={classes.wide}
          label={payment.field}
          inputWrapperOrder={hintBelow}
          description={payment.fieldHint}
          value={textAt(mapping, ['payment', 'field'])}
          error={mistakeAt(mistakes, 'mapping.payment.field')}
          onChange={(event) =>
            onChange(withValue(mapping, ['payment', 'field'], event.currentTarget.value.trim() || undefined))
          }
        />
      </MethodPanel>
      <MethodPanel
        {...props}
        texts={shipping}
        part="shipping"
        action="map_shipping"
        code="unmapped_shipping_method"
        seenValues={props.seen?.shippingMethods ?? []}
        extra={[stop, leaveOut]}
      />
      <MethodPanel
        {...props}
        texts={tax}
        part="tax"
        list="codes"
        action="map_tax"
        code="unmapped_tax"
        seenValues={noValues}
        extra={[stop]}
      >
        <div className={classes.wide}>
          <ChoiceSelect
            labelled
            clearable
            route={route}
            action="map_tax"
            label={tax.none}
            value={textAt(mapping, ['tax', 'none']) || null}
            error={mistakeAt(mistakes, 'mapping.tax.none')}
            onChange={(value) => onChange(withValue(mapping, ['tax', 'none'], value ?? undefined))}
          />
        </div>
      </MethodPanel>
    </>
  )
}

const noValues: SeenValue[] = []

interface OneProps extends MappingProps {
  texts: { title: string; hint: string; add: string }
  part: 'payment' | 'shipping' | 'tax'
  list?: string
  action: ChoiceAction
  /** The problem of orders that say what is not mapped. */
  code: ProblemGroup['code']
  seenValues: SeenValue[]
  extra: { value: string; label: string }[]
  children?: ReactNode
}

function MethodPanel({
  route,
  mapping,
  before,
  problems,
  mistakes,
  onChange,
  texts,
  part,
  list = 'methods',
  action,
  code,
  seenValues,
  extra,
  children,
}: OneProps) {
  const [added, setAdded] = useState<string[]>([])
  const path: Path = [part, list]
  const begun = useMemo(() => new Set(Object.keys(groupAt(before, [part, list]))), [before, part, list])
  const asked = problems.filter((problem) => problem.code === code).map(({ subject }) => subject)
  const rows = rowsOf(groupAt(mapping, path), {
    seen: seenValues,
    asked: [...asked.filter((subject) => subject !== 'none'), ...added],
    begun,
  })
  return (
    <Panel title={texts.title} hint={texts.hint}>
      <MethodTable
        route={route}
        label={texts.title}
        action={action}
        rows={rows}
        field={`mapping.${part}.${list}`}
        mistakes={mistakes}
        addLabel={texts.add}
        onChange={(word, value) => onChange(withValue(mapping, [part, list, word], value ?? undefined))}
        onAdd={(word) => setAdded([...added, word])}
      />
      <div className={classes.row}>
        <ChoiceSelect
          labelled
          route={route}
          action={action}
          label={words.otherwise}
          extra={extra}
          value={textAt(mapping, [part, 'otherwise']) || 'stop'}
          error={mistakeAt(mistakes, `mapping.${part}.otherwise`)}
          onChange={(value) => onChange(withValue(mapping, [part, 'otherwise'], value ?? undefined))}
        />
        {children}
      </div>
    </Panel>
  )
}

function groupAt(mapping: Group, path: readonly string[]): Group {
  const value = valueAt(mapping, path)
  return isGroup(value) ? value : {}
}
