/** When a call has taken long enough, or Waybill stops. */
export interface Deadline {
  signal: AbortSignal
  /** Whether the time is up. */
  passed(): boolean
  end(): void
}

/** A timer and a listener: `AbortSignal.any` with a timeout costs a call more than all else that is ours in it. */
export function deadlineIn(ms: number, stopping: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  let passed = false
  const stop = () => controller.abort(stopping?.reason)
  const timer = setTimeout(() => {
    passed = true
    controller.abort(new DOMException('The time for the call is over', 'TimeoutError'))
  }, ms).unref()
  if (stopping?.aborted) stop()
  else stopping?.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    passed: () => passed,
    end: () => {
      clearTimeout(timer)
      stopping?.removeEventListener('abort', stop)
    },
  }
}
