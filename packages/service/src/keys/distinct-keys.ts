import { ConfigError } from '../config/config-error.ts'

export interface KeyRole {
  /** What the key is for and whose it is, as an operator would say it: `caller node-eu-1`, `identity`. */
  readonly role: string
  readonly fingerprint: string
}

/**
 * Refuses one key in two roles or under two names: whoever holds it could speak for both, and a signature would no longer say
 * who spoke. All coincidences are reported at once.
 */
export function assertDistinctKeys(keys: readonly KeyRole[]): void {
  const rolesByFingerprint = new Map<string, string[]>()
  for (const { role, fingerprint } of keys) {
    rolesByFingerprint.set(fingerprint, [...(rolesByFingerprint.get(fingerprint) ?? []), role])
  }
  const problems = [...rolesByFingerprint]
    .filter(([, roles]) => roles.length > 1)
    .map(
      ([fingerprint, roles]) =>
        `${roles.join(' and ')}: are the same key ${fingerprint}; expected a key of its own for each`,
    )
  if (problems.length > 0) throw new ConfigError(problems)
}
