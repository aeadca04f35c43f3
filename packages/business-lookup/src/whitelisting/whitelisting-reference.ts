/** In claims and in the inbox, references of whitelistings stand beside those of payments: no payment has one that begins like this. */
const PREFIX = 'whitelisting:'

/** Under which a whitelisting is claimed, and pushed to an inbox. */
export const whitelistingReference = (reference: string): string => `${PREFIX}${reference}`

export const isWhitelistingReference = (reference: string): boolean => reference.startsWith(PREFIX)
