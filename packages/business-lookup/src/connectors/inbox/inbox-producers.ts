import {
  ConfigError,
  createHashedToken,
  expecting,
  findByToken,
  hashedTokenShape,
  readConfigFile,
} from '@callback-quorum/service'
import { z } from 'zod'

const TOKEN_PREFIX = 'cqpro_'

const schema = z.strictObject({
  tokens: z.array(z.strictObject(hashedTokenShape)).min(1, { error: expecting('at least one token') }),
})

/** A process of the business system that may push. */
export interface Producer {
  readonly name: string
  readonly organisation: string
}

/** A new bearer token of a producer, shown once, and the hash that goes into the producers file. */
export const createProducerToken = (): { readonly token: string; readonly sha256: string } =>
  createHashedToken(TOKEN_PREFIX)

/**
 * Reads the producers file: `tokens: [{ name, sha256 }]`. Throws ConfigError, also when a producer has no organisation or an organisation is given to
 * a producer that the file does not have.
 */
export async function loadProducers(
  path: string,
  organisations: Readonly<Record<string, string>>,
): Promise<(authorization: string | undefined) => Producer | undefined> {
  const { value } = await readConfigFile(path, schema, {})
  const names = new Set(value.tokens.map(({ name }) => name))
  const problems = [
    ...[...names]
      .filter((name) => !Object.hasOwn(organisations, name))
      .map((name) => `${path}: producer ${name} has no organisation; expected it in connector.organisations`),
    ...Object.keys(organisations)
      .filter((name) => !names.has(name))
      .map((name) => `${path}: holds no token of ${name}; expected one, connector.organisations names it`),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  const find = findByToken(value.tokens)
  return (authorization) => {
    const name = find(authorization)?.name
    const organisation = name === undefined ? undefined : organisations[name]
    return name === undefined || organisation === undefined ? undefined : { name, organisation }
  }
}
