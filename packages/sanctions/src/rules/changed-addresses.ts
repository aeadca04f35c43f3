import type { ConfigChange, Question } from '@callback-quorum/checker-kit'

/** An address of an account that is to be added to the workspace, with an asset of its own. */
export type ChangedAddress = ConfigChange['addresses'][number]

/** The addresses that a change of the workspace names beside its outputs: an account at an exchange or a bank has one for each asset. */
export const changedAddresses = ({ configChange }: Pick<Question, 'configChange'>): readonly ChangedAddress[] =>
  configChange?.addresses ?? []
