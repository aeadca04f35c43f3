/** The status of a reference that was cancelled. No configuration may approve it. */
export const CANCELLED_STATUS = 'cancelled by the inbox'
/** The status of a reference whose versions contradict one another. No configuration may approve it. */
export const DISPUTED_STATUS = 'disputed in the inbox'

/** Words that stand for what the inbox itself says, whatever the business system wrote. */
export const STATUSES_OF_THE_INBOX: readonly string[] = [CANCELLED_STATUS, DISPUTED_STATUS]
