import type { HeldGroup } from '../api/types.ts'

/** Of which rule the held orders are shown. */
export interface HeldBy {
  heldBy: string | undefined
  channelStatus: string | undefined
  heldByFilter: string | undefined
}

export const heldByAny: HeldBy = { heldBy: undefined, channelStatus: undefined, heldByFilter: undefined }

export const heldByGroup = ({ rule, channelStatus, filter }: HeldGroup): HeldBy => ({
  heldBy: rule,
  channelStatus: channelStatus ?? undefined,
  heldByFilter: filter?.key,
})
