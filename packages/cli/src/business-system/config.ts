import { resolve } from 'node:path'
import {
  expecting,
  isLoopbackHost,
  listenAddress,
  readBearerToken,
  readConfigFile,
  type ListenAddress,
} from '@callback-quorum/service'
import { z } from 'zod'
import type { ApiTokens } from './api-routes.ts'

const path = z.string({ error: expecting('a path') }).min(1)

const schema = z.strictObject({
  listen: listenAddress.refine(({ host }) => isLoopbackHost(host), {
    error: expecting('an address of this machine alone: nobody logs in here', '127.0.0.1:11030'),
  }),
  data_dir: path,
  look_up_token: path,
  import_token: path,
})

export interface BusinessSystemConfig {
  readonly listen: ListenAddress
  readonly dataDir: string
  readonly tokens: ApiTokens
}

/** Reads the file and the tokens it names. Throws ConfigError. */
export async function readBusinessSystemConfig(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<BusinessSystemConfig> {
  const { value, directory } = await readConfigFile(file, schema, env)
  return {
    listen: value.listen,
    dataDir: resolve(directory, value.data_dir),
    tokens: {
      lookUp: await readBearerToken(resolve(directory, value.look_up_token)),
      import: await readBearerToken(resolve(directory, value.import_token)),
    },
  }
}
