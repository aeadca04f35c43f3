import { resolve } from 'node:path'
import { expecting, readConfigFile } from '@callback-quorum/service'
import { z } from 'zod'
import type { CompareConfig } from './compare-config.ts'

export interface Operators {
  /** For each operator of the business system, the ids under which the platform knows that person. */
  readonly idsOf: ReadonlyMap<string, readonly string[]>
  /** Of the file's content, for the policy digest. */
  readonly digest: string
}

const name = z
  .string({ error: expecting('the id of an initiator on the platform') })
  .min(1)
  .max(256)

const operatorsSchema = z.record(
  z.string().min(1).max(256),
  z.array(name, { error: expecting('a list of initiators of the platform', '[api-key-1]') }).min(1),
)

/**
 * Reads the table of `compare.initiator`, a YAML file whose path is relative to `directory`; undefined where no table is configured. Throws
 * ConfigError.
 */
export async function loadOperators(
  { initiator }: Pick<CompareConfig, 'initiator'>,
  directory: string,
): Promise<Operators | undefined> {
  if (initiator?.op !== 'mapped') return undefined
  const { value, digest } = await readConfigFile(resolve(directory, initiator.table), operatorsSchema, {})
  return { idsOf: new Map(Object.entries(value)), digest }
}
