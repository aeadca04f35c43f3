import { isLoopbackHost, type CommonConfig, type ConfigPath } from '@callback-quorum/service'
import type { Lint } from './lint.ts'

/** A stop of up to 10 s, the start of an embedded PostgreSQL and its migrations: a caller that gives up before has lost its request. */
const RESTART_MS = 60_000

/** The blocks that every service has. Takes what could be read of them. */
export function lintCommon(config: Partial<CommonConfig>): readonly Lint[] {
  return [...lintListeners(config), ...lintProfile(config), ...lintCallers(config)]
}

type Listener = Pick<CommonConfig['callback'][number], 'listen' | 'plaintext'>

interface Place {
  readonly path: ConfigPath
  /** As a person writes the path. */
  readonly name: string
  readonly entry: Listener
}

const placesOf = ({ callback = [], admin, metrics }: Partial<CommonConfig>): readonly Place[] => [
  ...callback.map((entry, index) => ({ path: ['callback', index], name: `callback[${index}]`, entry })),
  ...(admin === undefined ? [] : [{ path: ['admin'], name: 'admin', entry: admin }]),
  ...(metrics === undefined ? [] : [{ path: ['metrics'], name: 'metrics', entry: metrics }]),
]

function lintListeners(config: Partial<CommonConfig>): readonly Lint[] {
  return placesOf(config).flatMap(({ path, name, entry: { listen, plaintext } }): Lint[] =>
    plaintext === undefined || isLoopbackHost(listen.host) || name === 'metrics'
      ? []
      : [
          {
            status: 'warning',
            path: [...path, 'plaintext'],
            problem:
              'is acknowledged for a listener beyond this machine, so that whoever is on the way reads and changes what is asked',
            fix:
              name === 'admin'
                ? 'Let admin.listen be a loopback address (127.0.0.1:port)'
                : `Put tls: { cert: ..., key: ... } in the place of plaintext: acknowledged in ${name}`,
          },
        ],
  )
}

function lintProfile(config: Partial<CommonConfig>): readonly Lint[] {
  const { profile, database_url: url = '', data_dir: dataDir } = config
  const open = placesOf(config).find(({ entry: { listen } }) => !isLoopbackHost(listen.host))
  if (profile === 'development' && open !== undefined)
    return [
      {
        status: 'warning',
        path: ['profile'],
        problem: `is development, and ${open.name} listens beyond this machine`,
        fix: 'Write profile: production (or single-host), or let every listener be on 127.0.0.1',
      },
    ]
  if (profile === 'single-host' && url === '' && dataDir !== undefined && open !== undefined)
    return [
      {
        status: 'warning',
        path: ['database_url'],
        problem:
          'is empty, so that the records of a service that others ask lie in an embedded PostgreSQL without a replica',
        fix: 'Write database_url: postgres://role@host/database?sslmode=verify-full, or back up data_dir every night',
      },
    ]
  return []
}

function lintCallers({ callers = [] }: Partial<CommonConfig>): readonly Lint[] {
  return callers.flatMap(({ name, retry_times: times, sleep_seconds: sleep, request_timeout: timeoutMs }, index) => {
    const windowMs = times * (sleep * 1_000 + timeoutMs)
    return windowMs >= RESTART_MS
      ? []
      : [
          {
            status: 'warning' as const,
            path: ['callers', index, 'retry_times'],
            problem: `${name} gives up after ${Math.round(windowMs / 1_000)} s (retry_times x (sleep_seconds + request_timeout)), sooner than a restart is over`,
            fix: `Let ${name} ask for at least ${RESTART_MS / 1_000} s: raise retry_times or sleep_seconds in the node's own configuration and in callers[${index}]`,
          },
        ]
  })
}
