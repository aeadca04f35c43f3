export const CHECKER_NAMES = ['sanctions', 'business-lookup', 'integrity', 'limits'] as const
export type CheckerName = (typeof CHECKER_NAMES)[number]

export const SERVICE_NAMES = ['gateway', ...CHECKER_NAMES] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]
