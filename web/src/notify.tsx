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

/**
 * Says how something ended, also when the row or button that asked for it has gone by then: the callbacks of a mutation
 * are not called any more in that case, and what it did is often why it went.
 */
export async function sayHow<T>(
  doing: Promise<T>,
  done: (result: T) => void,
  failed: (error: unknown) => void,
): Promise<void> {
  let result: T
  try {
    result = await doing
  } catch (error) {
    failed(error)
    return
  }
  done(result)
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
