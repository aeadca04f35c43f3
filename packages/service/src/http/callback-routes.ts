import {
  COBO_CHECK_PATHS,
  FIREBLOCKS_PATHS,
  type CoboDialect,
  type Dialect,
  type FireblocksDialect,
  type FireblocksEndpoint,
} from '@callback-quorum/protocol'
import type { CommonConfig } from '../config/index.ts'
import type { Caller } from '../keys/index.ts'
import type { CallbackRoute } from './callback-route.ts'

type Listener = CommonConfig['callback'][number]

/** Every path of `listener` below its base path that is asked in a dialect, and who may ask there. */
export function callbackRoutes(
  listener: Listener,
  callers: readonly Caller[],
): readonly { readonly path: string; readonly route: CallbackRoute }[] {
  return listener.dialects.flatMap((dialect) =>
    isCobo(dialect)
      ? [{ path: COBO_CHECK_PATHS[dialect], route: { platform: 'cobo', dialect, callers: speaking(dialect, callers) } }]
      : fireblocksRoutes(dialect, listener, callers),
  )
}

/** Each wire path by itself, and below the path of each API user that is asked for there. */
function fireblocksRoutes(
  dialect: FireblocksDialect,
  listener: Listener,
  all: readonly Caller[],
): ReturnType<typeof callbackRoutes> {
  const callers = speaking(dialect, all).filter((caller) => mayAsk(caller, listener))
  const wrappedCallers = dialect === 'fireblocks-jwt' ? speaking('fireblocks-json', all) : []
  const paths = new Set(['', ...callers.flatMap(({ signers }) => [...signers.values()].map(({ path }) => path))])
  return (Object.keys(FIREBLOCKS_PATHS[dialect]) as FireblocksEndpoint[]).flatMap((endpoint) =>
    [...paths].map((path) => ({
      path: `${path}${FIREBLOCKS_PATHS[dialect][endpoint]}`,
      route: { platform: 'fireblocks' as const, dialect, endpoint, path, callers, wrappedCallers },
    })),
  )
}

/** What a caller of bare JSON is known by is the listener that it reaches. */
function mayAsk({ listener: own }: Caller, { listen }: Listener): boolean {
  return own === undefined || (own.host === listen.host && own.port === listen.port)
}

const speaking = (dialect: Dialect, callers: readonly Caller[]): readonly Caller[] =>
  callers.filter(({ dialects }) => dialects.includes(dialect))

const isCobo = (dialect: Dialect): dialect is CoboDialect => dialect in COBO_CHECK_PATHS
