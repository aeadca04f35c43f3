import {
  planOf,
  writeDemoConfiguration,
  type ConfigurationOptions,
  type DemoConfiguration,
  type Mapping,
  type ServiceName,
} from '../src/index.ts'
import { runCommandLine, type Ran } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type Edit = (config: Mapping) => Mapping

/** The demo's configuration, changed, in a folder of its own. */
export const configure = async (edit: ConfigurationOptions['edit'] = {}): Promise<DemoConfiguration> =>
  writeDemoConfiguration({ directory: await temporaryFolder(), payoutsUrl: 'http://127.0.0.1:1/', edit })

/** `tss-config` of these services. */
export const tssConfig = (
  configuration: DemoConfiguration,
  set: readonly ServiceName[],
  ...more: readonly string[]
): Promise<Ran> =>
  runCommandLine([
    'tss-config',
    ...set.flatMap((name) => [name === 'gateway' ? '--gateway' : '--checker', planOf(configuration, name).file]),
    ...more,
  ])

export const approving =
  (...kinds: readonly string[]): Edit =>
  (config) => ({ ...config, outside_remit: { approve: kinds } })

/** The node, as one service knows it. */
export const node =
  (change: Mapping): Edit =>
  (config) => ({
    ...config,
    callers: (config['callers'] as readonly Mapping[]).map((caller) =>
      caller['platform'] === 'cobo' ? { ...caller, ...change } : caller,
    ),
  })

export const listening =
  (change: Mapping): Edit =>
  (config) => ({
    ...config,
    callback: (config['callback'] as readonly Mapping[]).map((one) => ({ ...one, ...change })),
  })

export const CEREMONIES = ['keygen', 'keyreshare', 'keysharesign'] as const
