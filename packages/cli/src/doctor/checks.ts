import type { Check } from './check.ts'
import { businessSystem } from './checks/business-system.ts'
import { checkers } from './checks/checkers.ts'
import { configLint } from './checks/config-lint.ts'
import { configuration } from './checks/configuration.ts'
import { dataDir } from './checks/data-dir.ts'
import { database } from './checks/database.ts'
import { instance } from './checks/instance.ts'
import { keyDates } from './checks/key-dates.ts'
import { keys } from './checks/keys.ts'
import { lists } from './checks/lists.ts'
import { namedFiles } from './checks/named-files.ts'
import { prices } from './checks/prices.ts'
import { tlsFiles } from './checks/tls-files.ts'
import { tokenRoundTrip } from './checks/token-round-trip.ts'
import { versions } from './checks/versions.ts'

/** In the order in which they are shown: from what everything stands on to what stands on everything. */
export const CHECKS: readonly Check[] = [
  versions,
  configuration,
  configLint,
  namedFiles,
  keys,
  keyDates,
  tlsFiles,
  tokenRoundTrip,
  dataDir,
  database,
  checkers,
  lists,
  prices,
  businessSystem,
  instance,
]
