import { Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core'
import type { Mistake } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { DurationInput } from './DurationInput.tsx'
import classes from './RouteForm.module.css'
import { mistakeAt, type Settings, hintBelow } from './settings.ts'

interface Props {
  settings: Settings
  mistakes: Mistake[]
  onChange: (change: Partial<Settings>) => void
}

/** Whether orders are posted without a person, and what happens with those that are cancelled or stay in error. */
export function Posting({ settings, mistakes, onChange }: Props) {
  const { posting, ageing } = routeTexts
  const { cancelAfter } = settings
  const ways = Object.entries(posting.cancelledWays).map(([value, label]) => ({ value, label }))
  return (
    <>
      <Panel title={posting.title}>
        <Checkbox
          label={posting.automatic}
          description={posting.automaticHint}
          checked={settings.automatic}
          onChange={(event) => onChange({ automatic: event.currentTarget.checked })}
        />
        <Select
          className={classes.wide}
          label={posting.cancelled}
          data={ways}
          allowDeselect={false}
          value={settings.cancelledAfterPosting}
          error={mistakeAt(mistakes, 'cancelledAfterPosting')}
          onChange={(way) =>
            way !== null && onChange({ cancelledAfterPosting: way as Settings['cancelledAfterPosting'] })
          }
        />
      </Panel>
      <Panel title={ageing.title}>
        <SegmentedControl
          className={classes.segments}
          aria-label={ageing.label}
          value={cancelAfter === null ? 'off' : 'on'}
          data={[
            { value: 'off', label: ageing.off },
            { value: 'on', label: ageing.on },
          ]}
          onChange={(next) => onChange({ cancelAfter: next === 'off' ? null : (cancelAfter ?? '7d') })}
        />
        {cancelAfter === null ? null : (
          <>
            <div className={classes.row}>
              <DurationInput
                label={ageing.after}
                units={['d', 'h']}
                value={cancelAfter}
                error={mistakeAt(mistakes, 'autoCancel.after') ?? exactly(mistakes, 'autoCancel')}
                onChange={(after) => onChange({ cancelAfter: after })}
              />
              <TextInput
                label={ageing.warn}
                inputWrapperOrder={hintBelow}
                description={ageing.warnHint}
                value={settings.warn}
                error={mistakeAt(mistakes, 'autoCancel.warn')}
                onChange={(event) => onChange({ warn: event.currentTarget.value })}
              />
            </div>
            <p className={classes.hint}>{ageing.outlook}</p>
          </>
        )}
      </Panel>
    </>
  )
}

const exactly = (mistakes: Mistake[], field: string) =>
  mistakeAt(
    mistakes.filter((one) => one.field === field),
    field,
  )
