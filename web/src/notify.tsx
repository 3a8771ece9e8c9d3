import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { reasonOf } from './api/client.ts'
import classes from './notify.module.css'
import { texts } from './texts.ts'

/** Says in passing that something was done; `undo` takes it back. */
export function notifyDone(message: string, undo?: () => void): void {
  const id = notifications.show({
    withCloseButton: true,
    closeButtonProps: { 'aria-label': texts.actions.close },
    classNames: { root: classes.done!, body: classes.body! },
    message: (
      <span className={classes.line}>
        {message}
        {undo === undefined ? null : (
          <Button
            size="compact-xs"
            onClick={() => {
              notifications.hide(id)
              undo()
            }}
          >
            {texts.actions.undo}
          </Button>
        )}
      </span>
    ),
  })
}

export function notifyFailed(title: string, error: unknown): void {
  notifications.show({
    autoClose: 12_000,
    withCloseButton: true,
    closeButtonProps: { 'aria-label': texts.actions.close },
    classNames: { root: classes.failed!, body: classes.body! },
    title,
    message: reasonOf(error),
  })
}
