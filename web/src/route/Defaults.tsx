import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { MappedRecord, MappedText, MappedWay } from './MappingField.tsx'
import type { MappingProps } from './MethodPanel.tsx'
import classes from './RouteForm.module.css'

const words = routeTexts.defaults
const records = ['subsidiary', 'location', 'department', 'class'] as const

/** What every sales order of the route gets, whatever the shop says. */
export function Defaults(props: MappingProps) {
  return (
    <Panel title={words.title} hint={words.hint}>
      <div className={classes.row}>
        {records.map((list) => (
          <MappedRecord
            {...props}
            key={list}
            list={list}
            path={['defaults', list]}
            label={words.records[list]}
          />
        ))}
        <MappedRecord
          {...props}
          list="price_level"
          path={['defaults', 'priceLevel']}
          label={words.priceLevel}
          extra={[{ value: '-1', label: words.customPrice }]}
          usual="-1"
        />
        <MappedText
          {...props}
          path={['defaults', 'customForm']}
          label={words.customForm}
          hint={words.customFormHint}
          inputMode="numeric"
        />
        <MappedWay
          {...props}
          path={['defaults', 'orderStatus']}
          label={words.orderStatus}
          hint={words.orderStatusHint}
          ways={words.orderStatuses}
          usual="A"
        />
        <MappedWay
          {...props}
          path={['addresses', 'states']}
          label={words.states}
          hint={words.statesHint}
          ways={words.statesWays}
          usual="known"
        />
      </div>
      <MappedText
        {...props}
        path={['defaults', 'memo']}
        label={words.memo}
        hint={words.memoHint}
        placeholder="Order {order.number}{refunds}{coupons}{note}"
      />
    </Panel>
  )
}
