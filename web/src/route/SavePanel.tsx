import { Button, Checkbox } from '@mantine/core'
import { ApiError, reasonOf } from '../api/client.ts'
import { ChangedMeanwhile } from '../api/actions.ts'
import type { RouteTrial } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { inWords } from './settings.ts'
import classes from './Trial.module.css'
import { Trial } from './Trial.tsx'

const words = routeTexts.save

interface Props {
  name: string
  isChanged: boolean
  trial: RouteTrial | null
  /** Something was changed after the trial. */
  isOld: boolean
  isTrying: boolean
  isSaving: boolean
  error: Error | null
  postAgain: boolean
  onPostAgain: (wanted: boolean) => void
  onSave: () => void
  onDiscard: () => void
  onReload: () => void
}

/** The way out of the form: try it, look at what it would do, save. */
export function SavePanel(props: Props) {
  const { name, isChanged, trial, isOld, isTrying, isSaving, error } = props
  return (
    <Panel title={words.title}>
      <p className={classes.hint}>{isChanged || trial !== null ? words.hint : words.untouched}</p>
      {error === null ? null : <Mistakes error={error} onReload={props.onReload} />}
      <div aria-live="polite">
        {isTrying ? (
          <p className={classes.hint}>{words.trying}</p>
        ) : trial === null ? null : (
          <Trial trial={trial} name={name} isOld={isOld} />
        )}
      </div>
      {trial !== null && trial.counts.would_post > 0 && !isOld ? (
        <Checkbox
          label={routeTexts.trial.postAgain}
          checked={props.postAgain}
          onChange={(event) => props.onPostAgain(event.currentTarget.checked)}
        />
      ) : null}
      <div className={classes.buttons}>
        <Button type="submit" disabled={!isChanged} loading={isTrying}>
          {words.try}
        </Button>
        <Button variant="filled" disabled={!isChanged || isTrying} loading={isSaving} onClick={props.onSave}>
          {words.save}
        </Button>
        {isChanged ? (
          <Button variant="subtle" onClick={props.onDiscard}>
            {words.discard}
          </Button>
        ) : null}
      </div>
    </Panel>
  )
}

function Mistakes({ error, onReload }: { error: Error; onReload: () => void }) {
  const mistakes = error instanceof ApiError ? error.errors : []
  if (error instanceof ChangedMeanwhile)
    return (
      <div role="alert" className={classes.failed}>
        <p>
          <strong>{words.changedMeanwhile}.</strong> {words.changedFix}
        </p>
        <Button onClick={onReload}>{words.reload}</Button>
      </div>
    )
  return (
    <div role="alert" className={classes.failed}>
      <p>
        <strong>{mistakes.length > 0 ? words.mistakes : words.failed}</strong>
      </p>
      {mistakes.length > 0 ? (
        <ul>
          {mistakes.map(({ field, message }) => (
            <li key={field + message}>
              <strong>{routeTexts.history.field(field)}:</strong> {inWords(message)}
            </li>
          ))}
        </ul>
      ) : (
        <p>{reasonOf(error)}</p>
      )}
    </div>
  )
}
