/** Names that bookmarks and links hold: they never change. */
export const DASHBOARD_IDS = {
  gateway: { uid: 'cq-gateway', link: 'Gateway' },
  slo: { uid: 'cq-slo', link: 'Objectives' },
  limits: { uid: 'cq-limits', link: 'Limits' },
  sanctions: { uid: 'cq-sanctions', link: 'Sanctions' },
  businessLookup: { uid: 'cq-business-lookup', link: 'Business lookup' },
  integrity: { uid: 'cq-integrity', link: 'Integrity' },
  process: { uid: 'cq-process', link: 'Processes' },
} as const
